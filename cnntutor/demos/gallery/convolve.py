"""convolve: one kernel slides over a picture, and every number of the layer is on the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Cell, Frame, Knobs, Picture, Table, demo
from cnntutor.vision import arithmetic, colour, images, kernels
from cnntutor.vision.convolution import PaddingMode, Window, feature_maps, pad, patch_at
from cnntutor.vision.kernels import KernelName

if TYPE_CHECKING:
    import torch
    from torch import Tensor

SHOWN = 8
"""Filters that are computed and drawn; parameters and MACs count all of them."""

STEPS = 10
"""Frames in which the feature map fills."""

TAPS_LISTED = 27
CELLS_LISTED = 4


class ConvolveKnobs(Knobs):
    """The whole of a convolution layer, and what it looks at."""

    image: Picture = Field("chelsea", description="the picture, cut to its middle square")
    side: int = Field(64, ge=8, le=256, description="its height and width in pixels")
    kernel: KernelName = Field("sobel-x", description="weights of the first filter")
    kernel_size: int = Field(3, ge=1, le=11, description="taps on a side")
    stride: int = Field(1, ge=1, le=8, description="pixels from one window to the next")
    padding: int = Field(1, ge=0, le=16, description="pixels added on each side")
    padding_mode: PaddingMode = Field("zeros", description="what the added pixels hold")
    dilation: int = Field(1, ge=1, le=4, description="pixels from one tap to the next")
    channels: int = Field(1, ge=1, le=512, description="of the input: 1 grey, 3 colour, more are mixtures")
    filters: int = Field(1, ge=1, le=512, description="output channels; beyond the first, random weights")
    activation: Literal["none", "relu"] = Field("none", description="what follows the sum")

    @model_validator(mode="before")
    @classmethod
    def _kernel_that_fits(cls, values: Any) -> Any:
        """A card may ask for a 1×1 kernel and name none: then it is an average, since no edge fits in there."""
        small = isinstance(values, Mapping) and str(values.get("kernel_size")) in ("1", "2")
        return {"kernel": "box", **values} if small else values

    @model_validator(mode="after")
    def _possible(self) -> ConvolveKnobs:
        kernels.kernel(self.kernel, self.kernel_size)
        self.window.output_side(self.side)
        return self

    @property
    def window(self) -> Window:
        """How the kernel moves."""
        return Window(self.kernel_size, self.stride, self.padding, self.padding_mode, self.dilation)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One run: the layer's tensors, those that are shown."""

    knobs: ConvolveKnobs
    padded: Tensor
    """[C, H, W]"""
    weight: Tensor
    """[shown, C, size, size]"""
    maps: Tensor
    """[shown, rows, columns], activation included"""

    @property
    def rows(self) -> int:
        return self.maps.shape[-1]


def _constants(knobs: ConvolveKnobs, seed: int) -> Mapping[str, object]:
    return {"KERNEL": kernels.kernel(knobs.kernel, knobs.kernel_size, seed=seed)}


@demo(
    "convolve",
    topic="parameter-sharing",
    title="Slide a kernel over a picture",
    promise="Watch one small kernel, the same at every place, turn a picture into a feature map.",
    constants=_constants,
)
def convolve(knobs: ConvolveKnobs, device: torch.device) -> Iterator[Frame]:
    """The feature map fills from the top; the last frame has it whole, with every number worked out."""
    layer = _layer(knobs, device)
    figures, formulas = _figures(layer), _formulas(knobs)
    steps = min(STEPS, layer.rows)
    for step in range(1, steps):
        done = layer.rows * step // steps
        yield Frame(
            _pictures(layer, done),
            formulas=formulas,
            caption=f"Row {done} of {layer.rows}: the same {_size(knobs)} weights at every place.",
            progress=step / steps,
        )
    yield Frame(
        _pictures(layer, None),
        tables=_tables(layer),
        figures=figures,
        formulas=formulas,
        caption=_caption(knobs),
        progress=1.0,
    )


# The layer


