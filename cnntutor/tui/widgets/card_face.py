"""Both sides of a flashcard; long ones scroll and are never cut off."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Rule, Static

from cnntutor.course.cards import Face
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.scroller import Scroller


class CardFace(Scroller):
    """The front; below a rule, once revealed, the back and why it is so."""

    DEFAULT_CSS = """
    CardFace {
        height: 1fr;
        align-horizontal: center;
        padding: 1 2;
        .column { width: 100%; max-width: 84; height: auto; }
        .source { color: $text-muted; margin-bottom: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        .hint { color: $accent; display: none; margin-bottom: 1; }
        Rule { color: $border; margin: 0 0 1 0; }
        .back, .why, Rule { display: none; }
        .why { color: $text-muted; }
        &.-hinted .hint { display: block; }
        &.-revealed .back, &.-revealed .why, &.-revealed Rule { display: block; }
        &.-revealed .hint { display: none; }
    }
    """

    def compose(self) -> ComposeResult:
        with Vertical(classes="column"):
            yield Static("", classes="source", markup=False)
            yield Prose(classes="front")
            yield Static("", classes="hint", markup=False)
            yield Rule(line_style="heavy")
            yield Prose(classes="back")
            yield Prose(classes="why")

    async def show(self, face: Face, source: str = "", *, revealed: bool = False) -> None:
        """Show a face, its front alone unless `revealed`."""
        self.remove_class("-hinted")
        self.set_class(revealed, "-revealed")
        self.query_one(".source", Static).update(source)
        self.query_one(".hint", Static).update(f"Hint: {face.hint}" if face.hint else "")
        await self.query_one(".front", Prose).update(face.front)
        await self.query_one(".back", Prose).update(face.back)
        await self.query_one(".why", Prose).update(face.why)
        self.scroll_home(animate=False)

    def reveal(self) -> None:
        """Show the back as well."""
        self.add_class("-revealed")

    def give_hint(self) -> None:
        """Show the hint."""
        self.add_class("-hinted")
