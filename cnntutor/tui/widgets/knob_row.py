"""One knob of a demo: a line with its name and value, turned with the arrows, typed into, or clicked."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key
from textual.message import Message
from textual.widgets import Input, Static

from cnntutor.demos.knobs import Knob, KnobKind

TYPED = {KnobKind.INT, KnobKind.FLOAT, KnobKind.TEXT, KnobKind.PICTURE}
FLOAT_STEPS = 20


class Arrow(Static):
    """A clickable ◂ or ▸."""

    DEFAULT_CSS = """
    Arrow {
        width: 3;
        content-align: center middle;
        color: $text-muted;
        &:hover { color: $primary; pointer: pointer; }
    }
    """

    def __init__(self, glyph: str, step: int) -> None:
        super().__init__(glyph)
        self._step = step

    async def on_click(self) -> None:
        row = self.parent
        if isinstance(row, KnobRow):
            row.action_turn(self._step)


class Value(Static):
    """Where the knob stands; a click types another value."""

    async def on_click(self) -> None:
        row = self.parent
        if isinstance(row, KnobRow):
            row.action_type()


class KnobRow(Horizontal, can_focus=True):
    """Shows and turns one knob. It posts `Turned`; what the demo makes of it comes back with `show`."""

    DEFAULT_CSS = """
    KnobRow {
        height: 1;
        &:focus { background: $boost; }
        .name { width: 1fr; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; padding: 0 1; }
        &:focus .name { color: $primary; text-style: bold; }
        .value { width: auto; max-width: 18; text-wrap: nowrap; text-overflow: ellipsis; text-style: bold; }
        &.-changed .value { color: $accent; }
        Input { display: none; width: 16; height: 1; border: none; padding: 0 1; background: $surface; }
        &.-typing Input { display: block; }
        &.-typing .value, &.-typing Arrow { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "turn(1)", "More", show=False),
        Binding("left,h", "turn(-1)", "Less", show=False),
        Binding("shift+right,L", "turn(10)", "Much more", show=False),
        Binding("shift+left,H", "turn(-10)", "Much less", show=False),
        Binding("enter", "type", "Type a value", show=False),
        Binding("down,j", "app.focus_next", "Next knob", show=False),
        Binding("up,k", "app.focus_previous", "Knob before", show=False),
    ]

    class Turned(Message):
        """The learner wants this knob elsewhere."""

        def __init__(self, row: KnobRow, value: str) -> None:
            super().__init__()
            self.row = row
            self.value = value

        @property
        def control(self) -> KnobRow:
            return self.row

    class MatrixWanted(Message):
        """The learner wants to edit the numbers of this knob."""

        def __init__(self, row: KnobRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, knob: Knob) -> None:
        super().__init__()
        self.knob = knob
        self._value: str | int | float | bool = knob.default
        self.tooltip = f"{knob.description} ({knob.allowed})"

    def compose(self) -> ComposeResult:
        yield Static(self.knob.name.replace("_", " "), classes="name", markup=False)
        yield Arrow("◂", -1)
        yield Value(self._text(), classes="value", markup=False)
        yield Arrow("▸", 1)
        yield Input(compact=True)

    def show(self, value: str | int | float | bool) -> None:
        """Show where the knob stands now."""
        self._value = value
        self.query_one(".value", Static).update(self._text())
        self.set_class(value != self.knob.default, "-changed")

    def offer(self, choices: tuple[str, ...]) -> None:
        """Let the arrows go through what the run says this knob may be set to; it can still be typed."""
        self.knob = replace(self.knob, choices=choices)

    def _text(self) -> str:
        if isinstance(self._value, bool):
            return "on" if self._value else "off"
        if self.knob.kind is KnobKind.MATRIX:
            return "edit ⏎"
        if self._value == "":
            return "–"
        if self.knob.kind is KnobKind.PICTURE:
            return str(self._value).rsplit("/", 1)[-1]
        return f"{self._value:g}" if isinstance(self._value, float) else str(self._value)

    def action_turn(self, step: int) -> None:
        """Turn by so many steps; choices go round."""
        self.post_message(self.Turned(self, turned(self.knob, self._value, step)))

    def action_type(self) -> None:
        if self.knob.kind is KnobKind.MATRIX:
            self.post_message(self.MatrixWanted(self))
        elif self.knob.kind not in TYPED:
            self.action_turn(1)
        else:
            self._type("" if self.knob.kind is KnobKind.PICTURE else str(self._value))

    def _type(self, text: str, *, begun: bool = False) -> None:
        field = self.query_one(Input)
        field.value = text
        field.select_on_focus = not begun
        self.add_class("-typing")
        self.call_after_refresh(field.focus)

    def on_key(self, event: Key) -> None:
        """A digit begins a new number at once; escape gives up typing."""
        if self.has_class("-typing"):
            if event.key == "escape":
                event.stop()
                self._done()
        elif self.knob.kind in {KnobKind.INT, KnobKind.FLOAT} and event.character and event.character.isdigit():
            event.stop()
            self._type(event.character, begun=True)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self._done()
        self.post_message(self.Turned(self, event.value.strip()))

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self.remove_class("-typing")

    def _done(self) -> None:
        self.remove_class("-typing")
        self.focus()


def turned(knob: Knob, value: str | int | float | bool, step: int) -> str:
    """The value some steps on, as text: numbers stop at their limits, choices go round."""
    if knob.kind is KnobKind.BOOL:
        return "off" if value else "on"
    if knob.kind is KnobKind.MATRIX:
        return str(value)
    if knob.choices:
        at = knob.choices.index(str(value)) if str(value) in knob.choices else -1
        return knob.choices[(at + step) % len(knob.choices)]
    if not isinstance(value, int | float):
        return str(value)
    low = knob.low if knob.low is not None else float("-inf")
    high = knob.high if knob.high is not None else float("inf")
    size = 1.0 if knob.kind is KnobKind.INT or knob.high is None or knob.low is None else (high - low) / FLOAT_STEPS
    moved = min(max(value + step * size, low), high)
    return str(round(moved)) if knob.kind is KnobKind.INT else f"{moved:.6g}"
