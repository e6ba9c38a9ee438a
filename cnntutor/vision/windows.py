"""A window's walk along a row, stop by stop: what it reads, what it never reaches, and the way back up. No torch.

Height and width are walked alike, so a row tells everything about a square. Dumoulin & Visin (2016), "A guide to
convolution arithmetic for deep learning", arXiv:1603.07285.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnntutor.vision.convolution import PaddingMode, Window


def stops(side: int, window: Window) -> tuple[int, ...]:
    """Where the first tap lies at each stop, counted from the first padded pixel: as far as the last tap still fits."""
    found, start = [], 0
    while start + window.span <= side + 2 * window.padding:
        found.append(start)
        start += window.stride
    return tuple(found)


def taps(start: int, window: Window) -> range:
    """The padded pixels that a stop reads."""
    return range(start, start + window.span, window.dilation)


def reads(side: int, window: Window) -> tuple[int, ...]:
    """How many stops read each pixel of the padded row."""
    counts = [0] * (side + 2 * window.padding)
    for start in stops(side, window):
        for pixel in taps(start, window):
            counts[pixel] += 1
    return tuple(counts)


def source(pixel: int, side: int, padding: int, mode: PaddingMode) -> int | None:
    """Which pixel of the row a padded pixel is a copy of; None for a zero.

    Args:
        pixel: counted from the first padded one.
        side: pixels of the row.
        padding: pixels added on each side; for `reflect` less than `side`, for `circular` at most as many.
        mode: what they hold.
    """
    place = pixel - padding
    if 0 <= place < side:
        return place
    if mode == "reflect":
        return -place if place < 0 else 2 * (side - 1) - place
    if mode == "replicate":
        return 0 if place < 0 else side - 1
    return place % side if mode == "circular" else None


@dataclass(frozen=True, slots=True)
class Transposed:
    """A transposed layer along a row: every input leaves a copy of the kernel, `stride` cells from the one before.

    `padding` cells are cut off at each end, and `output_padding` are added at the far one.
    """

    side: int
    """Inputs in a row."""
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    output_padding: int = 0

    @property
    def output_side(self) -> int:
        """(n − 1)·s − 2p + d·(k − 1) + 1 + output_padding; below 1 if the padding cuts off everything."""
        whole = (self.side - 1) * self.stride + self.dilation * (self.kernel - 1) + 1
        return whole - 2 * self.padding + self.output_padding

    def copy_of(self, place: int) -> Iterator[int]:
        """The output cells on which the copy of one input lies; what is cut off is left out."""
        for tap in range(self.kernel):
            cell = place * self.stride + tap * self.dilation - self.padding
            if 0 <= cell < self.output_side:
                yield cell

    def copies(self, inputs: int | None = None) -> tuple[int, ...]:
        """How many copies lie on each output cell, after the first so many inputs or all of them."""
        counts = [0] * self.output_side
        for place in range(self.side if inputs is None else inputs):
            for cell in self.copy_of(place):
                counts[cell] += 1
        return tuple(counts)

    @property
    def overlaps(self) -> tuple[int, ...]:
        """How many copies lie on a cell far from the ends, for each place between two copies' beginnings.

        Equal numbers make an even surface, others a checkerboard (Odena, Dumoulin & Olah 2016, "Deconvolution and
        Checkerboard Artifacts", doi:10.23915/distill.00003).
        """
        places = [tap * self.dilation % self.stride for tap in range(self.kernel)]
        return tuple(places.count(place) for place in range(self.stride))
