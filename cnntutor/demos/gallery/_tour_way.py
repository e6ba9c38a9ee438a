"""The way of the demo `tour`: a net, a picture, and what becomes of it at every layer."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._tour_knobs import DIGITS, TourKnobs
from cnntutor.errors import UsageError
from cnntutor.vision import images, nets, textures

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.nets import Net
    from cnntutor.vision.passage import Stop
    from cnntutor.vision.profile import Profile


PIECE = 96
"""Side of a piece of texture, in pixels: as large as the net wants it."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A picture's way through a net. On the processor."""

    net: Net
    picture: Tensor
    """Before mean and deviation are taken off, [1 or 3, side, side], from 0 to 1."""
    truth: str
    """The class that it shows; empty if nobody knows."""
    x: Tensor
    """As the net takes it, [C, side, side]."""
    profile: Profile
    stops: tuple[Stop, ...]
    """Every layer that has no layers of its own, in the order of the calls."""
    scores: Tensor | None
    """[classes]; None if the net answers otherwise."""
    last: int
    """Place in `stops` at which the walk ends."""

    @property
    def arrives(self) -> bool:
        """Whether the walk goes to the end, and there are scores to be seen."""
        return self.last == len(self.stops) - 1 and self.scores is not None

    @property
    def layers(self) -> tuple[str, ...]:
        """The names to choose from."""
        return tuple(dict.fromkeys(stop.row.name for stop in self.stops if stop.row.name))

    def maps_at(self, place: int) -> Tensor:
        """What a layer gives, as maps [C, h, w]; a row of numbers as maps of one cell."""
        return as_maps(self.stops[place].given)

    def followed(self, place: int) -> int:
        """The channel to look at: the same until channels are mixed again, and the one with most contrast by then."""
        channels, end = len(self.maps_at(place)), place
        while end + 1 < len(self.stops) and self._goes_on(end + 1, channels):
            end += 1
        return int(self.maps_at(end).flatten(1).std(dim=1, correction=0).argmax())

    def _goes_on(self, place: int, channels: int) -> bool:
        """Whether a layer leaves the channels as they are, and maps of more than a cell."""
        from torch import nn

        maps = self.maps_at(place)
        mixes = isinstance(self.stops[place].layer, nn.Conv2d | nn.Linear)
        return not mixes and len(maps) == channels and maps.shape[1:] != (1, 1)

    def numbers_at(self, place: int) -> int:
        """How many numbers stand for the picture behind so many layers; 0 is the picture itself."""
        return self.x.numel() if place == 0 else self.stops[place - 1].given[0].numel()


def way_of(knobs: TourKnobs, device: torch.device) -> Way:
    """Open the net and let the picture walk through it.

    Raises:
        UsageError: the net or the picture cannot be opened, they do not go together, or there is no such layer.
    """
    import torch

    from cnntutor.vision.cam.checks import taken
    from cnntutor.vision.passage import passage
    from cnntutor.vision.profile import profile
    from cnntutor.vision.reach import is_leaf

    net = nets.open_net(knobs.model, weights=knobs.weights == "trained", side=knobs.side, seed=torch.initial_seed())
    net.module.to(device)
    picture, truth = _picture(knobs, net.side)
    x = taken(net.module, net.prepare(picture))
    with net.at_work():
        found = profile(net.module, x.shape[1:])
        stops, answer = passage(net.module, x.clone(), found)
    stops = [stop for stop in stops if is_leaf(stop.layer)]
    if not stops:
        raise UsageError("model: the net calls no layers, so there is no way to walk")
    return Way(net, picture, truth, x[0].cpu(), found, tuple(stops), _scores(answer), _last(stops, knobs.layer))


def as_maps(values: Tensor) -> Tensor:
    """What a layer takes or gives as maps [C, h, w], whatever its shape."""
    from cnntutor.vision.dissect import maps_of

    maps = maps_of(values).float().cpu()
    return maps if maps.dim() == 3 else maps.reshape(-1, 1, 1)


def _picture(knobs: TourKnobs, side: int) -> tuple[Tensor, str]:
    """What walks through, from 0 to 1, and what it shows if that is known."""
    from cnntutor.vision import data, texture_patches

    if not knobs.own_kind:
        return images.as_tensor(images.square(knobs.image, side)), ""
    if knobs.model == DIGITS:
        digits = data.load("digits", side=side)
        held_out, names = digits.held_out, digits.class_names
    else:
        held_out, names = texture_patches.pieces("held-out", knobs.number + 1, PIECE), textures.NAMES
    return held_out.x[knobs.number], names[int(held_out.y[knobs.number])]


def _last(stops: list[Stop], layer: str) -> int:
    """The last call of the layer of this name; for an empty one the end of the way."""
    names = [stop.row.name for stop in stops]
    if not layer:
        return len(stops) - 1
    if layer in names:
        return len(names) - 1 - names[::-1].index(layer)
    near = get_close_matches(layer, names, n=3, cutoff=0.4) or names[:6]
    raise UsageError(f"layer: the net runs no layer “{layer}”: choose {', '.join(near)}")


def _scores(answer: object) -> Tensor | None:
    from torch import Tensor

    scores = isinstance(answer, Tensor) and answer.dim() == 2 and len(answer) == 1
    return answer[0].float().cpu() if scores else None  # type: ignore[index]