def _layer(knobs: ConvolveKnobs, device: torch.device) -> _Layer:
    import torch

    picture = images.as_tensor(images.square(knobs.image, knobs.side)).to(device)
    padded = pad(_channels(picture, knobs.channels)[None], knobs.padding, knobs.padding_mode)  # [1, C, H, W]
    weight = _filters(knobs).to(device)
    maps = feature_maps(padded, weight, torch.zeros(len(weight), device=device), knobs.window)[0]
    return _Layer(knobs, padded[0], weight, maps.relu() if knobs.activation == "relu" else maps)


def _channels(picture: Tensor, count: int) -> Tensor:
    """[3, H, W] → [count, H, W]: grey, or red, green, blue and then mixtures that are the same in every run."""
    import torch

    if count == 1:
        return colour.grey_of(picture)
    fixed = torch.Generator().manual_seed(0)
    mixtures = torch.rand(max(0, count - 3), 3, generator=fixed).softmax(dim=1)
    mixing = torch.cat([torch.eye(3), mixtures])[:count].to(picture)
    channels: Tensor = torch.tensordot(mixing, picture, dims=1)
    return channels


def _filters(knobs: ConvolveKnobs) -> Tensor:
    """The filters that are shown, [shown, C, size, size]: the chosen kernel in every channel, then random ones."""
    import torch

    size, channels = knobs.kernel_size, knobs.channels
    first = torch.from_numpy(kernels.kernel(knobs.kernel, size, seed=torch.initial_seed()))
    weight: Tensor = torch.randn(min(knobs.filters, SHOWN), channels, size, size) * (2 / (channels * size**2)) ** 0.5
    weight[0] = first / channels
    return weight


# What is shown


def _pictures(layer: _Layer, done: int | None) -> dict[str, colour.Pixels]:
    """The pictures after `done` rows of the feature map; None once all are there."""
    maps = layer.maps
    seen = layer.maps.clone()
    if done is not None:
        seen[:, done:] = float("nan")
    pictures = {
        "input": _input(layer, done),
        "kernel": colour.signed(layer.weight[0, 0]),
        "feature map": colour.shade(seen[0], like=maps[0]),
    }
    if len(maps) > 1:
        title = f"filters 1–{len(maps)} of {layer.knobs.filters}"
        shaded = [colour.shade(map_, like=whole) for map_, whole in zip(seen, maps, strict=True)]
        pictures[title] = colour.mosaic(shaded, columns=min(4, len(shaded)))
    return pictures


def _input(layer: _Layer, done: int | None) -> colour.Pixels:
    """The padded input, with the window at the end of the last row that is done."""
    shown = colour.rgb(layer.padded[:3] if layer.knobs.channels >= 3 else layer.padded[:1])
    if done is None:
        return shown
    window = layer.knobs.window
    return colour.outlined(shown, (done - 1) * window.stride, (layer.rows - 1) * window.stride, window.span)


def _figures(layer: _Layer) -> dict[str, float]:
    knobs, first = layer.knobs, layer.maps[0]
    rows, size = layer.rows, knobs.kernel_size
    return {
        "output_size": rows,
        "params": arithmetic.conv_params(knobs.channels, knobs.filters, size),
        "macs": arithmetic.conv_macs(knobs.channels, knobs.filters, size, rows, rows),
        "min": float(first.min()),
        "max": float(first.max()),
        "mean": float(first.mean()),
    }


def _formulas(knobs: ConvolveKnobs) -> tuple[str, ...]:
    k, c, f = knobs.kernel_size, knobs.channels, knobs.filters
    side = knobs.window.output_side(knobs.side)
    params, macs = arithmetic.conv_params(c, f, k), arithmetic.conv_macs(c, f, k, side, side)
    return (
        f"output size = ⌊({knobs.side} + 2·{knobs.padding} − {knobs.dilation}·({k} − 1) − 1)/{knobs.stride}⌋"
        f" + 1 = {side}",
        f"parameters = ({k}·{k}·{c} + 1)·{f} = {params:,}",
        f"MACs = {k}·{k}·{c}·{f}·{side}·{side} = {macs:,}",
    )


def _tables(layer: _Layer) -> dict[str, Table]:
    columns = range(min(CELLS_LISTED, layer.rows))
    return {
        "the first cell by hand": _by_hand(layer),
        "the first cells": Table(
            ("row", "column", "window from", "sum of products", "output"),
            tuple(_cell(layer, column) for column in columns),
        ),
    }


