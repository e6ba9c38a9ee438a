"""Reviews of the coming days as a bar chart of block characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

EIGHTHS = " ▁▂▃▄▅▆▇█"
LEAST_SCALE = 5
"""The axis reaches at least this far, so that a single review does not look like a wall."""


class Forecast(Widget):
    """How many reviews fall due on each of the next days; the first bar is today."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"forecast--today", "forecast--bar", "forecast--label"}
    DEFAULT_CSS = """
    Forecast {
        height: 1fr;
        min-height: 3;
        width: 1fr;
        .forecast--today { color: $accent; }
        .forecast--bar { color: $secondary; }
        .forecast--label { color: $text-muted; }
    }
    """

    due: reactive[Sequence[int]] = reactive(())
    """Reviews due, today first; today includes what is overdue."""

    def render(self) -> Text:
        if not self.due:
            return Text()
        if not any(self.due):
            style = self.get_component_rich_style("forecast--label")
            return Text("Nothing is planned yet. Cards appear here once you have answered them.", style=style)
        highest = max(*self.due, LEAST_SCALE)
        margin = len(str(highest)) + 1
        step = max(1, min(4, (self.size.width - margin) // len(self.due)))
        rows = max(1, self.size.height - 1)
        lines = [self._row(row, rows, highest, margin, step) for row in reversed(range(rows))]
        return Text("\n").join([*lines, self._axis(margin, step)])

    def _row(self, row: int, rows: int, highest: int, margin: int, step: int) -> Text:
        label = str(highest) if row == rows - 1 else ""
        line = Text(label.rjust(margin - 1) + " ", style=self.get_component_rich_style("forecast--label"))
        for day, count in enumerate(self.due):
            # Any review at all shows, however small it is beside the highest bar.
            eighths = max(round(count / highest * rows * 8), 1) if count else 0
            glyph = EIGHTHS[max(0, min(8, eighths - row * 8))]
            style = self.get_component_rich_style("forecast--bar" if day else "forecast--today")
            line.append(glyph * max(1, step - 1), style=style)
            line.append(" " * min(1, step - 1))
        return line

    def _axis(self, margin: int, step: int) -> Text:
        line = [" "] * (margin + step * len(self.due) + 6)
        for day in range(0, len(self.due), 7):
            name = f"+{day}" if day else "today"
            line[margin + day * step : margin + day * step + len(name)] = name
        return Text("".join(line).rstrip(), style=self.get_component_rich_style("forecast--label"))
