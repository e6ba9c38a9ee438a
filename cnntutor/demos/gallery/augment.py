"""augment: one picture at many showings, changed each time, and what a net makes of changed digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _augment_words as words
from cnntutor.demos.gallery._augment_knobs import UPSIDE_DOWN, AugmentKnobs
from cnntutor.demos.gallery._augment_look import ALL, ALL_DIGITS, AS_IT_IS, DIGIT_NOW, NOW, Pictures
from cnntutor.demos.gallery._augment_net import Answers, Reader, Reading
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import checkpoints
from cnntutor.wording import percent

if TYPE_CHECKING:
    import torch

PACE = 0.7
"""Seconds that a showing is looked at."""

LISTED = 8
"""Showings in the table."""

CHART = "share of the digits"
READ, SWEPT, SIXES = "the net", "by strength, in %", "all sixes, in %"


def _constants(knobs: AugmentKnobs, seed: int) -> Mapping[str, object]:
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz"), "NET": str(checkpoints.file_of("digits"))}


@demo(
    "augment",
    topic="augmentation",
    title="Change the picture, keep the label",
    promise="Turn, crop, erase or mix pictures until a net, and then you, would call them something else.",
    constants=_constants,
    predict=words.predict,
)
def augment(knobs: AugmentKnobs, device: torch.device) -> Iterator[Frame]:
    """The net is asked at one strength after another; then one showing of the pictures follows the other."""
    import torch

    seed = torch.initial_seed()
    run = _Run(knobs, Reader(knobs, device, seed), seed)
    for strength in knobs.strengths:
        yield run.frame(0)
        run.ask(strength)
    for showing in range(knobs.showings - 1):
        yield run.frame(showing, hold=PACE)
    yield run.frame(knobs.showings - 1)


class _Run:
    """The pictures of a run, and the net's answers so far."""

    def __init__(self, knobs: AugmentKnobs, reader: Reader, seed: int) -> None:
        self._knobs, self._reader = knobs, reader
        self._answers: dict[float, Answers] = {}
        self._pictures = Pictures(knobs, reader.example(), reader.partner(), seed)
        self._readings = reader.readings(self._pictures.digits)
        self._turned = reader.turned_sixes() if knobs.change == "turn" else {}

    def ask(self, strength: float) -> None:
        """Have the net read all digits, changed as strongly as this."""
        self._answers[strength] = self._reader.answers(strength)

    def frame(self, showing: int, hold: float = 0.0) -> Frame:
        """The run as it is now, and one of the showings."""
        figures = self._figures()
        asked, shown = len(self._answers), showing if hold else self._knobs.showings * self._is_done
        return Frame(
            self._pictures.at(showing),
            _curves(self._knobs, self._answers),
            tables=self._tables(showing),
            views=self._views(),
            figures=figures,
            formulas=words.formulas(self._knobs, figures),
            caption=words.caption(self._knobs, figures),
            progress=(asked + shown) / (len(self._knobs.strengths) + self._knobs.showings),
            hold=hold,
        )

    @property
    def _is_done(self) -> bool:
        return len(self._answers) == len(self._knobs.strengths)

    def _figures(self) -> dict[str, float]:
        at = {"right_plain": 0.0, "right": self._knobs.strength, "right_full": 1.0}
        figures = {name: self._answers[strength].right for name, strength in at.items() if strength in self._answers}
        if self._knobs.mixing:
            at = {"second": self._knobs.strength, "second_full": 1.0}
            figures |= {name: self._answers[level].second for name, level in at.items() if level in self._answers}
        if self._turned:
            six, nine = self._turned[UPSIDE_DOWN]
            figures |= {"upside_down_six": six, "upside_down_nine": nine}
        return figures

    def _tables(self, showing: int) -> dict[str, Table]:
        tables = {READ: _read(self._readings[: showing + 1])}
        if self._turned:
            rows = tuple((f"{angle}°", _points(six), _points(nine)) for angle, (six, nine) in self._turned.items())
            tables[SIXES] = Table(("turned by", "read as 6", "as 9"), rows)
        return tables | {SWEPT: _swept(self._knobs, self._answers)}

    def _views(self) -> dict[str, tuple[str, ...]]:
        views = {
            "photo": (AS_IT_IS, NOW),
            "digit": (self._pictures.digit_title, DIGIT_NOW, READ),
            "all": (ALL, ALL_DIGITS),
            "curve": (CHART,),
            "numbers": (SWEPT,),
            "sixes": (SIXES,),
        }
        if not self._answers:
            del views["curve"]
        if not self._turned:
            del views["sixes"]
        return views


def _read(readings: Sequence[Reading]) -> Table:
    """What the net says of the digit's newest showings."""
    rows = [(number, reading.digit, percent(reading.sure)) for number, reading in enumerate(readings, 1)]
    return Table(("no.", "read", "sure"), tuple(rows[-LISTED:]))


def _curves(knobs: AugmentKnobs, answers: Mapping[float, Answers]) -> dict[str, Curve]:
    if not answers:
        return {}
    found = answers.values()
    lines = {"named right": [each.right for each in found], "sixes read as 9": [each.nines for each in found]}
    if knobs.mixing:
        lines = {
            "names the first": [each.right for each in found],
            "names the second": [each.second for each in found],
            "label's share of it": [each.label for each in found],
        }
    x = tuple(answers)
    return {name: Curve(x, tuple(y), CHART, "strength", "share") for name, y in lines.items()}


def _swept(knobs: AugmentKnobs, answers: Mapping[float, Answers]) -> Table:
    if knobs.mixing:
        rows: list[tuple[Cell, ...]] = [
            (level, *map(_points, (each.right, each.second, each.label))) for level, each in answers.items()
        ]
        return Table(("strength", "first", "second", "label of second"), tuple(rows))
    pairs = [(level, words.amount(knobs.change, level), _points(each.right)) for level, each in answers.items()]
    return Table(("strength", "up to", "named right"), tuple(pairs))


def _points(share: float) -> str:
    return f"{100 * share:.0f}"
