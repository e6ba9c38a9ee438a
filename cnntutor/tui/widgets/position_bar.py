"""Where in a lesson one is: a bar with chapter marks and bookmarks; a click goes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from cnntutor.wording import clock


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the bar shows."""

    position: float = 0.0
    """Seconds."""
    duration: float = 0.0
    chapters: Sequence[float] = ()
    """Seconds at which chapters start."""
    bookmarks: Sequence[float] = ()
    """Seconds of the bookmarks."""


class PositionBar(Widget):
    """`1:12 ━━━━━┿━━━━●────┼───◆───┼──── 3:27`."""

    COMPONENT_CLASSES = {"position-bar--done", "position-bar--left", "position-bar--mark"}  # noqa: RUF012
    DEFAULT_CSS = """
    PositionBar {
        height: 1;
        width: 1fr;
        color: $text-muted;
        .position-bar--done { color: $primary; }
        .position-bar--left { color: $border; }
        .position-bar--mark { color: $accent; }
    }
    """

    stretch: reactive[Stretch] = reactive(Stretch())
    """What is shown."""

    class Sought(Message):
        """A place on the bar was clicked."""

        def __init__(self, seconds: float) -> None:
            super().__init__()
            self.seconds = seconds

    def render(self) -> Text:
        stretch = self.stretch
        left, right = self._ends()
        bar = Text(no_wrap=True, overflow="crop")
        bar.append(left)
        at = self._column(stretch.position)
        chapters = {self._column(start) for start in stretch.chapters if start > 0}
        marks = {self._column(second) for second in stretch.bookmarks}
        done, still = self._style("done"), self._style("left")
        for column in range(self._width):
            if column == at:
                bar.append("●", done)
            elif column in marks:
                bar.append("◆", self._style("mark"))
            elif column < at:
                bar.append("┿" if column in chapters else "━", done)
            else:
                bar.append("┼" if column in chapters else "─", still)
        return bar.append(right)

    def on_click(self, event: Click) -> None:
        column = event.x - len(self._ends()[0])
        if self._width > 1 and 0 <= column < self._width:
            self.post_message(self.Sought(column / (self._width - 1) * self.stretch.duration))

    def _ends(self) -> tuple[str, str]:
        total = clock(self.stretch.duration)
        return f"{clock(self.stretch.position).rjust(len(total))} ", f" {total}"

    @property
    def _width(self) -> int:
        left, right = self._ends()
        return max(0, self.size.width - len(left) - len(right))

    def _column(self, seconds: float) -> int:
        duration = self.stretch.duration
        return min(self._width - 1, int(seconds / duration * (self._width - 1) + 0.5)) if duration else 0

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"position-bar--{part}", partial=True)
