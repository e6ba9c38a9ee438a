"""What boxes shows: the picture with its boxes, and a pair of them counted out in pixels."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._boxes_knobs import SIDE
from cnntutor.vision import colour, images

if TYPE_CHECKING:
    from cnntutor.vision.boxes import Box

SCALE = 3
"""Pixels on the screen's picture for one of the boxes' own."""

LINE, BOLD = 5, 10
"""How wide a line is; of the boxes that count, bold."""

DIM = 0.3
"""Of the picture's brightness is left under the boxes, so that they stand out."""

KEPT, BEST, DOUBLE, WAITING = colour.POSITIVE, (255, 255, 255), colour.NEGATIVE, (150, 150, 150)
TRUE = (96, 220, 140)


@lru_cache(maxsize=4)
def backdrop(image: str) -> colour.Pixels:
    """The picture, dimmed, uint8 [SIDE · SCALE, SIDE · SCALE, 3]."""
    import numpy as np

    pixels: colour.Pixels = (DIM * np.array(images.square(image, SIDE * SCALE))).astype(np.uint8)
    return pixels


def drawn(image: str, boxes: Iterable[tuple[Box, tuple[int, int, int]]]) -> colour.Pixels:
    """The picture with boxes in their colours, the later ones on top."""
    pixels = backdrop(image).copy()
    for box, line in boxes:
        x1, y1, x2, y2 = (SCALE * corner for corner in box)
        wide = LINE if line in (DOUBLE, WAITING) else BOLD
        rows, columns = slice(y1, y2), slice(x1, x2)
        pixels[rows, x1 : x1 + wide] = pixels[rows, max(x2 - wide, x1) : x2] = line
        pixels[y1 : y1 + wide, columns] = pixels[max(y2 - wide, y1) : y2, columns] = line
    return pixels


def pair(image: str, first: Box, second: Box) -> colour.Pixels:
    """The picture with the pixels of two boxes painted: one colour for each, white where both lie."""
    pixels = backdrop(image).copy()
    for box, paint in ((first, DOUBLE), (second, KEPT), (_shared(first, second), BEST)):
        x1, y1, x2, y2 = (SCALE * corner for corner in box)
        pixels[y1:y2, x1:x2] = [round(0.75 * value) for value in paint]
    return pixels


def _shared(first: Box, second: Box) -> Box:
    """The box that both cover; without an area where they lie apart."""
    x1, y1 = max(first[0], second[0]), max(first[1], second[1])
    return x1, y1, max(x1, min(first[2], second[2])), max(y1, min(first[3], second[3]))
