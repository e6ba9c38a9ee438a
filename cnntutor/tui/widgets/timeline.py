"""How far a run is, and where in its recording one looks: a line to read and to click."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a run stands."""

    state: str = ""
    """In words: `cpu · running`."""
    progress: float | None = None
    """Share of the run that is done; None where there is no end."""
    seconds_left: float | None = None
    at: int = -1
    """Index of the frame that is looked at."""
    frames: int = 0
    live: bool = True
    """Whether the newest frame is looked at."""


class Timeline(Widget):
    """`cpu · running  ━━━━━━━━━╸──────────  frame 12 of 40 · 3 s left`; a click on the bar seeks."""

    DEFAULT_CSS = """
    Timeline { height: 1; width: 1fr; color: $text-muted; text-wrap: nowrap; }
    """

    moment: reactive[Moment] = reactive(Moment())
    """What is shown."""

    class Sought(Message):
        """A place on the bar was clicked."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    def render(self) -> Text:
        left, right = f"{self.moment.state}  ", f"  {_right(self.moment)}"
        bar = max(0, self.size.width - len(left) - len(right))
        return Text.assemble(left, _bar(self.moment, bar), right)

    def on_click(self, event: Click) -> None:
        left, right = len(self.moment.state) + 2, len(_right(self.moment)) + 2
        width = self.size.width - left - right
        if width > 1 and 0 <= event.x - left < width:
            self.post_message(self.Sought((event.x - left) / (width - 1)))


def _bar(moment: Moment, width: int) -> Text:
    share = moment.progress or 0.0
    if not moment.live and moment.frames > 1:
        share = moment.at / (moment.frames - 1)
    done = round(share * width)
    knob = "╸" if moment.live else "●"
    bar = Text("━" * max(0, done - 1) + (knob if done else ""), style="bold" if moment.live else "")
    return bar.append("─" * (width - len(bar)), style="dim")


def _right(moment: Moment) -> str:
    if not moment.frames:
        return ""
    place = f"frame {moment.at + 1} of {moment.frames}" if not moment.live else f"frame {moment.frames}"
    if moment.live and moment.seconds_left is not None and moment.seconds_left >= 1:
        return f"{place} · {_duration(moment.seconds_left)} left"
    return place


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
