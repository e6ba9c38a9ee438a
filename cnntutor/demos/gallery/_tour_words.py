"""What the demo `tour` says of each layer: what it does, what that did to this picture, and the counting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._tour_knobs import DIGITS, TEXTURES, TourKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent, plural

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cnntutor.demos.gallery._tour_way import Way
    from cnntutor.vision.passage import Stop


TERMS = 2
"""Scores that are written out in a sum."""


def opening(way: Way) -> str:
    """What is said before the first layer."""
    picture = "×".join(map(str, way.x.shape))
    return (
        f"**Look** {way.net.title} sees {picture} = {way.x.numel():,} numbers, and will answer through"
        f" {plural(len(way.stops), 'layer')}. On the left one channel will be large, on the right are all of them."
        "\n\n**Try** Press v to see all maps larger, or what goes in beside what comes out."
    )


def caption(knobs: TourKnobs, way: Way, place: int) -> str:
    """What a layer does and what to try.

    Args:
        knobs: of the run.
        way: of the picture.
        place: of the layer among the stops.
    """
    stop = way.stops[place]
    where = f"{place + 1} of {len(way.stops)}, `{stop.row.name or way.net.title}`: {_doing(stop)}"
    return f"**Look** {where}\n\n**Try** {_try(knobs, way)}"


def arrival(knobs: TourKnobs, way: Way, name: str, chance: float) -> str:
    """What is said at the scores.

    Args:
        knobs: of the run.
        way: of the picture.
        name: of the likeliest class.
        chance: its probability.
    """
    verdict = ", and that is right" if way.truth == name else f", but it is {way.truth}" if way.truth else ""
    untrained = " But these weights were never trained: it is a guess." if knobs.weights == "random" else ""
    return (
        f"**Look** The net says **{name}**, {percent(chance)}{verdict}.{untrained} {way.x.numel():,} numbers became"
        f" {plural(_scores(way), 'score')}; softmax makes probabilities of them.\n\n**Try** {_try(knobs, way)}"
    )


def _scores(way: Way) -> int:
    return 0 if way.scores is None else len(way.scores)


def _try(knobs: TourKnobs, way: Way) -> str:
    if knobs.weights == "random":
        return "Turn `weights` back to trained: from which layer on do the maps differ?"
    if knobs.layer:
        return "Leave `layer` empty to walk to the scores, or press s to take one step at a time."
    if knobs.own_kind and knobs.model == TEXTURES:
        return "Turn `number` for other surfaces. Then set `scene` to picture: what does it call a cat?"
    if knobs.own_kind:
        return f"Go through `number` until it is wrong. Then set `model` to {TEXTURES}."
    return f"Set `model` to {DIGITS} and `scene` to its own kind: maps that are small enough to count."


# One layer


def formulas(way: Way, place: int) -> tuple[str, ...]:
    """The layer's sizes and costs, worked out."""
    from torch import nn

    stop = way.stops[place]
    same = stop.taken.shape == stop.given.shape
    counts = (f"numbers: {_product(stop.taken)}{', as before' if same else f' → {_product(stop.given)}'}",)
    match stop.layer:
        case nn.Conv2d():
            return (*counts, *_convolution(stop.layer, stop))
        case nn.Linear():
            inputs, outputs = stop.layer.in_features, stop.layer.out_features
            bias = " + 1" if stop.layer.bias is not None else ""
            return (*counts, f"parameters = ({inputs}{bias})·{outputs} = {_params(stop.layer):,}")
        case nn.BatchNorm2d() if stop.layer.affine:
            return (*counts, f"parameters = 2·{stop.layer.num_features} = {_params(stop.layer):,}")
    return counts


def softmax(way: Way) -> tuple[str, ...]:
    """How the likeliest class comes by its probability; the walk has to arrive."""
    assert way.scores is not None
    scores = way.scores.sort(descending=True).values
    terms = [f"e^{score:.2f}".replace("-", "−") for score in scores[:TERMS].tolist()]
    rest = " + …" if len(scores) > TERMS else ""
    return (f"p = {terms[0]}/({' + '.join(terms)}{rest}) = {float(way.scores.softmax(0).max()):.3f}",)


