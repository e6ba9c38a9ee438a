"""Curves in one pair of axes, drawn in braille dots by plotext."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import itemgetter, or_
from typing import TypeAlias

from rich.color import Color
from rich.style import Style
from rich.text import Text
from textual import work
from textual.widget import Widget

from cnntutor.demos.frame import Curve

COLOURS = ((255, 176, 84), (86, 156, 255), (120, 220, 160), (240, 120, 170), (200, 200, 110))
"""Of the first curves, in order; they stay apart for every kind of colour vision, and the legend names them."""

BRAILLE = frozenset(map(chr, range(0x2801, 0x2900)))

Limits: TypeAlias = tuple[float, float] | None
Cell: TypeAlias = tuple[str, Style | str]

_ONE_AT_A_TIME = threading.Lock()
"""plotext keeps some of its state in module globals."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart is asked to draw."""

    curves: Mapping[str, Curve]
    width: int
    height: int
    background: tuple[int, int, int]
    ink: tuple[int, int, int]


class Chart(Widget):
    """Curves that share their axes.

    plotext takes tens of milliseconds for a large chart, so a thread draws it and the screen shows what is ready.
    """

    DEFAULT_CSS = """
    Chart { width: 1fr; height: 1fr; min-height: 5; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._curves: Mapping[str, Curve] = {}
        self._drawn = Text("")
        self._asked = self._shown = 0
        """How many drawings were asked for, and which one is shown: threads need not end in the order they began."""

    def show(self, curves: Mapping[str, Curve]) -> None:
        """Show curves by legend."""
        if curves != self._curves:
            self._curves = curves
            self._ask()

    def on_resize(self) -> None:
        self._ask()

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._ask())

    def render(self) -> Text:
        return self._drawn

    def _ask(self) -> None:
        if not (self.size and self._curves):
            return
        *_, background, ink = self.colors
        muted = background.blend(ink, 0.6, alpha=1)
        self._asked += 1
        self._draw(Drawing(self._curves, self.size.width, self.size.height, background.rgb, muted.rgb), self._asked)

    @work(thread=True, exclusive=True, group="chart", exit_on_error=False)
    def _draw(self, drawing: Drawing, number: int) -> None:
        text = draw(drawing)
        if self.is_attached:
            self.app.call_from_thread(self._show, text, number)

    def _show(self, text: Text, number: int) -> None:
        if number > self._shown:
            self._drawn, self._shown = text, number
            self.refresh()


def draw(drawing: Drawing) -> Text:
    """The chart as styled text, width × height cells: a line that names the curves, then the axes."""
    return Text("\n").join([legend(drawing.curves, drawing.width), _plot(drawing)])


def legend(curves: Mapping[str, Curve], width: int) -> Text:
    """The names of the curves in their colours; what they all end with, the chart says already."""
    line = Text()
    for number, (name, curve) in enumerate(curves.items()):
        red, green, blue = COLOURS[number % len(COLOURS)]
        line.append("  ━ " if number else "━ ", Style(color=Color.from_rgb(red, green, blue), bold=True))
        line.append(name.removesuffix(f" {curve.chart}"))
    line.truncate(width, overflow="ellipsis")
    line.pad_left((width - line.cell_len) // 2)
    return line


def _plot(drawing: Drawing) -> Text:
    """The axes with every curve. Each is drawn alone, since of two in a cell plotext would keep the last."""
    lines = {number: _known(curve) for number, curve in enumerate(drawing.curves.values())}
    seen = {number: line for number, line in lines.items() if line[0]} or {0: lines[0]}
    limits = _limits([x for xs, _ in seen.values() for x in xs]), _limits([y for _, ys in seen.values() for y in ys])
    with _ONE_AT_A_TIME:
        return _laid_together([_axes(drawing, *limits, number, *line) for number, line in seen.items()])


def _axes(drawing: Drawing, across: Limits, up: Limits, number: int, x: list[float], y: list[float]) -> Text:
    """The axes with one curve."""
    from textual_plotext.plot import Plot

    height = drawing.height - 1
    plot = Plot()
    plot.plotsize(drawing.width, height)
    # As textual-plotext's own widget does: plotsize alone leaves the size of the figure as it was.
    plot._set_size(drawing.width, height)
    plot.canvas_color(drawing.background)
    plot.axes_color(drawing.background)
    plot.ticks_color(drawing.ink)
    plot.xfrequency(5)
    plot.yfrequency(5 if height >= 12 else 3 if height >= 9 else 2)
    plot.plot(x, y, marker="braille", color=COLOURS[number % len(COLOURS)])
    if across:
        plot.xlim(*across)
    if up:
        plot.ylim(*up)
    first = next(iter(drawing.curves.values()))
    if first.x_label and height >= 10:
        plot.xlabel(first.x_label)
    return Text.from_ansi(plot.build().rstrip("\n"))


def _limits(values: list[float]) -> Limits:
    """What the axis of these values spans; None leaves a point, or nothing at all, to plotext."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    return (low, high) if low < high else None


def _laid_together(layers: list[Text]) -> Text:
    """Charts that differ in their curves, as one: a shared cell has the dots of all, and their colours by turns."""
    if len(layers) == 1:
        return layers[0]
    rows = zip(*(_cells(layer) for layer in layers), strict=True)
    return Text("\n").join(
        _line([_shared(column, cells) for column, cells in enumerate(zip(*row, strict=True))]) for row in rows
    )


def _line(cells: Sequence[Cell]) -> Text:
    """Cells as text with a span a run: the screen pays for each span whenever it paints."""
    runs = groupby(cells, key=itemgetter(1))
    return Text.assemble(*(("".join(character for character, _ in run), style) for style, run in runs))


def _shared(column: int, cells: Sequence[Cell]) -> Cell:
    curves = [cell for cell in cells if cell[0] in BRAILLE]
    if not curves:
        return cells[0]
    dots = reduce(or_, (ord(character) for character, _ in curves))
    return chr(dots), curves[column % len(curves)][1]


def _cells(text: Text) -> list[list[Cell]]:
    rows = []
    for line in text.split("\n"):
        styles: list[Style | str] = [""] * len(line)
        for span in line.spans:
            styles[span.start : span.end] = [span.style] * (span.end - span.start)
        rows.append(list(zip(line.plain, styles, strict=True)))
    return rows


def _known(curve: Curve) -> tuple[list[float], list[float]]:
    """The points that can be drawn: a loss that has run away is infinite or no number."""
    points = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if math.isfinite(x) and math.isfinite(y)]
    return [x for x, _ in points], [y for _, y in points]
