"""What the demo `inspect` finds out: the net's layers, one layer's maps, one cell, and where the net looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._inspect_knobs import InspectKnobs
from cnntutor.errors import UsageError
from cnntutor.vision import images, nets

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from cnntutor.vision.dissect import Dissection, Position
    from cnntutor.vision.nets import Net
    from cnntutor.vision.profile import Profile, Row


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    """A net with a picture before it."""

    net: Net
    picture: Tensor
    """As the net sees it but for mean and deviation, [3, side, side], from 0 to 1. On the processor."""
    x: Tensor
    """The same as the net takes it, [1, C, side, side]."""
    profile: Profile
    row: Row
    """Of the chosen layer; of one that is called several times, the last call's."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The names to choose from."""
        return tuple(dict.fromkeys(row.name for row in self.profile.rows if row.name))

    def name_of(self, row: Row) -> str:
        """What to call a layer: its path, and the net's own title for what the net does beside its layers."""
        return row.name or self.net.title

    @property
    def last_map(self) -> Row | None:
        """The last layer whose maps have more than one cell; None if there is none."""
        return next((row for row in reversed(self.profile.rows) if _has_maps(row)), None)


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """The chosen layer at work, and the cell that is taken apart. On the processor."""

    layer: nn.Module
    maps: Tensor
    """[K, h, w]"""
    strongest: tuple[int, ...]
    """The channels by their mean square, the largest first."""
    at: Position
    cell: Dissection
    scores: Tensor | None
    """What the net answered, [classes]; None if it answers otherwise."""


def specimen_of(knobs: InspectKnobs, device: torch.device) -> Specimen:
    """Open the net, show it the picture and list its layers.

    Raises:
        UsageError: the net or the picture cannot be opened, they do not go together, or there is no such layer.
    """
    import torch

    from cnntutor.vision.cam.checks import taken
    from cnntutor.vision.profile import profile

    net = nets.open_net(knobs.model, weights=knobs.weights == "trained", side=knobs.side, seed=torch.initial_seed())
    net.module.to(device)
    picture = images.as_tensor(images.square(knobs.image, net.side))
    x = taken(net.module, net.prepare(picture))
    with net.at_work():
        found = profile(net.module, x.shape[1:])
    return Specimen(net, picture, x, found, _chosen_row(found, knobs.layer))


def section_of(specimen: Specimen, knobs: InspectKnobs) -> Section:
    """Run the net and take the chosen cell apart.

    Raises:
        UsageError: the layer has no such cell.
    """
    from cnntutor.vision.dissect import call_of, dissect, maps_of

    with specimen.net.at_work():
        call = call_of(specimen.net.module, specimen.row.name, specimen.x)
    maps = maps_of(call.given).float().cpu()
    if maps.dim() != 3:
        shape = list(call.given.shape)
        raise UsageError(
            f"layer: what {specimen.name_of(specimen.row)} gives, {shape}, is no feature map: choose another layer"
        )
    strongest = tuple(maps.square().mean(dim=(1, 2)).argsort(descending=True, stable=True).tolist())
    at = _position(maps, strongest[0], knobs, specimen.name_of(specimen.row))
    cell = dissect(call.layer, call.taken, call.given, at)
    return Section(call.layer, maps, strongest, at, cell, _scores(call.answer))


def looks_of(specimen: Specimen) -> tuple[Mapping[str, Tensor], str]:
    """Where the net looks for its top class: Grad-CAM at the chosen layer and at the last one with maps.

    Returns:
        The maps [side, side] by layer; and why there is none, in a line, if there is none.
    """
    from cnntutor.vision.gradcam import grad_cam

    rows = [row for row in (specimen.row, specimen.last_map) if row is not None and _has_maps(row)]
    names = dict.fromkeys(row.name for row in rows)
    try:
        with specimen.net.at_work():
            return {name: grad_cam(specimen.net.module, name, specimen.x)[0].cpu() for name in names}, ""
    except UsageError as error:
        return {}, str(error)


def _has_maps(row: Row) -> bool:
    return len(row.output_shape) == 3 and row.output_shape[1] * row.output_shape[2] > 1


def _chosen_row(profile: Profile, layer: str) -> Row:
    """The row of this name; for an empty one the first convolution, or else the first layer."""
    rows = profile.rows
    if not rows:
        raise UsageError("model: the net calls no layers, so there is nothing to inspect")
    if not layer:
        return next((row for row in rows if row.kind == "Conv2d"), rows[0])
    found = [row for row in rows if row.name == layer]
    if found:
        return found[-1]
    names = [row.name for row in rows]
    near = get_close_matches(layer, names, n=3, cutoff=0.4) or names[:6]
    raise UsageError(f"layer: the net runs no layer “{layer}”: choose {', '.join(near)}")


def _position(maps: Tensor, strongest: int, knobs: InspectKnobs, layer: str) -> Position:
    """The cell that the knobs name, what they leave open chosen by the largest amount.

    Raises:
        UsageError: the layer's output is smaller; the line names the knob and its range.
    """
    for name, size in zip(("channel", "row", "column"), maps.shape, strict=True):
        value = getattr(knobs, name)
        if value >= size:
            allowed = f"from 0 to {size - 1}" if size > 1 else "0"
            raise UsageError(f"{name} must be {allowed} at {layer}, or −1 for the strongest, not {value}")
    channel = strongest if knobs.channel < 0 else knobs.channel
    amounts = maps[channel].abs()
    rows, columns = _open_to(knobs.row, amounts.shape[0]), _open_to(knobs.column, amounts.shape[1])
    place = int(amounts[rows.start : rows.stop, columns.start : columns.stop].argmax())
    return channel, rows[place // len(columns)], columns[place % len(columns)]


def _open_to(value: int, size: int) -> range:
    """The one line that is asked for, or all of them."""
    return range(size) if value < 0 else range(value, value + 1)


def _scores(answer: object) -> Tensor | None:
    from torch import Tensor

    scores = isinstance(answer, Tensor) and answer.dim() == 2 and len(answer) == 1
    return answer[0].float().cpu() if scores else None  # type: ignore[index]