def _convolution(layer: nn.Conv2d, stop: Stop) -> tuple[str, ...]:
    (high, wide), filters, (rows, columns) = layer.kernel_size, layer.out_channels, stop.given.shape[2:]
    depth = f"{layer.in_channels}" if layer.groups == 1 else f"{layer.in_channels}/{layer.groups}"
    taps = f"{high}·{wide}·{depth}"
    each = f"({taps} + 1)" if layer.bias is not None else taps
    return (
        f"parameters = {each}·{filters} = {_params(layer):,}",
        f"MACs = {taps}·{filters}·{rows}·{columns} = {stop.row.macs:,}",
    )


def _params(layer: nn.Module) -> int:
    return sum(parameter.numel() for parameter in layer.parameters())


def _product(values: Tensor) -> str:
    sizes = "·".join(map(str, values.shape[1:]))
    return f"{sizes} = {values[0].numel():,}" if values.dim() > 2 else f"{values[0].numel():,}"


def _doing(stop: Stop) -> str:
    """What the layer does, with this picture's numbers."""
    from torch import nn

    layer, given = stop.layer, stop.given
    match layer:
        case nn.Conv2d():
            return _convolving(layer)
        case nn.BatchNorm2d():
            return (
                "each channel is shifted and scaled, as it learnt to; the spread (standard deviation) goes from"
                f" {float(stop.taken.std()):.3g} to {float(given.std()):.3g}."
            )
        case nn.ReLU():
            return (
                f"what is negative becomes 0: {percent(float((given == 0).float().mean()))} of all numbers are 0 now."
            )
        case nn.MaxPool2d():
            return f"of every window only the largest number stays: {_share_left(stop)}."
        case nn.AvgPool2d():
            return f"every window becomes its mean: {_share_left(stop)} numbers stay."
        case nn.AdaptiveAvgPool2d() if given.shape[2:] == (1, 1):
            return "each map becomes its mean: how much of its pattern there was, no matter where."
        case nn.Flatten():
            return "the same numbers, now in one row."
        case nn.Dropout() | nn.Identity():
            return "it passes on what it gets (dropout silences numbers only in training)."
        case nn.Linear():
            return f"every one of {layer.out_features:,} sums weighs all {layer.in_features:,} numbers."
    return f"{type(layer).__name__} gives {_product(given)} numbers."


def _convolving(layer: nn.Conv2d) -> str:
    high, wide = layer.kernel_size
    depth = layer.in_channels // layer.groups
    return (
        f"{plural(layer.out_channels, 'filter')} of {high}×{wide}×{depth} numbers,"
        f" {'which writes a map' if layer.out_channels == 1 else 'each of which writes a map'}."
    )


def _share_left(stop: Stop) -> str:
    before, after = stop.taken.numel(), stop.given.numel()
    return f"1 in {before / after:.3g}"


# Predict first


def predict(knobs: TourKnobs) -> Prediction | None:
    """Where the most numbers are."""
    if knobs.layer:
        return None

    def judge(frame: Frame) -> int | None:
        place, layers = frame.figures.get("largest_at"), frame.figures.get("layers")
        if place is None or not layers:
            return None
        return 0 if place == 0 else 1 + min(2, int(3 * (place - 1) / layers))

    return Prediction(
        "A picture becomes a handful of scores. Behind which layers do the most numbers stand for it?",
        (
            "none: the picture itself has the most",
            "those of the first third",
            "those in the middle",
            "those of the last third, with the most channels",
        ),
        judge,
        why="The first convolution makes many maps of three colours, at nearly every place: more numbers, not fewer."
        " Then each halving of both sides leaves a quarter of the places, and the channels at most double.",
        cards=("hier-numbers-left", "hier-what-where"),
    )
