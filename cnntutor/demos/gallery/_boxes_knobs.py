"""The knobs of boxes: a detector's answers over a picture, how doubles are dropped, and how the rest is graded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, Picture, in_group
from cnntutor.errors import UsageError
from cnntutor.vision.boxes import Box, Method, Rule

SIDE = 100
"""Pixels on a side of the picture, in which boxes are given."""

MOST_BOXES = 16
FOUND = (
    "19 5 76 76 0.92 dish; 13 1 72 70 0.86 dish; 1 18 94 97 0.81 dish; 57 18 82 80 0.78 tool;"
    " 26 12 84 82 0.55 dish; 60 30 85 86 0.6 tool; 8 27 99 99 0.43 dish; 27 57 42 79 0.35 tool"
)
"""A cup and its saucer, both dishes, and a tool; five doubles or mistakes beside them."""
TRUTH = "18 4 77 77 dish; 0 17 95 97 dish; 56 17 81 81 tool"

_MOVE, _DOUBLES, _GRADE = in_group("move a box"), in_group("doubles"), in_group("grading")


@dataclass(frozen=True, slots=True)
class Detection:
    """A box, how sure the detector is of it, and what it takes it for."""

    box: Box
    score: float
    kind: str


class BoxesKnobs(Knobs):
    """What a detector answered, and what is made of it."""

    image: Picture = Field("coffee", description="the picture under the boxes, cut to its middle square")
    boxes: str = Field(
        FOUND, description=f"x1 y1 x2 y2, score and class of each, parted by semicolons; from 0 to {SIDE}"
    )
    truth: str = Field(TRUTH, description="x1 y1 x2 y2 and class of the objects; empty: nothing is graded")
    show: Literal["doubles", "pair", "grade", "bars"] = Field(
        "doubles", description="what to look at first", json_schema_extra=LIVE
    )

    move: int = Field(1, ge=1, le=MOST_BOXES, description="which box is moved", json_schema_extra=_MOVE)
    right: int = Field(0, ge=-SIDE, le=SIDE, description="pixels to the right", json_schema_extra=_MOVE)
    down: int = Field(0, ge=-SIDE, le=SIDE, description="pixels down", json_schema_extra=_MOVE)
    wider: int = Field(0, ge=-SIDE, le=SIDE, description="pixels added to its width", json_schema_extra=_MOVE)
    first: int = Field(1, ge=1, le=MOST_BOXES, description="a box of the pair", json_schema_extra=in_group("pair"))
    second: int = Field(2, ge=1, le=MOST_BOXES, description="the other", json_schema_extra=in_group("pair"))

    method: Method = Field("hard", description="delete what overlaps, or lower its score", json_schema_extra=_DOUBLES)
    threshold: float = Field(
        0.5, ge=0, le=1, description="IoU above which a box is a double", json_schema_extra=_DOUBLES
    )
    sigma: float = Field(
        0.5, ge=0.01, le=5, description="of gaussian: the smaller, the stricter", json_schema_extra=_DOUBLES
    )
    least: float = Field(0.05, ge=0, le=1, description="scores below are dropped", json_schema_extra=_DOUBLES)
    by_class: bool = Field(True, description="whether classes leave each other alone", json_schema_extra=_DOUBLES)
    bar: float = Field(0.5, ge=0.05, le=1, description="IoU that a right box must reach", json_schema_extra=_GRADE)

    @model_validator(mode="before")
    @classmethod
    def _what_goes_without_saying(cls, values: Any) -> Any:
        # Boxes of one's own have nothing to do with the cup.
        return {"truth": ""} | dict(values) if isinstance(values, Mapping) and "boxes" in values else values

    @field_validator("boxes")
    @classmethod
    def _tidy_boxes(cls, text: str) -> str:
        return _checked(text, "boxes", scored=True)

    @field_validator("truth")
    @classmethod
    def _tidy_truth(cls, text: str) -> str:
        return _checked(text, "truth", scored=False) if text.strip() else ""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        count = len(self.boxes.split(";"))
        for name in ("move", "first", "second"):
            if getattr(self, name) > count:
                raise UsageError(f"{name} must be at most {count}, the number of boxes, not {getattr(self, name)}")
        if self.first == self.second:
            raise UsageError(f"first and second must be different boxes, not {self.first} twice")
        x1, y1, x2, y2 = self.detections[self.move - 1].box
        if x1 >= x2:
            raise UsageError(f"wider must be at least {self.wider + 1 + x1 - x2}, or box {self.move} has no area")
        if not (x1 >= 0 and x2 <= SIDE and y1 >= 0 and y2 <= SIDE):
            raise UsageError(f"right, down and wider must leave box {self.move} in the picture, 0 to {SIDE}")
        return self

    @property
    def detections(self) -> tuple[Detection, ...]:
        """What the detector answered, one of the boxes moved."""
        items = list(_read(self.boxes, "boxes", scored=True))
        moved = items[self.move - 1]
        x1, y1, x2, y2 = moved.box
        box = (x1 + self.right, y1 + self.down, x2 + self.right + self.wider, y2 + self.down)
        items[self.move - 1] = Detection(box, moved.score, moved.kind)
        return tuple(items)

    @property
    def objects(self) -> tuple[Detection, ...]:
        """What is really there."""
        return _read(self.truth, "truth", scored=False) if self.truth else ()

    @property
    def rule(self) -> Rule:
        """What overlapping costs."""
        return Rule(self.method, self.threshold, self.sigma, self.least)


def _checked(text: str, name: str, *, scored: bool) -> str:
    """As it was written, but for blanks and commas: whoever left out the scores need not read any."""
    _read(text, name, scored=scored)
    return "; ".join(" ".join(row) for row in _rows(text))


def _rows(text: str) -> list[list[str]]:
    return [re.findall(r"[^\s,]+", row) for row in text.strip().rstrip(";").split(";")]


def _read(text: str, name: str, *, scored: bool) -> tuple[Detection, ...]:
    rows = _rows(text)
    if len(rows) < 1 + scored or len(rows) > MOST_BOXES:
        raise UsageError(f"{name} must have {1 + scored} to {MOST_BOXES} boxes, parted by semicolons, not {len(rows)}")
    return tuple(_detection(row, name, number, scored) for number, row in enumerate(rows, start=1))


def _detection(cells: list[str], name: str, number: int, scored: bool) -> Detection:
    corners, rest = cells[:4], cells[4:]
    try:
        x1, y1, x2, y2 = (_whole(cell) for cell in corners)
        score = float(rest.pop(0)) if scored and rest else 1 - 0.05 * number
        kind = rest.pop(0) if rest else ""
    except ValueError:
        raise UsageError(
            f"box {number} of {name} must be four whole numbers{', a score' * scored} and a class"
        ) from None
    if rest or not 0 <= score <= 1:
        raise UsageError(f"box {number} of {name} has a score from 0 to 1, a class of one word, and nothing more")
    if not (0 <= x1 < x2 <= SIDE and 0 <= y1 < y2 <= SIDE):
        raise UsageError(f"box {number} of {name} needs x1 < x2 and y1 < y2, from 0 to {SIDE}: not {' '.join(corners)}")
    return Detection((x1, y1, x2, y2), score, kind)


def _whole(cell: str) -> int:
    value = float(cell)
    if not value.is_integer():
        raise ValueError(cell)
    return int(value)
