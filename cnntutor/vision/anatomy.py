"""Classifiers of torchvision taken apart without their weights: stages, kinds of layers, parameters and MACs.

A net is built on torch's `meta` device, which knows shapes and no numbers, so that even VGG is there at once and needs
no memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import isqrt
from typing import Any

import torch
from torch import nn

from cnntutor.errors import UsageError
from cnntutor.vision import zoo
from cnntutor.vision.profile import Profile, Row, profile
from cnntutor.vision.reach import Seen
from cnntutor.vision.torchvision_import import torchvision

MOST_NUMBERS = 200_000_000
"""A net that cannot be built without numbers is built with them up to this size."""

_SIDE_CLASSIFIERS = ("googlenet", "inception_v3")
"""They have auxiliary classifiers, which are for training alone and are left out here."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Layers that follow each other on maps of one size."""

    side: int
    """Height of the maps, or the square root of the number of tokens; 0 behind the last map."""
    channels: int
    """That it hands on."""
    layers: int
    """Calls of layers that multiply: convolutions, linear layers, attention."""
    params: int
    macs: int

    @property
    def where(self) -> str:
        """The size of its maps as one writes it."""
        return f"{self.side}×{self.side}" if self.side > 1 else "flat"


@dataclass(frozen=True, slots=True)
class Kind:
    """Layers of one kind and kernel size."""

    name: str
    """E.g. `3×3`, `3×3 depthwise`, `linear`."""
    layers: int
    params: int
    macs: int


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """A net taken apart."""

    name: str
    side: int
    """Of its input, in pixels."""
    profile: Profile
    stages: tuple[Stage, ...]
    kinds: tuple[Kind, ...]
    """The most work first."""

    @property
    def params(self) -> int:
        """Learnt numbers."""
        return self.profile.params

    @property
    def macs(self) -> int:
        """Multiply–accumulates for one picture, those outside of layers among them."""
        return self.profile.macs + self.profile.macs_elsewhere

    @property
    def layers(self) -> int:
        """Calls of layers that multiply, those on shortcuts among them."""
        return sum(stage.layers for stage in self.stages)

    @property
    def linear_params(self) -> int:
        """Learnt numbers in linear layers."""
        return sum(kind.params for kind in self.kinds if kind.name == "linear")

    @property
    def last_side(self) -> int:
        """Of the last maps that have more than one cell."""
        return min((stage.side for stage in self.stages if stage.side > 1), default=1)

    @property
    def sees(self) -> Seen | None:
        """The most that one cell of the last maps sees of the picture; None where it is not known."""
        last = [
            row for row in self.profile.rows if len(row.output_shape) == 3 and row.output_shape[1] == self.last_side
        ]
        fields = [row.receptive_field for row in last if row.receptive_field]
        known = len(fields) == len(last) and all(kind.name != "attention" for kind in self.kinds)
        return max(fields, key=lambda seen: (seen.whole, seen.size)) if known and fields else None


def take_apart(name: str, side: int = 0) -> Anatomy:
    """Build a classifier without weights and follow a picture through it.

    Args:
        name: as torchvision has it.
        side: of the picture in pixels; 0 for what the net was first trained with.

    Raises:
        UsageError: there is no such classifier, or it cannot take such a picture.
    """
    module = bare_classifier(name)
    side = side or _usual_side(name, module)
    found = profile(module, (3, side, side))
    layers = {row.name: module.get_submodule(row.name) for row in found.rows}
    return Anatomy(name, side, found, tuple(_stages(found.rows, layers)), _kinds(found.rows, layers))


def bare_classifier(name: str) -> nn.Module:
    """A classifier in eval mode whose parameters have shapes and, where possible, no values.

    Raises:
        UsageError: there is no such classifier, or it is too large to be built.
    """
    if name not in zoo.names():
        zoo.random_classifier(name)  # it refuses, and says what is nearest
    try:
        with torch.device("meta"):
            return _built(name)
    except NotImplementedError:
        # RegNets work out their widths with tensors, so they need a device that calculates.
        numbers = _entry(name).meta["num_params"]
    if numbers > MOST_NUMBERS:
        raise UsageError(f"{name} has {numbers:,} parameters: choose a net below {MOST_NUMBERS:,}")
    with torch.random.fork_rng(devices=[]):
        return _built(name)


