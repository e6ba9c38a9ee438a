"""All knobs of a demo under their headings, with what they mean and why a value was refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import DescendantFocus
from textual.widgets import Static

from cnntutor.demos.knobs import Knob, KnobKind, Value
from cnntutor.tui.widgets.knob_row import KnobRow


class KnobPanel(VerticalScroll, inherit_bindings=False):
    """A column of knobs. A refusal stands right below the knob that was turned."""

    DEFAULT_CSS = """
    KnobPanel {
        width: 36;
        height: 1fr;
        border-right: solid $border-blurred;
        padding: 1 1 0 1;
        .title { color: $primary; text-style: bold; height: auto; padding: 0 1; }
        .promise { color: $text-muted; height: auto; padding: 0 1; margin-bottom: 1; }
        .heading { color: $text-muted; text-style: italic; height: 1; padding: 0 1; margin-top: 1; }
        .about { dock: bottom; height: auto; max-height: 4; padding: 0 1; color: $text-muted; background: $background; }
        .refusal { color: $error; height: auto; padding: 0 1; }
        .about, .refusal { display: none; }
        .about.-said, .refusal.-said { display: block; }
    }
    """

    def __init__(self, title: str, promise: str, knobs: Iterable[Knob]) -> None:
        super().__init__(can_focus=False)
        self._title = title
        self._promise = promise
        self._knobs = tuple(knobs)

    def compose(self) -> ComposeResult:
        yield Static(self._title, classes="title", markup=False)
        yield Static(self._promise, classes="promise", markup=False)
        for heading, knobs in groupby(self._knobs, lambda knob: knob.group):
            if heading:
                yield Static(heading, classes="heading", markup=False)
            yield from map(KnobRow, knobs)
        yield Static("", classes="about", markup=False)
        yield Static("", classes="refusal", markup=False)

    def show(self, values: Mapping[str, Value], offered: Mapping[str, tuple[str, ...]]) -> None:
        """Show where every knob stands, and offer what the run says text knobs may be set to."""
        for row in self.query(KnobRow):
            row.show(values[row.knob.name])
            if row.knob.kind is KnobKind.TEXT and row.knob.name in offered:
                row.offer(offered[row.knob.name])

    def row(self, name: str) -> KnobRow:
        """The row of a knob."""
        return next(row for row in self.query(KnobRow) if row.knob.name == name)

    def named_in(self, line: str) -> KnobRow | None:
        """The row of the knob that a line begins with."""
        word = line.split(maxsplit=1)[0].rstrip(":") if line else ""
        return next((row for row in self.query(KnobRow) if row.knob.name == word), None)

    def take_focus(self) -> None:
        """Put the cursor on the first knob, the title above it in sight."""
        self.query(KnobRow).first().focus(scroll_visible=False)
        self.scroll_home(animate=False)

    def refuse(self, line: str, beside: KnobRow | None = None) -> None:
        """Say what cannot be, beside the knob that was turned; an empty line takes it back."""
        refusal = self.query_one(".refusal", Static)
        refusal.update(line)
        refusal.set_class(bool(line), "-said")
        if line:
            self.move_child(refusal, after=beside or self.children[-1])
            self.call_after_refresh(refusal.scroll_visible, animate=False)

    @on(DescendantFocus)
    def _explain(self, event: DescendantFocus) -> None:
        """Say below the knob at the cursor what it means and what it may be."""
        row = next((n for n in event.widget.ancestors_with_self if isinstance(n, KnobRow)), None)
        about = self.query_one(".about", Static)
        about.set_class(row is not None, "-said")
        if row is not None:
            about.update(row.knob.help)
