"""Drawn digits: strokes of a pen on a square, as text, as ink, and as the pictures that the digits net learnt from.

A drawing is written as strokes parted by semicolons, each the points `x,y` that the pen goes through, from 0,0 at the
top left to 31,31: `8,4 24,4 14,28` is a seven. A stroke that begins with a minus rubs out. No torch.

The ink becomes a picture as the set's makers made theirs: a normalised bitmap of 32×32 is counted in blocks of 4×4
(Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits, archive.ics.uci.edu/dataset/80).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ink = NDArray[np.bool_]
    """[SIDE, SIDE]"""

SIDE = 32
"""Of the square, in pixels."""

BLOCK = 4
"""Pixels on a side that are counted together."""

PEN = 2.0
"""Distance from the stroke's line up to which there is ink, in pixels."""

RUBBER = 3.0
MOST_STROKES = 60

_POINT = re.compile(r"(\d+)\s*,\s*(\d+)")

SAMPLES = {
    0: "16,4 11,7 9,16 11,25 16,28 21,25 23,16 21,7 16,4",
    1: "12,9 17,4 17,28",
    2: "9,9 12,5 17,4 21,7 21,12 15,20 9,28 23,28",
    3: "9,5 19,5 20,10 14,14 21,18 21,24 16,28 9,27",
    4: "15,4 8,20 24,20; 19,13 19,28",
    5: "22,4 10,4 10,14 17,13 22,18 20,25 14,28 9,26",
    6: "18,4 12,11 9,20 12,27 18,28 22,23 18,18 11,19",
    7: "8,4 23,4 14,28; 10,16 21,16",
    8: "16,15 10,10 12,5 16,4 20,5 22,10 16,15 10,20 11,26 16,28 21,26 22,20 16,15",
    9: "21,12 16,15 10,13 10,7 15,4 20,5 21,12 20,20 15,28",
}
"""A drawing of each digit, as a beginning."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """What the pen, or the rubber, does from being put down to being lifted."""

    points: tuple[tuple[int, int], ...]
    """(x, y) of at least one pixel."""
    rubs: bool = False


def read(text: str, name: str = "drawing") -> tuple[Stroke, ...]:
    """The strokes of a drawing; none for an empty text.

    Args:
        text: as the module says.
        name: of the knob, for the refusal.

    Raises:
        UsageError: it is written otherwise, or leaves the square.
    """
    parts = [part.strip() for part in text.strip().strip(";").split(";")] if text.strip(" ;") else []
    if len(parts) > MOST_STROKES:
        raise UsageError(f"{name} has {len(parts)} strokes: leave it at {MOST_STROKES}, or clear it and draw anew")
    return tuple(_stroke(part, name, number) for number, part in enumerate(parts, start=1))


def write(strokes: Iterable[Stroke]) -> str:
    """The text that `read` reads."""
    return "; ".join("-" * stroke.rubs + " ".join(f"{x},{y}" for x, y in stroke.points) for stroke in strokes)


def straightened(stroke: Stroke, tolerance: float = 0.75) -> Stroke:
    """The same stroke through fewer points, none of which lies farther from the new line than so many pixels.

    Ramer (1972) and Douglas & Peucker (1973).
    """
    return Stroke(tuple(_fewer(list(stroke.points), tolerance)), stroke.rubs)


def ink(strokes: Iterable[Stroke]) -> Ink:
    """What is black once all strokes are done, the later over the earlier."""
    import numpy as np

    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    black = np.zeros((SIDE, SIDE), dtype=bool)
    for stroke in strokes:
        starts, reach = stroke.points, RUBBER if stroke.rubs else PEN
        for start, end in zip(starts, starts[1:] or starts, strict=False):
            black[_distance(columns, rows, start, end) <= reach] = not stroke.rubs
    return black


def fitted(black: Ink) -> Ink:
    """The digit made as large as the square allows, in its own proportions, and put into the middle."""
    import numpy as np

    if not black.any():
        return black
    rows, columns = np.flatnonzero(black.any(axis=1)), np.flatnonzero(black.any(axis=0))
    cut = black[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = cut.shape
    scale = SIDE / max(height, width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    from_row, from_column = (np.arange(tall) * height // tall), (np.arange(wide) * width // wide)
    placed = np.zeros_like(black)
    top, left = (SIDE - tall) // 2, (SIDE - wide) // 2
    placed[top : top + tall, left : left + wide] = cut[from_row][:, from_column]
    return placed


def counted(black: Ink) -> NDArray[np.float32]:
    """Share of ink in each block of 4×4: [8, 8] from 0 to 1, in sixteenths."""
    import numpy as np

    blocks = black.reshape(SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK)
    shares: NDArray[np.float32] = blocks.mean(axis=(1, 3), dtype=np.float32)
    return shares


def _stroke(part: str, name: str, number: int) -> Stroke:
    rubs, body = part.startswith("-"), part.removeprefix("-")
    points = tuple((int(x), int(y)) for x, y in _POINT.findall(body))
    if not points or _POINT.sub("", body).strip():
        raise UsageError(f"{name}: stroke {number} must be points such as 8,4 24,4 14,28, not “{part[:30]}”")
    outside = next((point for point in points if max(point) >= SIDE), None)
    if outside is not None:
        raise UsageError(f"{name}: stroke {number} leaves the square at {outside[0]},{outside[1]}: 31 is the largest")
    return Stroke(points, rubs)


def _fewer(points: list[tuple[int, int]], tolerance: float) -> list[tuple[int, int]]:
    if len(points) < 3:
        return points
    offsets = [_distance(x, y, points[0], points[-1]) for x, y in points]
    farthest = max(range(len(points)), key=offsets.__getitem__)
    if offsets[farthest] <= tolerance:
        return [points[0], points[-1]]
    return _fewer(points[: farthest + 1], tolerance)[:-1] + _fewer(points[farthest:], tolerance)


def _distance(x: np.ndarray | int, y: np.ndarray | int, start: tuple[int, int], end: tuple[int, int]) -> np.ndarray:
    """From points to a line that ends at both ends."""
    import numpy as np

    (left, top), (right, bottom) = start, end
    length = (right - left) ** 2 + (bottom - top) ** 2
    along = 0 if not length else np.clip(((x - left) * (right - left) + (y - top) * (bottom - top)) / length, 0, 1)
    return np.hypot(x - left - along * (right - left), y - top - along * (bottom - top))