def _built(name: str) -> nn.Module:
    # That the weights shall be drawn, which costs nothing here, keeps both from announcing that this will change.
    options: dict[str, Any] = {"aux_logits": False, "init_weights": True} if name in _SIDE_CLASSIFIERS else {}
    module: nn.Module = torchvision().models.get_model(name, weights=None, **options)
    return module.eval()


def _entry(name: str) -> Any:
    """What torchvision says of the first weights that it published."""
    return next(iter(torchvision().models.get_model_weights(name)))


def _usual_side(name: str, module: nn.Module) -> int:
    """A transformer has as many positions as it was built for; all others take the side they were trained with."""
    built_for = getattr(module, "image_size", None)
    return int(built_for or _entry(name).transforms().crop_size[0])


# Stages


def _stages(rows: Sequence[Row], layers: dict[str, nn.Module]) -> Iterator[Stage]:
    working = [at for at, row in enumerate(rows) if _multiplies(layers[row.name])]
    sides = _sides([_side(rows[at], layers[rows[at].name]) for at in working])
    changes = [working[i] for i in range(1, len(working)) if sides[i] != sides[i - 1]]
    side_at = dict(zip(working, sides, strict=True))
    for start, end in pairwise([working[0], *changes, len(rows)]):
        part = rows[0 if start == working[0] else start : end]
        count = sum(start <= at < end for at in working)
        params, macs = sum(row.params for row in part), sum(row.macs for row in part)
        yield Stage(side_at[start], _leaving(part, rows[end:], layers), count, params, macs)


def _sides(known: list[int | None]) -> list[int]:
    """The side of the maps at each working layer: where a layer does not tell, as before it.

    Gates look at one cell on the way, but the maps go on: so no side is smaller than one that follows.
    """
    filled: list[int] = []
    for side in known:
        filled.append((filled[-1] if filled else 0) if side is None else side)
    return list(accumulate(reversed(filled), max))[::-1]


def _side(row: Row, layer: nn.Module) -> int | None:
    """Height of the maps that a working layer leaves; None where its output does not tell."""
    match row.output_shape:
        case (_,):
            return 0
        case (tokens, _):
            return isqrt(tokens)
        case (high, wide, _) if isinstance(layer, nn.Linear):
            return high if high == wide else None  # windows of tokens are no map
        case (_, high, _):
            return high
    return None


def _leaving(part: Sequence[Row], after: Sequence[Row], layers: dict[str, nn.Module]) -> int:
    """Channels that a stage hands on: what its last pooling leaves, or else what the next layer reads."""
    last = max(at for at, row in enumerate(part) if _multiplies(layers[row.name]))
    pooled = [row.output_shape[0] for row in part[last:] if "Pool" in row.kind and len(row.output_shape) == 3]
    if pooled:
        return pooled[-1]
    return _width(layers[after[0].name])[0] if after else _width(layers[part[last].name])[1]


def _multiplies(layer: nn.Module) -> bool:
    return isinstance(layer, nn.Conv2d | nn.Linear | nn.MultiheadAttention)


def _width(layer: nn.Module) -> tuple[int, int]:
    """Channels that a working layer reads and writes."""
    match layer:
        case nn.Conv2d():
            return layer.in_channels, layer.out_channels
        case nn.Linear():
            return layer.in_features, layer.out_features
        case nn.MultiheadAttention():
            return layer.embed_dim, layer.embed_dim
    return 0, 0


# Kinds


def _kinds(rows: Sequence[Row], layers: dict[str, nn.Module]) -> tuple[Kind, ...]:
    counts, params, macs = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        name = _kind(layers[row.name])
        counts[name] += 1
        params[name] += row.params
        macs[name] += row.macs
    named = [Kind(name, counts[name], params[name], macs[name]) for name in counts if name]
    return tuple(sorted(named, key=lambda kind: -kind.macs))


def _kind(layer: nn.Module) -> str:
    """What to call a layer; empty for those that multiply nothing."""
    match layer:
        case nn.Conv2d():
            high, wide = layer.kernel_size
            grouped = "" if layer.groups == 1 else " depthwise" if layer.groups == layer.in_channels else " grouped"
            return f"{high}×{wide}{grouped}"
        case nn.Linear():
            return "linear"
        case nn.MultiheadAttention():
            return "attention"
    return ""
