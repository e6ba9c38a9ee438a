"""shift: a picture slides pixel by pixel, and one sees whether the map moves along and the scores stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _shift_words as words
from cnntutor.demos.gallery._shift_knobs import NET, WAYS, ShiftKnobs, Way
from cnntutor.demos.gallery._shift_slide import Slide, places, slide, weights_of
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import checkpoints, colour

if TYPE_CHECKING:
    import torch
    from torch import Tensor

PACE = 0.35
"""Seconds at each pixel."""

SHOWN = 3
"""Classes whose probabilities are drawn."""

ERRORS, SCORES = "equivariance error", "probability"


def _constants(knobs: ShiftKnobs, seed: int) -> Mapping[str, object]:
    inside = knobs.inside(knobs.shrink)[0]
    return {
        "STRIDES": list(knobs.strides),
        "MODE": "constant" if knobs.padding_mode == "zeros" else knobs.padding_mode,
        "NET": str(checkpoints.file_of(NET)),
        "STEP": list(knobs.both_ways(1)),
        "INSIDE": [inside.start, inside.stop],
    }


@demo(
    "shift",
    topic="equivariance",
    title="Slide a picture, watch the map",
    promise="One pixel to the right, and a trained net wavers. See which layer is to blame, and what a blur does.",
    constants=_constants,
    predict=words.predict,
)
def shift(knobs: ShiftKnobs, device: torch.device) -> Iterator[Frame]:
    """The picture at once; then every way to shrink is measured; then the slide, pixel by pixel."""
    pictures = places(knobs, device)
    weights = weights_of(knobs, device)
    slides: dict[Way, Slide] = {}
    for way in dict.fromkeys((knobs.shrink, *WAYS)):
        yield Frame({"picture": colour.rgb(pictures[0])}, caption=words.measuring(way), progress=len(slides) / 10)
        slides[way] = slide(pictures, weights, knobs, way)
    run = _Run(knobs, pictures, {way: slides[way] for way in WAYS})
    for pixels in range(knobs.most):
        yield run.frame(pixels, words.sliding(knobs, run.own, pixels), 0.5 + pixels / knobs.most / 2, hold=PACE)
    yield run.frame(knobs.most, words.caption(knobs, run.own, run.blurred), 1.0)


class _Run:
    """All that was measured, and its frames."""

    def __init__(self, knobs: ShiftKnobs, pictures: Tensor, slides: Mapping[Way, Slide]) -> None:
        self._knobs = knobs
        self._pictures = pictures
        self._slides = slides
        self.own, self.blurred = slides[knobs.shrink], slides["blurpool"]
        self._classes = checkpoints.load(NET).class_names
        self._formulas = words.formulas(knobs, self.own)
        self._figures = _figures(knobs, self.own)
        self._table = _table(knobs, slides)

    def frame(self, pixels: int, caption: str, progress: float, hold: float = 0.0) -> Frame:
        """The moment at which the picture has slid so far."""
        images = {"picture": colour.rgb(self._pictures[pixels]), **self._maps(pixels)}
        return Frame(
            images,
            curves={**self._errors(pixels), **self._chances(pixels)},
            tables={"ways to shrink": self._table},
            views={
                "slide": tuple(images),
                "error": (ERRORS,),
                "scores": ("picture", SCORES),
                "ways": ("ways to shrink",),
            },
            figures=self._figures,
            formulas=self._formulas,
            caption=caption,
            progress=progress,
            hold=hold,
        )

    def _maps(self, pixels: int) -> dict[str, colour.Pixels]:
        """The map now, and what is left of it when the old map, moved along, is taken off."""
        loudest = self.own.maps[0].sum((1, 2)).argsort(descending=True)
        channel = int(loudest[(self._knobs.channel - 1) % len(loudest)])
        first, now = self.own.maps[0, channel], self.own.maps[pixels, channel]
        left = now - first.roll(self.own.moves[pixels], dims=(0, 1))
        if self._knobs.edge == "camera":
            down, right = self.own.moves[pixels]
            left[:down], left[:, :right] = float("nan"), float("nan")
        scale = self.own.maps[:, channel].flatten(1)
        drawn = {"map": colour.shade(now, like=scale), "left over": colour.signed(left, scale)}
        return {title: self._as_large_as_the_picture(pixels) for title, pixels in drawn.items()}

    def _as_large_as_the_picture(self, pixels: colour.Pixels) -> colour.Pixels:
        times = self._knobs.side // len(pixels)
        return pixels.repeat(times, axis=0).repeat(times, axis=1)

    def _errors(self, pixels: int) -> dict[str, Curve]:
        """Every way's error up to here."""
        return {way: _curve(found.errors[: pixels + 1], ERRORS) for way, found in self._slides.items()}

    def _chances(self, pixels: int) -> dict[str, Curve]:
        """What the likeliest classes did up to here."""
        likely = self.own.chances[0].argsort(descending=True)[:SHOWN].tolist()
        return {
            self._classes[index]: _curve(self.own.chances[: pixels + 1, index].tolist(), SCORES) for index in likely
        }


def _curve(values: tuple[float, ...] | list[float], chart: str) -> Curve:
    return Curve(tuple(map(float, range(len(values)))), tuple(values), chart, "pixels", "")


# Numbers


def _figures(knobs: ShiftKnobs, found: Slide) -> dict[str, float]:
    figures: dict[str, float] = {
        "total_stride": knobs.total_stride,
        "error_of_one_pixel": found.errors[1],
        "largest_error": max(found.errors),
        "score_change": found.wobble,
        "label_changes": found.label_changes,
    }
    whole = words.whole_shifts(knobs)
    if not whole:
        return figures
    return figures | {"error_of_whole_cells": max(found.errors[pixels] for pixels in whole)}


def _table(knobs: ShiftKnobs, slides: Mapping[Way, Slide]) -> Table:
    rows = tuple(_row(knobs, way, found) for way, found in slides.items())
    return Table(("way", "1 px", f"{knobs.total_stride} px", "border", "largest", "scores"), rows)


def _row(knobs: ShiftKnobs, way: Way, found: Slide) -> tuple[Cell, ...]:
    cell = knobs.total_stride if words.whole_shifts(knobs) else 0
    whole, bordered = (found.errors[cell], found.bordered[cell]) if cell else (None, None)
    cells = (found.errors[1], whole, bordered, max(found.errors), found.wobble)
    return way, *(None if cell is None else round(cell, 3) for cell in cells)
