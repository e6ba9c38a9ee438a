"""A picture in half blocks: two pixels a cell, in any terminal with colours."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

HALF = "▀"
BLANK = Style()
"""Every segment needs a style: Textual's filter for NO_COLOR reads it."""


class Picture(Widget):
    """Shows an array of pixels as large as its place allows, in its own proportions.

    A cell is taken to be twice as high as wide, so that half a cell is a square. Few pixels are enlarged by whole
    blocks, so that single ones can be told apart; many are averaged.
    """

    DEFAULT_CSS = """
    Picture { width: 1fr; height: 1fr; min-height: 3; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._pixels: Pixels | None = None
        self._strips: list[Strip] = []

    def show(self, pixels: Pixels) -> None:
        """Show pixels.

        Args:
            pixels: uint8, [H, W] grey or [H, W, 3] colour.
        """
        self._pixels = pixels
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._pixels is None or not self.size:
            return
        pixels = fitted(self._pixels, self.size.width, 2 * self.size.height)
        self._strips = half_blocks(pixels, self.size.width, self.rich_style)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        line = y - (self.size.height - len(self._strips)) // 2
        if 0 <= line < len(self._strips):
            return self._strips[line]
        return Strip.blank(self.size.width, self.rich_style)


def fitted(pixels: Pixels, columns: int, rows: int) -> Pixels:
    """The picture resized to lie within columns × rows pixels.

    Args:
        pixels: uint8, [H, W] or [H, W, 3].
        columns: width to fit, in pixels.
        rows: height to fit, in pixels; even.

    Returns:
        uint8, [H′, W′, 3] with H′ even.
    """
    import numpy as np
    from PIL import Image

    colour = np.stack([pixels] * 3, axis=-1) if pixels.ndim == 2 else pixels
    height, width = colour.shape[:2]
    scale = min(columns / width, rows / height)
    if scale >= 1:
        scale = int(scale)
    size = (max(1, int(width * scale)), max(2, 2 * round(height * scale / 2)))
    method = Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX
    return np.asarray(Image.fromarray(np.ascontiguousarray(colour)).resize(size, method))


def half_blocks(pixels: Pixels, width: int, around: Style = BLANK) -> list[Strip]:
    """Two rows of pixels a line: the upper one in the foreground, the lower one behind it; centred in `width`."""
    lines = []
    before = max(0, (width - pixels.shape[1]) // 2)
    for upper, lower in zip(pixels[0::2].tolist(), pixels[1::2].tolist(), strict=True):
        pairs = groupby(zip(map(tuple, upper), map(tuple, lower), strict=True))
        cells = [Segment(HALF * len(list(run)), _style(*pair)) for pair, run in pairs]
        lines.append(Strip([Segment(" " * before, around), *cells]).adjust_cell_length(width, around))
    return lines


@lru_cache(maxsize=1 << 14)
def _style(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Style:
    return Style(color=Color.from_rgb(*top), bgcolor=Color.from_rgb(*bottom))
