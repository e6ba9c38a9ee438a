"""optimisers: four of them race down a surface and teach a net, and a range test finds a learning rate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _optimisers_look as look
from cnntutor.demos.gallery import _optimisers_words as words
from cnntutor.demos.gallery._optimisers_knobs import OptimisersKnobs
from cnntutor.demos.protocol import Curve, Frame, Table, demo
from cnntutor.vision import range_test
from cnntutor.vision.descent import RACERS, Racer, limit

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.demos.gallery._optimisers_work import Learnt

FRAMES = 25
"""In which the paths grow."""

PACE = 0.08
"""Seconds that each of them stays."""

SHOWN_EVERY = 10
"""Steps of a net from one frame to the next."""

LIMITED: tuple[Racer, ...] = ("plain", "momentum", "Nesterov")
"""Those whose rate has a limit."""

VIEWS = {
    "race": (look.PATHS,),
    "heights": (look.HEIGHT,),
    "limits": (look.RACE,),
    "net": (look.LOSS, look.NETS),
    "range test": (look.TEST, look.READING),
}
"""What is seen together, as far as it is there."""


def _constants(knobs: OptimisersKnobs, seed: int) -> Mapping[str, object]:
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz")}


@demo(
    "optimisers",
    topic="optimisers",
    title="A race downhill",
    promise="Four optimisers run down one valley. Raise the learning rate until the first is thrown out.",
    constants=_constants,
    predict=words.predict,
)
def optimisers(knobs: OptimisersKnobs, device: torch.device) -> Iterator[Frame]:
    """The paths grow; then four nets learn, one after the other; then the range test."""
    from cnntutor.demos.gallery import _optimisers_work as work

    run = _Run(knobs, work.paths(knobs))
    for number in range(FRAMES):
        run.steps = knobs.steps * number // FRAMES
        yield run.frame(words.racing(knobs), hold=PACE)
    run.steps = knobs.steps
    digits = work.Digits(knobs, device)
    for racer in digits.race(run.learnt):
        if run.is_time_to_show():
            yield run.frame(words.learning(knobs, racer))
    for _ in digits.test(run.losses):
        if run.is_time_to_show():
            yield run.frame(words.testing(knobs))
    yield run.end()


class _Run:
    """What has come of a run so far."""

    def __init__(self, knobs: OptimisersKnobs, ways: Mapping[Racer, Tensor]) -> None:
        from cnntutor.demos.gallery import _optimisers_work as work

        self._knobs = knobs
        self._ways = ways
        self._heights = work.heights(knobs, ways)
        self._ground = look.ground(knobs)
        self._rates = range_test.rising(knobs.lowest_rate, knobs.highest_rate, knobs.test_steps)
        self.steps = 0
        """Done on the surface."""
        self.learnt: dict[Racer, Learnt] = {}
        self.losses: list[float] = []
        """Of the range test."""
        self._reading: range_test.Reading | None = None

    def is_time_to_show(self) -> bool:
        """Whether the step just done, of a net or of the test, is one of those that are shown."""
        return sum(self._net_steps) % SHOWN_EVERY == 0

    def end(self) -> Frame:
        """Everything; also where a loss was no longer a number and there was less to do."""
        self._reading = range_test.read(self._rates, self.losses)
        return replace(self.frame(words.caption(self._knobs, self._figures)), progress=1.0)

    @property
    def _net_steps(self) -> list[int]:
        return [*(len(net.losses) for net in self.learnt.values()), len(self.losses)]

    @property
    def _progress(self) -> float:
        """A third for the surface, the rest for the nets and the test, by their steps."""
        most = len(RACERS) * self._knobs.net_steps + self._knobs.test_steps
        return (self.steps / self._knobs.steps + 2 * sum(self._net_steps) / most) / 3

    @property
    def _figures(self) -> dict[str, float]:
        """Lost paths are infinitely high; what is not known yet is left out."""
        return _surface_figures(self._knobs, self._ways, self._heights) | _net_figures(self.learnt, self._reading)

    def frame(self, caption: str, hold: float = 0.0) -> Frame:
        """This moment."""
        curves, tables = self._curves(), self._tables()
        charts = [curve.chart for curve in curves.values()]
        views = {
            view: tuple(item for item in items if item in (look.PATHS, *charts, *tables))
            for view, items in VIEWS.items()
        }
        shown = {view: items for view, items in views.items() if items}
        first = self._knobs.show if self._knobs.show in shown else "race"
        return Frame(
            {look.PATHS: look.drawn(self._knobs, self._ground, self._ways, self.steps)},
            curves,
            tables=tables,
            views={first: shown[first], **shown},
            figures=self._figures,
            formulas=words.formulas(self._knobs),
            caption=caption,
            progress=self._progress,
            hold=hold,
        )

    def _curves(self) -> dict[str, Curve]:
        return (
            look.race_curves(self._heights, self.steps)
            | look.net_curves(self.learnt)
            | look.test_curves(self._rates, self.losses)
        )

    def _tables(self) -> dict[str, Table]:
        tables = {look.RACE: look.race_table(self._knobs, self._heights, self.steps)}
        if self.learnt:
            tables[look.NETS] = look.net_table(self._knobs, self.learnt)
        if self._reading:
            tables[look.READING] = look.reading_table(self._reading)
        return tables


# Numbers


def _surface_figures(
    knobs: OptimisersKnobs, ways: Mapping[Racer, Tensor], heights: Mapping[Racer, Sequence[float]]
) -> dict[str, float]:
    figures: dict[str, float] = {}
    if knobs.surface == "valley":
        figures |= {f"limit_{racer.lower()}": limit(racer, knobs.curvature, knobs.momentum) for racer in LIMITED}
    if knobs.is_the_lessons:
        before, after = ways["plain"][:2, 1].tolist()
        figures["factor"] = after / before
    for racer, values in heights.items():
        figures[f"height_{racer.lower()}"] = values[-1] if len(values) > knobs.steps else math.inf
    return figures


def _net_figures(learnt: Mapping[Racer, Learnt], reading: range_test.Reading | None) -> dict[str, float]:
    figures = {f"accuracy_{racer.lower()}": net.accuracy for racer, net in learnt.items() if net.accuracy is not None}
    if reading:
        figures |= {"rate_steepest": reading.steepest, "rate_lowest": reading.lowest}
        figures |= {} if reading.bursts is None else {"rate_bursts": reading.bursts}
    return figures
