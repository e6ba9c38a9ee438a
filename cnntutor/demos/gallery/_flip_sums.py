"""What flip works out: both operations by hand on a few numbers, by torch on a picture, and the laws they keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnntutor.demos.gallery._flip_knobs import LARGEST_INPUT, LARGEST_KERNEL, FlipKnobs
from cnntutor.vision import colour, images, kernels, matrices
from cnntutor.vision.flips import Extent, Operation, border, bordered, flipped, laid, stamps

if TYPE_CHECKING:
    import torch
    from torch import Tensor

OPERATIONS: tuple[Operation, ...] = ("cross-correlation", "convolution")

WHITE = 9
"""Brightness under the grid counts from 0 to this."""

EXACT = 1e-9
"""Sums in double precision that differ by less are the same."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Both operations on the same numbers; all but the picture's maps in double precision."""

    knobs: FlipKnobs
    kernel: Tensor
    """[k, k], as it is written."""
    inputs: Tensor
    """[n, n], the few numbers under it."""
    results: dict[Operation, Tensor]
    """[m, m] each, worked out as the knob `way` says."""
    picture: Tensor
    """[1, side, side], grey."""
    maps: dict[Operation, Tensor]
    """[side, side] each, of the whole picture."""

    @property
    def symmetric(self) -> bool:
        """Whether a half-turn leaves the kernel as it is."""
        return bool((self.kernel - flipped(self.kernel)).abs().max() < EXACT)

    @property
    def apart(self) -> float:
        """The largest difference between the two maps of the picture."""
        return float((self.maps["convolution"] - self.maps["cross-correlation"]).abs().max())

    @property
    def apart_but_for_the_sign(self) -> float:
        """The same, once one of the maps has changed its signs."""
        return float((self.maps["convolution"] + self.maps["cross-correlation"]).abs().max())

    @property
    def telling(self) -> int:
        """The first cell, in reading order, where the results differ most; the middle one if they agree."""
        apart = (self.results["convolution"] - self.results["cross-correlation"]).abs().flatten()
        differences = [round(value, 9) for value in apart.tolist()]
        side = len(self.results["convolution"])
        return differences.index(max(differences)) if any(differences) else (side // 2) * (side + 1)

    def states(self, operation: Operation) -> list[Tensor]:
        """What is on the table after each stop of the walk, [m, m] each; NaN where nothing is known yet."""
        if self.knobs.way == "lay":
            return _filling(self.results[operation])
        tables = list(stamps(self.inputs, self.kernel, self.knobs.extent, operation))
        return [tables[stop] for stop in self.stops]

    @property
    def stops(self) -> list[int]:
        """Cells to stop at in reading order: every cell of the result, or every input that leaves a copy."""
        if self.knobs.way == "lay":
            return list(range(self.results["convolution"].numel()))
        inked: list[int] = self.inputs.flatten().nonzero().flatten().tolist()
        return inked or [self.inputs.numel() - 1]


def sums_of(knobs: FlipKnobs, device: torch.device) -> Sums:
    """Everything about these knobs; random weights follow torch's seed.

    Raises:
        UsageError: the picture cannot be read.
    """
    picture = colour.grey_of(images.as_tensor(images.square(knobs.image, knobs.side))).to(device)
    kernel = kernel_of(knobs)
    inputs = inputs_of(knobs, picture)
    work_out = laid if knobs.way == "lay" else _stamped
    results = {operation: work_out(inputs, kernel, knobs.extent, operation) for operation in OPERATIONS}
    maps = {operation: _map(picture[0], kernel, operation) for operation in OPERATIONS}
    return Sums(knobs, kernel, inputs, results, picture, maps)


def kernel_of(knobs: FlipKnobs) -> Tensor:
    """The kernel that the knobs name, float64 [k, k]."""
    import torch

    if knobs.kernel == "own":
        return torch.tensor(matrices.read(knobs.weights, "weights", LARGEST_KERNEL), dtype=torch.float64)
    return torch.from_numpy(kernels.kernel(knobs.kernel, knobs.kernel_size, seed=torch.initial_seed())).double()


def inputs_of(knobs: FlipKnobs, picture: Tensor) -> Tensor:
    """The few numbers that the knobs name, float64 [n, n]."""
    import torch

    size = knobs.input_size
    if knobs.under == "own":
        return torch.tensor(matrices.read(knobs.numbers, "numbers", LARGEST_INPUT), dtype=torch.float64)
    if knobs.under == "picture":
        start = (knobs.side - size) // 2
        return (WHITE * picture[0, start : start + size, start : start + size].cpu().double()).round()
    dot = torch.zeros(size, size, dtype=torch.float64)
    dot[(size - 1) // 2, (size - 1) // 2] = 1
    return dot


# What torch has


def rivals(sums: Sums) -> dict[str, Tensor]:
    """The same numbers through torch's functions, by what one writes, [m, m] each."""
    import torch

    x, w, extent = sums.inputs, sums.kernel, sums.knobs.extent
    spectra = torch.fft.fft2(x, _full(x, w)) * torch.fft.fft2(w, _full(x, w))
    return {
        "conv2d(x, w)": _by_torch(x, w, extent, "cross-correlation"),
        "conv2d(x, w.flip(-2, -1))": _by_torch(x, flipped(w), extent, "convolution"),
        "conv2d(x, w.flip(-1))": _by_torch(x, w.flip(-1), extent, "convolution"),
        "conv2d(x, w.T)": _by_torch(x, w.T, extent, "convolution"),
        "conv_transpose2d(x, w)": _cut(_transposed(x, w), w, extent),
        "ifft2(fft2(x)·fft2(w))": _cut(torch.fft.ifft2(spectra).real, w, extent),
    }


def same(one: Tensor, other: Tensor) -> bool:
    """Whether two results agree but for rounding, relative to their size."""
    size = max(1.0, float(other.abs().max()))
    return one.shape == other.shape and bool((one - other).abs().max() < EXACT * size)


def laws(sums: Sums) -> dict[str, dict[Operation, bool]]:
    """Whether each law holds for these numbers, by operation; everything is worked out in full."""
    x, w = sums.inputs, sums.kernel
    held: dict[str, dict[Operation, bool]] = {}
    for operation in OPERATIONS:

        def of(one: Tensor, other: Tensor, operation: Operation = operation) -> Tensor:
            return laid(one, other, "full", operation)

        swapped = of(w, x)
        checks = {
            "x w = w x": same(of(x, w), swapped),
            "x w = w x, turned by 180°": same(of(x, w), flipped(swapped)),
            "(x w) w = x (w w)": same(of(of(x, w), w), of(x, of(w, w))),
        }
        for law, holds in checks.items():
            held.setdefault(law, {})[operation] = holds
    return held


def _filling(result: Tensor) -> list[Tensor]:
    """A result that becomes known cell by cell."""
    tables = []
    for stop in range(result.numel()):
        table = result.clone()
        table.view(-1)[stop + 1 :] = float("nan")
        tables.append(table)
    return tables


def _stamped(inputs: Tensor, kernel: Tensor, extent: Extent, operation: Operation) -> Tensor:
    *_, last = stamps(inputs, kernel, extent, operation)
    return last


def _map(picture: Tensor, kernel: Tensor, operation: Operation) -> Tensor:
    """[side, side], as torch has it; convolution with the kernel flipped before."""
    weight = kernel if operation == "cross-correlation" else flipped(kernel)
    return _by_torch(picture, weight.to(picture), "same", operation)


def _by_torch(inputs: Tensor, weight: Tensor, extent: Extent, operation: Operation) -> Tensor:
    from torch.nn import functional

    padded = bordered(inputs, len(weight), extent, operation)
    return functional.conv2d(padded[None, None], weight[None, None])[0, 0]


def _transposed(inputs: Tensor, weight: Tensor) -> Tensor:
    from torch.nn import functional

    function: Callable[..., Any] = functional.conv_transpose2d
    whole: Tensor = function(inputs[None, None], weight[None, None])[0, 0]
    return whole


def _full(inputs: Tensor, kernel: Tensor) -> tuple[int, int]:
    side = len(inputs) + len(kernel) - 1
    return side, side


def _cut(full: Tensor, kernel: Tensor, extent: Extent) -> Tensor:
    """What the extent keeps of a full convolution."""
    taps = len(kernel)
    before, after = border(taps, extent, "convolution")
    return full[taps - 1 - before : len(full) - (taps - 1 - after), taps - 1 - before : len(full) - (taps - 1 - after)]
