"""What the demo `inspect` says: the working with its numbers, what to look at and to try, the question before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._inspect_knobs import InspectKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent, plural

if TYPE_CHECKING:
    from torch import nn

    from cnntutor.demos.gallery._inspect_specimen import Section, Specimen
    from cnntutor.vision.profile import Row

CONVOLUTIONS, LINEAR, OTHERS = "params_in_convolutions", "params_in_linear_layers", "params_elsewhere"
"""Figures that say where the net's parameters are."""

SHRUNK, FULL_SIZE = 64, 192
"""Sides at which the shipped textures look smaller than, and about as large as, what the net textures learnt from."""


def predict(knobs: InspectKnobs) -> Prediction:
    """Which kind of layers holds most parameters; the net itself gives the answer."""
    return Prediction(
        f"Which layers of **{knobs.model}** hold most of its learnt numbers?",
        ("the convolutions", "the linear layers at its end", "the normalisation layers and all others"),
        _judge,
        why="A linear layer on flattened maps has a weight for every cell of every channel, which made AlexNet and "
        "VGG so heavy. Nets that average each map first have a light end, and most of their weights are in the "
        "last convolutions, where there are most channels. Normalisation has two numbers a channel.",
    )


def _judge(frame: Frame) -> int | None:
    held = [frame.figures.get(name, 0) for name in (CONVOLUTIONS, LINEAR, OTHERS)]
    return held.index(max(held)) if held.count(max(held)) == 1 else None


def formulas(specimen: Specimen, section: Section) -> tuple[str, ...]:
    """How the chosen layer's numbers come about, and the cell's value."""
    return (*_costs(specimen, section), _sees(specimen.row), _cell(section))


def _costs(specimen: Specimen, section: Section) -> tuple[str, ...]:
    from torch import nn

    layer, row = section.layer, specimen.row
    match layer:
        case nn.Conv2d():
            return _convolution(layer, row, specimen)
        case nn.Linear():
            bias = f" + {layer.out_features}" if layer.bias is not None else ""
            size = f"{layer.in_features}·{layer.out_features}"
            tokens = f"{row.macs // (layer.in_features * layer.out_features)}·" if len(row.output_shape) > 1 else ""
            return (f"parameters = {size}{bias} = {_params(layer):,}", f"MACs = {tokens}{size} = {row.macs:,}")
        case nn.BatchNorm2d() | nn.BatchNorm1d() if layer.affine:
            return (f"parameters = 2·{layer.num_features} = {_params(layer):,}",)
    return (f"parameters = {_params(layer):,}, MACs = {row.macs:,}",)


def _convolution(layer: nn.Conv2d, row: Row, specimen: Specimen) -> tuple[str, ...]:
    (high, wide), filters = layer.kernel_size, layer.out_channels
    depth = f"{layer.in_channels}" if layer.groups == 1 else f"{layer.in_channels}/{layer.groups}"
    taps, bias = f"{high}·{wide}·{depth}", " + 1" if layer.bias is not None else ""
    size = f"({taps}{bias})" if bias else taps
    _, rows, columns = row.output_shape
    return (
        f"parameters = {size}·{filters} = {_params(layer):,}",
        f"MACs = {taps}·{filters}·{rows}·{columns} = {row.macs:,}"
        f" ({percent(row.macs / max(1, specimen.profile.macs))} of the net)",
    )


def _params(layer: nn.Module) -> int:
    return sum(parameter.numel() for parameter in layer.parameters())


def _sees(row: Row) -> str:
    """Araujo, Norris & Sim (2019), as `arithmetic.receptive_field`."""
    seen = row.receptive_field
    if seen is None:
        return "receptive field: not known for this path through the net"
    step = "" if seen.whole else f", {plural(seen.rows.jump, 'pixel')} from one cell to the next"
    return f"receptive field = {seen}{step}"


def _cell(section: Section) -> str:
    cell, name = section.cell, f"cell[{', '.join(map(str, section.at))}]"
    if cell.result is None:
        return f"{name} = {_number(cell.value)}"
    terms = dict(cell.terms)
    if cell.sum_of_products is None or "bias" not in terms:
        return f"{name} = {_number(cell.result)}, and the layer gave {_number(cell.value)}"
    bias = terms["bias"]
    working = f"{_number(cell.sum_of_products)} {'−' if bias < 0 else '+'} {_number(abs(bias))}"
    return f"{name} = {working} = {_number(cell.result)}, and the layer gave {_number(cell.value)}"


def _number(value: float) -> str:
    """Four digits after the point, and a minus as printers have it."""
    return f"{value + 0.0:.4f}".replace("-", "−")


def caption(specimen: Specimen, section: Section, no_look: str) -> str:
    """What to look at in each view, and what to do next.

    Args:
        specimen: the net and the chosen layer.
        section: its maps and the cell.
        no_look: why there is no Grad-CAM; empty if there is.
    """
    channel, row, column = section.at
    where = f"{specimen.row.kind} `{specimen.name_of(specimen.row)}`, channel {channel}, row {row}, column {column}"
    notes = (f"{where}. {section.cell.how}", _elsewhere(specimen), no_look)
    return f"**Look** {' '.join(filter(None, notes))}\n\n**Try** {_try(specimen)}"


def _elsewhere(specimen: Specimen) -> str:
    """What the table does not have, if there is such a thing."""
    profile = specimen.profile
    if profile.macs_elsewhere:
        return f"Another {profile.macs_elsewhere:,} MACs are functions that belong to no layer."
    if profile.unused:
        return f"The net never calls {len(profile.unused)} of its layers, {profile.unused[0]} among them."
    return ""


def _try(specimen: Specimen) -> str:
    net, last = specimen.net, specimen.last_map
    if net.title == "textures" and specimen.row.name == "blocks.0.conv":
        return f"{_other_side(net.side)} Then follow one channel down: set `layer` to blocks.1.conv."
    if last is not None and last.name != specimen.row.name:
        return f"Set `layer` to {last.name}: its cells see {last.receptive_field or 'more'}, and its maps are coarser."
    if net.title != "resnet18":
        return (
            "Empty `layer`, set `weights` to random and `model` to resnet18, `sort` to params: where is the weight of a"
            " classic?"
        )
    return "Empty `layer` and set `model` to vgg16: the table's end explains why later nets average their maps."


def _other_side(side: int) -> str:
    """The net was trained on textures of one scale, and a convolution knows no other."""
    other = SHRUNK if side >= FULL_SIZE else FULL_SIZE
    return f"Set `side` to {other}, and compare the classes in the view picture: why does the size matter?"
