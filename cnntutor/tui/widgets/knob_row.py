"""One knob of a demo: a line with its name and value, turned with the arrows, typed into, or clicked."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from cnntutor.demos.knobs import Knob, KnobKind, Value

TYPED = {KnobKind.INT, KnobKind.FLOAT, KnobKind.TEXT, KnobKind.PICTURE}
NUMBERS = {KnobKind.INT, KnobKind.FLOAT}
EDITED = {KnobKind.MATRIX: "edit ⏎", KnobKind.DRAWING: "draw ⏎", KnobKind.PROGRAM: "write ⏎", KnobKind.NET: "build ⏎"}
"""Kinds with a screen of their own to edit them, and what their row shows where it shows no value."""

FLOAT_STEPS = 20
"""Steps from one end of a range to the other."""

FINE = 100
"""A knob whose default is so many times smaller than its range goes 1, 2, 5, 10, … instead of by even steps."""

LEAST_FINE = 1e-5
"""The step from zero on such a knob."""

FURTHER = 16
"""So far an arrow looks for a whole number that can be: the next odd size, the next divisor."""

LONGEST_VALUE = 18

LEAST_VALUE = 8
"""Characters of a text that stay even where the name needs more room."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is drawn, from left to right."""

    name: str
    less: str
    value: str
    more: str


