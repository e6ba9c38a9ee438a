"""A year of answers, one cell a day, one column a week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

WEEKS = 53
LABEL = 4
THRESHOLDS = (1, 10, 25, 50)
"""Answers a day from which a cell takes the next shade."""
MONOCHROME = ("·", "░", "▒", "▓", "█")


def shade(answers: int) -> int:
    """0 for a day without answers, up to 4."""
    return sum(answers >= threshold for threshold in THRESHOLDS)


class HeatMap(Widget):
    """A year's calendar of answers.

    Cells are two columns wide where there is room for it and one elsewhere. Without colour the shades become
    characters of growing weight.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"heat-map--{level}" for level in range(5)} | {"heat-map--label"}
    DEFAULT_CSS = """
    HeatMap {
        height: 8;
        width: 1fr;
        .heat-map--label { color: $text-muted; }
        .heat-map--0 { color: $panel; }
        .heat-map--1 { color: $primary 35%; }
        .heat-map--2 { color: $primary 55%; }
        .heat-map--3 { color: $primary 78%; }
        .heat-map--4 { color: $primary; }
    }
    """

    answers: reactive[Mapping[date, int]] = reactive({})
    """Answers by study day."""
    today: reactive[date | None] = reactive(None)

    def render(self) -> Text:
        if self.today is None:
            return Text()
        step = 2 if self.size.width >= LABEL + 2 * WEEKS else 1
        weeks = min(WEEKS, max(1, (self.size.width - LABEL) // step))
        monday = self.today - timedelta(days=self.today.weekday(), weeks=weeks - 1)
        lines = [self._months(monday, weeks, step)]
        lines += [self._weekday(monday + timedelta(days=row), weeks, step) for row in range(7)]
        return Text("\n").join(lines)

    def _months(self, monday: date, weeks: int, step: int) -> Text:
        line = [" "] * (LABEL + weeks * step + 3)
        free_from = 0
        for week in range(weeks):
            day = monday + timedelta(weeks=week)
            column = LABEL + week * step
            if day.day <= 7 and column >= free_from and column + 3 <= LABEL + weeks * step:
                line[column : column + 3] = day.strftime("%b")
                free_from = column + 4
        return Text("".join(line).rstrip(), style=self.get_component_rich_style("heat-map--label"))

    def _weekday(self, first: date, weeks: int, step: int) -> Text:
        name = first.strftime("%a") if first.weekday() in (0, 2, 4) else ""
        line = Text(name.ljust(LABEL), style=self.get_component_rich_style("heat-map--label"))
        for week in range(weeks):
            line.append_text(self._cell(first + timedelta(weeks=week)))
            line.append(" " * (step - 1))
        return line

    def _cell(self, day: date) -> Text:
        if self.today is None or day > self.today:
            return Text(" ")
        level = shade(self.answers.get(day, 0))
        glyph = MONOCHROME[level] if self.app.no_color else "■"
        return Text(glyph, style=self.get_component_rich_style(f"heat-map--{level}"))
