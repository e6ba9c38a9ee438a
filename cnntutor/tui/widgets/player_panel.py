"""The player's controls: the position bar, what is going on, and buttons for the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from cnntutor.listen.player import BACK, ON
from cnntutor.tui.widgets.position_bar import PositionBar, Stretch
from cnntutor.wording import percent


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What the panel shows."""

    stretch: Stretch = field(default_factory=Stretch)
    playing: bool = False
    chapter: str = ""
    """`3/6  What it saves`."""
    speed: float = 1.0
    volume: float = 1.0
    sleep: str = "off"
    plays_on: bool = False
    silent: bool = False
    note: str = ""
    """Why there is no sound, that following is suspended, and the like."""


Group = Sequence[tuple[str, str]]
"""Words that belong together: the action and the markup of each."""


class Buttons(Static):
    """Words that can be clicked; each stands for an action of the pane."""

    DEFAULT_CSS = """
    Buttons {
        height: 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        link-color: $foreground;
        link-style: none;
        link-background-hover: $boost;
        link-style-hover: bold;
    }
    """

    class Pressed(Message):
        """A word was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def show(self, groups: Sequence[Group]) -> None:
        """Write the words, those of a group close together."""
        self._actions = [action for group in groups for action, _ in group]
        numbers = count()
        lines = [" ".join(_clickable(word, next(numbers)) for _, word in group) for group in groups]
        self.update(Content.from_markup("  ".join(lines)))

    def action_press(self, number: int) -> None:
        self.post_message(self.Pressed(self._actions[number]))


class PlayerPanel(Vertical):
    """Three lines at the foot of the Listen tab. Its buttons run the pane's actions, as the keys do."""

    DEFAULT_CSS = """
    PlayerPanel {
        height: auto;
        border-top: solid $border-blurred;
        padding: 0 1;
        Horizontal { height: 1; }
        .chapter { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; color: $foreground; }
        .note { width: auto; max-width: 72%; color: $text-muted; padding: 0 0 0 2;
                text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    state: reactive[PlayerState] = reactive(PlayerState())
    """What is shown."""

    def compose(self) -> ComposeResult:
        yield PositionBar()
        with Horizontal():
            yield Static(classes="chapter", markup=False)
            yield Static(classes="note", markup=False)
        yield Buttons()

    def watch_state(self, before: PlayerState, state: PlayerState) -> None:
        if not self.is_mounted:
            return
        self.query_one(PositionBar).stretch = state.stretch
        if before.chapter != state.chapter:
            self.query_one(".chapter", Static).update(state.chapter)
        if before.note != state.note:
            note = self.query_one(".note", Static)
            note.update(state.note)
            note.tooltip = state.note or None
        if _words(before) != _words(state):
            self.query_one(Buttons).show(_words(state))

    def on_mount(self) -> None:
        self.query_one(Buttons).show(_words(self.state))


def _words(state: PlayerState) -> tuple[Group, ...]:
    """The last line."""
    play = "[$accent bold]❚❚ pause[/]" if state.playing else "[$accent bold]▶ play [/]"
    groups: list[Group] = [
        [("play", play)],
        [(f"skip({BACK})", "−15 s"), (f"skip({ON})", "+30 s")],
        [("chapter(-1)", "«"), ("chapter(1)", "»")],
        [("pace(-1)", "‹"), ("pace(1)", f"{state.speed:g}× ›")],
        [("louder(-1)", "‹"), ("louder(1)", f"vol {percent(state.volume)} ›")],
        [("sleep", f"sleep {state.sleep}")],
        [("plays_on", f"autoplay {'on' if state.plays_on else 'off'}")],
    ]
    return tuple(group for group in groups if not (state.silent and group[0][0] == "louder(-1)"))


def _clickable(word: str, number: int) -> str:
    return f"[@click=press({number})]{word}[/]"