class KnobRow(Widget, can_focus=True):
    """Shows and turns one knob. It posts `Turned`; what the demo makes of it comes back with `show`.

    A demo may have thirty knobs, and the screen is laid out while it runs: so a row draws itself, and has a child
    only while something is typed.
    """

    DEFAULT_CSS = """
    KnobRow {
        height: 1;
        layout: horizontal;
        align-horizontal: right;
        text-wrap: nowrap;
        color: $text-muted;
        pointer: pointer;
        &:focus, &:focus-within { background: $boost; }
        Input { width: 18; height: 1; border: none; padding: 0 1; background: $surface; }
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

        def __init__(self, row: KnobRow, value: str, further: tuple[str, ...] = ()) -> None:
            super().__init__()
            self.row = row
            self.value = value
            self.further = further
            """What to take instead where the value cannot be, the nearest first: an arrow does not stop at a gap."""

        @property
        def control(self) -> KnobRow:
            return self.row

    class EditWanted(Message):
        """The learner wants to edit this knob on a screen of its own."""

        def __init__(self, row: KnobRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, knob: Knob) -> None:
        super().__init__()
        self.knob = knob
        self._value: Value = knob.default
        self.tooltip = knob.help

    def render(self) -> Content:
        line = self._line()
        name = "bold $primary" if self.has_focus else ""
        value = "bold $accent" if self._value != self.knob.default else "bold $foreground"
        return Content.assemble((line.name, name), line.less, (line.value, value), line.more)

    def show(self, value: Value) -> None:
        """Show where the knob stands now."""
        if value != self._value:
            self._value = value
            self.refresh()

    def offer(self, choices: tuple[str, ...]) -> None:
        """Let the arrows go through what the run says this knob may be set to; it can still be typed."""
        self.knob = replace(self.knob, choices=choices)

    def _line(self) -> Line:
        named = f" {self.knob.name.replace('_', ' ')}"
        value = shown(self.knob, self._value)
        if self.knob.kind in (KnobKind.PICTURE, KnobKind.TEXT):
            value = _cut(value, max(LEAST_VALUE, self.content_size.width - len(named) - 6))
        room = max(0, self.content_size.width - len(value) - 6)
        name = named[:room].ljust(room)
        return Line(name, " ◂ ", value, " ▸ ")

    # Turning and typing

    def action_turn(self, step: int) -> None:
        """Turn by so many steps; choices go round."""
        value = turned(self.knob, self._value, step)
        self.post_message(self.Turned(self, value, further(self.knob, value, 1 if step > 0 else -1)))

    async def action_type(self) -> None:
        """Begin to type a value; what cannot be typed is turned."""
        if self.knob.kind in EDITED:
            self.post_message(self.EditWanted(self))
        elif self.knob.kind not in TYPED:
            self.action_turn(1)
        else:
            await self._type("" if self.knob.kind is KnobKind.PICTURE else str(self._value))

    async def on_click(self, event: Click) -> None:
        """The arrows turn, the value is typed."""
        line = self._line()
        place = event.x - len(line.name)
        if 0 <= place < len(line.less):
            self.action_turn(-1)
        elif place >= len(line.less) + len(line.value):
            self.action_turn(1)
        elif place >= 0:
            await self.action_type()

    async def on_key(self, event: Key) -> None:
        """A digit begins a new number at once; escape gives up typing."""
        if self._typing:
            if event.key == "escape":
                event.stop()
                await self._stop_typing()
        elif event.character and begins_number(self.knob, event.character):
            event.stop()
            event.prevent_default()
            await self._type(event.character, begun=True)

    @property
    def _typing(self) -> bool:
        return bool(self.query(Input))

    async def _type(self, text: str, *, begun: bool = False) -> None:
        if self._typing:
            return
        field = Input(text, compact=True, select_on_focus=not begun)
        await self.mount(field)
        field.cursor_position = len(text)
        field.focus()

    @on(Input.Submitted)
    async def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        await self._stop_typing()
        self.post_message(self.Turned(self, event.value.strip()))

    @on(Input.Blurred)
    async def _left(self, event: Input.Blurred) -> None:
        event.stop()
        await self.query(Input).remove()

    async def _stop_typing(self) -> None:
        self.focus()
        await self.query(Input).remove()


def shown(knob: Knob, value: Value) -> str:
    """A knob's value as a row shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if knob.kind in (KnobKind.MATRIX, KnobKind.NET, KnobKind.DRAWING) or (knob.kind in EDITED and value == ""):
        return EDITED[knob.kind]
    if value == "":
        return "–"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if knob.kind in (KnobKind.PICTURE, KnobKind.TEXT):
        text = text.rsplit("/", 1)[-1]
    return _cut(text, LONGEST_VALUE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def begins_number(knob: Knob, character: str) -> bool:
    """Whether a number that this knob may be set to can begin so; other keys keep their meaning."""
    if knob.kind not in NUMBERS:
        return False
    below_zero = knob.low is None or knob.low < 0
    return (
        character.isdigit() or (character == "." and knob.kind is KnobKind.FLOAT) or (character == "-" and below_zero)
    )


def turned(knob: Knob, value: Value, step: int) -> str:
    """The value some steps on, as text: numbers stop at their limits, choices go round."""
    if knob.kind is KnobKind.BOOL:
        return "off" if value else "on"
    if knob.kind in EDITED:
        return str(value)
    if knob.choices:
        at = knob.choices.index(str(value)) if str(value) in knob.choices else -1
        return knob.choices[(at + step) % len(knob.choices)]
    if not isinstance(value, int | float):
        return str(value)
    moved = _fine_step(value, step) if _is_fine(knob) else value + step * _step(knob)
    low = knob.low if knob.low is not None else -math.inf
    high = knob.high if knob.high is not None else math.inf
    moved = min(max(moved, low), high)
    return str(round(moved)) if knob.kind is KnobKind.INT else f"{moved:.6g}"


def further(knob: Knob, value: str, step: int) -> tuple[str, ...]:
    """What comes behind a whole number, some way on; nothing behind other values."""
    if knob.kind is not KnobKind.INT or knob.choices:
        return ()
    ahead = (turned(knob, int(value), step * many) for many in range(1, FURTHER + 1))
    return tuple(number for number in dict.fromkeys(ahead) if number != value)


def _step(knob: Knob) -> float:
    if knob.kind is KnobKind.INT or knob.high is None or knob.low is None:
        return 1.0
    return (knob.high - knob.low) / FLOAT_STEPS


def _is_fine(knob: Knob) -> bool:
    if knob.kind is not KnobKind.FLOAT or knob.low is None or knob.high is None or knob.low < 0:
        return False
    return 0 < float(knob.default) * FINE <= knob.high


def _fine_step(value: float, step: int) -> float:
    """Along …, 0.1, 0.2, 0.5, 1, 2, 5, …; below `LEAST_FINE` there is zero."""
    rungs = (1.0, 2.0, 5.0)
    if value < LEAST_FINE:
        place = 3 * round(math.log10(LEAST_FINE)) - 1
    else:
        power = math.floor(math.log10(value) + 1e-9)
        mantissa = value / 10**power
        below = max(at for at, rung in enumerate(rungs) if rung <= mantissa + 1e-9)
        between = mantissa > rungs[below] + 1e-9
        place = 3 * power + below + (1 if between and step < 0 else 0)
    place += step
    power, rung = divmod(place, 3)
    moved = rungs[rung] * 10.0**power
    return moved if moved >= LEAST_FINE * (1 - 1e-9) else 0.0
