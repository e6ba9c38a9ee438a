"""A net, put together block by block; its shapes and costs are worked out beside it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key, Resize
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from cnntutor.errors import UsageError
from cnntutor.tui.screens.block_menu import BlockMenu
from cnntutor.tui.widgets.net_rows import NetRows
from cnntutor.vision.net_bill import Task, bill
from cnntutor.vision.net_draft import Draft
from cnntutor.vision.net_text import Block, Kind, NetTextError, kind, parse, write

AROUND = 12
"""Lines of the screen that the blocks do not get."""

EXCERPT = 12
"""Characters before and behind a mistake that are shown with it."""

KEYS = (
    (
        ("add", "a", " adds"),
        ("remove", "d", " removes"),
        ("move(-1)", "K", ""),
        ("move(1)", "J", " moves"),
        ("turn(-1)", "←", ""),
        ("turn(1)", "→", " turns"),
        ("number(1)", "tab", " next"),
        ("type", "t", " text"),
        ("undo", "u", " undoes"),
    ),
    (
        ("scale(-1)", "H", " halves"),
        ("scale(1)", "L", " doubles"),
        ("choose(0)", "0–9", " set the number"),
        ("accept", "enter", " takes it"),
        ("back", "esc", " closes"),
    ),
)
"""In lines: action, key, and what it does. A click does it as well."""


def _how(keys: tuple[tuple[str, str, str], ...]) -> str:
    return "  ".join(f'[@click="screen.{action}"][b $primary]{key}[/]{words}[/]' for action, key, words in keys)


class NetEditor(ModalScreen[str | None]):
    """Blocks to choose, add, remove, move and turn, and the same net as a line to type; Enter takes it.

    A net that cannot be stays until it can: the block that is at fault says why.
    """

    DEFAULT_CSS = """
    NetEditor {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 98%;
            max-width: 104;
            height: auto;
            max-height: 98%;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 0 1;
        }
        Static {
            height: auto;
            color: $text-muted;
            link-style: none;
            link-color: $text-muted;
            link-color-hover: $primary;
            link-background-hover: transparent;
        }
        .numbers { margin-top: 1; }
        .fault { color: $error; min-height: 1; max-height: 2; }
        Input { height: 1; border: none; padding: 0; background: $panel; &:focus { background: $primary 30%; } }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "accept", "Take it", priority=True),
        Binding("down,j", "choose(1)", "Next block", show=False),
        Binding("up,k", "choose(-1)", "Block before", show=False),
        Binding("right,l", "turn(1)", "More", show=False),
        Binding("left,h", "turn(-1)", "Less", show=False),
        Binding("shift+right,L", "scale(1)", "Twice", show=False),
        Binding("shift+left,H", "scale(-1)", "Half", show=False),
        Binding("tab", "number(1)", "Next number", show=False, priority=True),
        Binding("shift+tab", "number(-1)", "Number before", show=False, priority=True),
        Binding("a", "add", "Add a block"),
        Binding("d,delete", "remove", "Remove the block"),
        Binding("shift+down,J", "move(1)", "Move down", show=False),
        Binding("shift+up,K", "move(-1)", "Move up", show=False),
        Binding("t", "type", "Type it"),
        Binding("u", "undo", "Undo"),
        Binding("escape", "back", "Never mind", key_display="esc"),
    ]

    def __init__(self, title: str, text: str, task: Task) -> None:
        """Edit a net.

        Args:
            title: of the box.
            text: the net as it stands; one that is no net begins anew.
            task: what it is for.
        """
        super().__init__()
        self._title = title
        self._for = task
        self._draft = Draft(_blocks(text))
        self._past: list[Draft] = []
        self._typed = ""
        """The digits of a number so far."""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._title
            yield NetRows(bill(self._draft.blocks, self._for))
            yield Static("", classes="numbers")
            yield Static("", classes="fault", markup=False)
            yield Input(self._draft.text, compact=True, select_on_focus=False)
            yield Static("\n".join(map(_how, KEYS)), classes="how")

    def on_mount(self) -> None:
        """Begin at the first block."""
        self._rows.focus()
        self._show()

    def on_resize(self, event: Resize) -> None:
        """A long net leaves room for what stands around it."""
        self._rows.styles.max_height = max(3, event.size.height - AROUND)

    @property
    def _rows(self) -> NetRows:
        return self.query_one(NetRows)

    @property
    def _field(self) -> Input:
        return self.query_one(Input)

    # Showing

    def _show(self) -> None:
        """The net as it is now."""
        made = bill(self._draft.blocks, self._for)
        self._rows.show(made, self._draft.at)
        self.query_one(".numbers", Static).update(self._numbers())
        self._say(made.fault)
        if not self._field.has_focus:
            self._field.value = self._draft.text

    def _numbers(self) -> str:
        """The chosen block's numbers, each to be clicked."""
        block = self._draft.block
        if not block.numbers:
            return f"{block.kind.name}: {block.kind.about}"
        shown = [f"{number.name} {value:g}" for number, value in zip(block.kind.numbers, block.numbers, strict=True)]
        return "  ".join(
            f"[@click=screen.choose_number({place})]{f'[reverse]{text}[/]' if place == self._draft.place else text}[/]"
            for place, text in enumerate(shown)
        )

    def _say(self, line: str) -> None:
        self.query_one(".fault", Static).update(line)

    def _become(self, draft: Draft) -> None:
        """Take a change, which can be undone."""
        if draft.blocks != self._draft.blocks:
            self._past.append(self._draft)
        self._draft = draft
        self._show()

    def _change(self, draft: Draft) -> None:
        """Take a change that was not typed: a number that is begun is done, and the cursor is among the blocks."""
        self._typed = ""
        self._rows.focus()
        self._become(draft)

    # Keys

    def action_choose(self, step: int) -> None:
        """To the next block or the one before."""
        self._change(self._draft.choose(self._draft.at + step))

    @on(NetRows.Chosen)
    def _pointed(self, event: NetRows.Chosen) -> None:
        event.stop()
        self._change(self._draft.choose(event.at))

    def action_number(self, step: int) -> None:
        """To the block's next number; from the text back to the blocks."""
        self._change(self._draft.next_number(0 if self._field.has_focus else step))

    def action_choose_number(self, place: int) -> None:
        """To this number of the block."""
        self._change(self._draft.choose(self._draft.at, place))

    def action_turn(self, steps: int) -> None:
        """Turn the chosen number."""
        self._change(self._draft.turn(steps))

    def action_scale(self, doublings: int) -> None:
        """Double or halve the chosen number."""
        self._change(self._draft.scale(doublings))

    def action_move(self, step: int) -> None:
        """Move the chosen block."""
        self._change(self._draft.move(step))

    def action_remove(self) -> None:
        """Take the chosen block out."""
        self._change(self._draft.remove())

    def action_add(self) -> None:
        """Choose a block to put behind the chosen one."""

        def take(found: Kind | None) -> None:
            if found is not None:
                self._change(self._draft.add(found))

        self.app.push_screen(BlockMenu(), take)

    def action_undo(self) -> None:
        """As it was before the last change."""
        if self._past:
            self._draft = self._past.pop()
            self._change(self._draft)

    def on_key(self, event: Key) -> None:
        """Digits set the chosen number."""
        if self._field.has_focus or not event.character or event.character not in "0123456789.":
            return
        event.stop()
        self._typed += event.character
        try:
            self._become(self._draft.set_to(float(self._typed)))
        except ValueError:
            self._typed = ""

    # The text

    def action_type(self) -> None:
        """Write the net as a line."""
        self._field.focus()
        self._field.cursor_position = len(self._field.value)

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        if not self._field.has_focus:
            return
        try:
            self._become(self._draft.retyped(parse(event.value)))
        except NetTextError as error:
            self._say(f"{error}\n{_excerpt(event.value, error.at)}")

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self._show()

    def action_back(self) -> None:
        """From the text to the blocks, from the blocks away."""
        if self._field.has_focus:
            self._rows.focus()
        else:
            self.dismiss(None)

    def action_accept(self) -> None:
        """Give the net back, if it can be; else go to the block at fault, or stay in the text."""
        try:
            blocks = parse(self._field.value) if self._field.has_focus else self._draft.blocks
        except NetTextError:
            return
        made = bill(blocks, self._for)
        if not made.fault:
            self.dismiss(write(blocks))
        elif made.faulty is not None and not self._field.has_focus:
            self.action_choose(made.faulty - self._draft.at)


def _blocks(text: str) -> tuple[Block, ...]:
    try:
        return parse(text)
    except UsageError:
        return (kind("conv").usual(),)


def _excerpt(text: str, at: int) -> str:
    """The text around a mistake, pointed at."""
    before, behind = text[max(0, at - EXCERPT) : at], text[at : at + EXCERPT]
    return f"{'…' if at > EXCERPT else ''}{before}▸{behind}{'…' if len(text) > at + EXCERPT else ''}"