def _by_hand(layer: _Layer) -> Table:
    """Input × weight for every tap of the first window, the later ones in one line, and their sum."""
    patch, weight = patch_at(layer.padded, layer.knobs.window, 0, 0), layer.weight[0]
    taps = [(f"{c + 1}: {i + 1}, {j + 1}", float(patch[c, i, j]), float(weight[c, i, j])) for c, i, j in _taps(layer)]
    rows: list[tuple[Cell, ...]] = [(tap, _round(x), _round(w), _round(x * w)) for tap, x, w in taps]
    rest = patch.numel() - len(taps)
    if rest:
        others = _sum_of_products(patch, weight) - sum(x * w for _, x, w in taps)
        rows.append((f"{rest:,} more", None, None, _round(others)))
    rows.append(("sum", None, None, _round(_sum_of_products(patch, weight))))
    return Table(("channel: row, column", "input", "weight", "product"), tuple(rows))


def _taps(layer: _Layer) -> list[tuple[int, int, int]]:
    size = range(layer.knobs.kernel_size)
    first_channels = range(min(layer.knobs.channels, TAPS_LISTED))
    return [(c, i, j) for c in first_channels for i in size for j in size][:TAPS_LISTED]


def _cell(layer: _Layer, column: int) -> tuple[Cell, ...]:
    knobs = layer.knobs
    patch = patch_at(layer.padded, knobs.window, 0, column)
    start = f"{-knobs.padding}, {column * knobs.stride - knobs.padding}"
    total = _sum_of_products(patch, layer.weight[0])
    return 0, column, start, _round(total), _round(float(layer.maps[0, 0, column]))


def _sum_of_products(patch: Tensor, weight: Tensor) -> float:
    return arithmetic.cross_correlation(patch.flatten().tolist(), weight.flatten().tolist())


def _round(value: float) -> float:
    return round(value, 4) + 0.0


def _size(knobs: ConvolveKnobs) -> str:
    return f"{knobs.kernel_size}×{knobs.kernel_size}"


_LOOK = {
    "identity": "The one weight copies the pixel under it, so the map is the picture itself.",
    "box": "Every cell is the mean of its window: fine hair and noise are gone, large shapes stay.",
    "gaussian": "A mean that trusts the middle most: smooth, and without the box's square traces.",
    "sobel-x": "Orange: brighter to the right; blue: darker. Upright edges answer, level ones do not.",
    "sobel-y": "Orange: brighter downwards; blue: darker. Level edges answer, upright ones do not.",
    "laplacian": "It answers to spots and both sides of an edge, in any direction, and is dark on even slopes.",
    "sharpen": "The picture with its edges overdrawn: a dark and a bright rim along each of them.",
    "emboss": "The picture pressed in metal, lit from one corner.",
    "gabor": "Stripes of one slant and one width answer; this is much like what first layers learn.",
    "random": "Nobody chose these weights, and yet some edges come out. Training starts from here.",
}
_TRY = {
    "identity": "Set `stride` to 2: each cell still copies one pixel, but of every four three are never read.",
    "box": "Raise `kernel_size` to 9, then compare `gaussian` at the same size.",
    "gaussian": "Raise `padding` to 8 and try each `padding_mode`: the border is where they differ.",
    "sobel-x": "Choose `sobel-y`, then set `activation` to relu: which half of the answers is lost?",
    "sobel-y": "Choose `brick` as `image` and compare with `sobel-x`.",
    "laplacian": "Raise `kernel_size` to 7: the finest hairs fall silent first. Why?",
    "sharpen": "Watch `min` and `max`: they leave the range from 0 to 1 that the picture had.",
    "emboss": "Set `dilation` to 3: the same nine weights now reach over a 7×7 window.",
    "gabor": "Raise `kernel_size` from 3 to 11: wider stripes answer.",
    "random": "Set `filters` to 8, and `channels` to 3: count the parameters before you look.",
}


def _caption(knobs: ConvolveKnobs) -> str:
    return f"**Look** {_LOOK[knobs.kernel]}\n\n**Try** {_TRY[knobs.kernel]}"
