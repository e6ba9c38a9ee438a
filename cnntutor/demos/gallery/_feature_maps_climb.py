"""The way up of the demo `feature-maps`: block by block, a net's maps, what excites them, and what a probe reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._feature_maps_knobs import FeatureMapsKnobs, Probe
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, images

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.vision.data_set import DataSet
    from cnntutor.vision.favourites import Favourite
    from cnntutor.vision.models import ConvNet
    from cnntutor.vision.reach import Seen

PIECE, PIECES = 48, 140
"""Side of the pieces of textures in pixels, and how many there are to fit a probe, and to judge it by."""

LIKED = 9
"""Favourites of a channel, and channels, that are shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A net, the picture before it, and the pictures that it is asked about. On the processor."""

    net: ConvNet
    untrained: ConvNet
    checkpoint: checkpoints.Checkpoint
    picture: Tensor
    """[C, side, side], from 0 to 1."""
    data: DataSet

    def prepared(self, x: Tensor) -> Tensor:
        """Pictures [N, C, side, side] as the net wants them: mean and deviation taken off."""
        mean, std = (x.new_tensor(values)[:, None, None] for values in (self.checkpoint.mean, self.checkpoint.std))
        return (x - mean) / std


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One block's answers, before its pooling."""

    block: int
    """1 is the first."""
    maps: Tensor
    """Of the picture, [C, h, w]."""
    all_maps: Tensor
    """Of the held-out pictures, [N, C, h, w]."""
    left: tuple[int, ...]
    """Shape of what the block hands on, after its pooling."""
    seen: Seen
    """What a cell sees of the picture."""
    channel: int
    """The one that is looked at."""

    @property
    def strongest(self) -> list[int]:
        """The channels by their mean square on the picture, the largest first."""
        strength = self.maps.square().mean(dim=(1, 2))
        order: list[int] = strength.argsort(descending=True, stable=True).tolist()
        return order

    def likes(self, channel: int, count: int) -> list[Favourite]:
        """Where among the held-out pictures this channel answers most."""
        from cnntutor.vision.favourites import favourites

        return favourites(self.all_maps[:, channel], count)

    def liked_classes(self, channel: int, labels: Tensor) -> list[tuple[int, int]]:
        """The classes of a channel's favourites, with how often each is among them, the commonest first."""
        counts = Counter(int(labels[like.picture]) for like in self.likes(channel, LIKED))
        return counts.most_common()

    def selectivity(self, labels: Tensor) -> float:
        """Share of a channel's favourites that are of one class, the mean over the channels that answer at all."""
        alive = self.all_maps.amax(dim=(0, 2, 3)).nonzero()[:, 0].tolist()
        shares = [self.liked_classes(channel, labels)[0][1] / LIKED for channel in alive]
        return sum(shares) / len(shares) if shares else 0.0


def subject_of(knobs: FeatureMapsKnobs) -> Subject:
    """Open the net and gather the pictures.

    Raises:
        UsageError: the net has learnt something else.
    """
    import torch

    found = checkpoints.load(knobs.model)
    torch.manual_seed(torch.initial_seed())
    model = found.model()
    untrained = type(model)(found.spec).eval()
    data, picture = _pictures(knobs, found)
    return Subject(model if knobs.weights == "trained" else untrained, untrained, found, picture, data)


def _pictures(knobs: FeatureMapsKnobs, found: checkpoints.Checkpoint) -> tuple[DataSet, Tensor]:
    from cnntutor.vision import data, texture_patches

    if found.data == "digits":
        digits = data.load("digits", side=found.spec.side)
        return digits, digits.held_out.x[knobs.number]
    if found.data == "textures":
        return texture_patches.data(PIECE, PIECES, PIECES), images.as_tensor(
            images.square(knobs.image, found.spec.side)
        )
    raise UsageError(f"model must have learnt digits or textures, and {knobs.model} has learnt {found.data}")


def levels_of(subject: Subject, knobs: FeatureMapsKnobs) -> list[Level]:
    """All blocks, from the first; of the one to stop at the channel that was asked for, of the others the strongest.

    Raises:
        UsageError: the net has fewer blocks, or the block fewer channels.
    """
    blocks = len(subject.net.blocks)
    if knobs.block > blocks:
        raise UsageError(f"block must be from 0 to {blocks} for the net {knobs.model}, not {knobs.block}")
    levels = [_level(subject, block) for block in range(1, blocks + 1)]
    if knobs.channel >= 0:
        stop = (knobs.block or blocks) - 1
        levels[stop] = replace(levels[stop], channel=_channel(levels[stop], knobs.channel))
    return levels


def _level(subject: Subject, block: int) -> Level:
    from cnntutor.vision.dissect import call_of
    from cnntutor.vision.profile import profile

    name, x = f"blocks.{block - 1}", subject.prepared(subject.picture[None])
    maps, everywhere = (
        call_of(subject.net, f"{name}.activation", pictures).given
        for pictures in (x, subject.prepared(subject.data.held_out.x))
    )
    rows = {row.name: row for row in profile(subject.net, x.shape[1:]).rows}
    seen, left = rows[f"{name}.activation"].receptive_field, rows[f"{name}.pool"].output_shape
    assert seen is not None
    strongest = int(maps[0].square().mean(dim=(1, 2)).argmax())
    return Level(block, maps[0], everywhere, left, seen, strongest)


def _channel(level: Level, channel: int) -> int:
    if channel < len(level.maps):
        return channel
    raise UsageError(
        f"channel must be below {len(level.maps)} at block {level.block}, or −1 for the strongest, not {channel}"
    )


def read_by_probe(subject: Subject, net: ConvNet, probe: Probe) -> list[float]:
    """Share of the held-out pictures whose class is guessed right, from the pixels and behind every block."""
    from cnntutor.vision import probing

    guess: Callable[[Tensor, Tensor, Tensor], Tensor] = probing.linear if probe == "linear" else probing.nearest_mean
    train, held_out = subject.data.train, subject.data.held_out
    means = (probing.channel_means(net, subject.prepared(part.x)) for part in (train, held_out))
    return [float((guess(seen, train.y, new) == held_out.y).float().mean()) for seen, new in zip(*means, strict=True)]
