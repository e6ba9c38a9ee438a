"""Curves in one pair of axes, drawn in braille dots by plotext."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from rich.color import Color
from rich.style import Style
from rich.text import Text
from textual import work
from textual.widget import Widget

from cnntutor.demos.frame import Curve

COLOURS = ((255, 176, 84), (86, 156, 255), (120, 220, 160), (240, 120, 170), (200, 200, 110))
"""Of the first curves, in order; they stay apart for every kind of colour vision, and the legend names them."""

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
        self._draw(Drawing(self._curves, self.size.width, self.size.height, background.rgb, muted.rgb))

    @work(thread=True, exclusive=True, group="chart", exit_on_error=False)
    def _draw(self, drawing: Drawing) -> None:
        text = draw(drawing)
        if self.is_attached:
            self.app.call_from_thread(self._show, text)

    def _show(self, text: Text) -> None:
        self._drawn = text
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
    from textual_plotext.plot import Plot

    height = drawing.height - 1
    with _ONE_AT_A_TIME:
        plot = Plot()
        plot.plotsize(drawing.width, height)
        # As textual-plotext's own widget does: plotsize alone leaves the size of the figure as it was.
        plot._set_size(drawing.width, height)
        plot.canvas_color(drawing.background)
        plot.axes_color(drawing.background)
        plot.ticks_color(drawing.ink)
        plot.xfrequency(5)
        plot.yfrequency(5 if height >= 12 else 3 if height >= 9 else 2)
        for number, curve in reversed(list(enumerate(drawing.curves.values()))):  # the first lies on top
            x, y = _known(curve)
            plot.plot(x, y, marker="braille", color=COLOURS[number % len(COLOURS)])
        first = next(iter(drawing.curves.values()))
        if first.x_label and height >= 10:
            plot.xlabel(first.x_label)
        return Text.from_ansi(plot.build())


def _known(curve: Curve) -> tuple[list[float], list[float]]:
    """The points that can be drawn: a loss that has run away is infinite or no number."""
    points = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if math.isfinite(x) and math.isfinite(y)]
    return [x for x, _ in points], [y for _, y in points]
