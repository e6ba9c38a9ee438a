"""What a demo shows at one moment: one of its views, and the words below."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor.demos.frame import Frame, cell_text
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.scroller import Scroller
from cnntutor.tui.widgets.stage import Stage
from cnntutor.tui.widgets.view_bar import ViewBar


class FrameView(Vertical):
    """One frame. The learner chooses the view; it stays chosen while the frames go by."""

    DEFAULT_CSS = """
    FrameView {
        height: 1fr;
        .words { height: auto; max-height: 42%; padding: 0 1 0 0; margin: 1 0 0 0; }
        .formulas { height: auto; color: $accent; text-style: bold; margin: 0 0 1 0; }
        .figures { height: auto; color: $text-muted; margin: 0 0 1 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._frame = Frame()
        self._view = ""

    def compose(self) -> ComposeResult:
        yield ViewBar()
        yield Stage()
        with Scroller(classes="words", can_focus=False):
            yield Static("", classes="formulas", markup=False)
            yield Prose(classes="caption")
            yield Static("", classes="figures", markup=False)

    @property
    def view(self) -> str:
        """Name of the view that is shown: the chosen one, or the first where the frame does not have it."""
        views = self._frame.shown()
        return self._view if self._view in views else next(iter(views), "")

    async def show(self, frame: Frame) -> None:
        """Show a frame."""
        self._frame = frame
        await self._show_view()
        self._say(".formulas", "\n".join(frame.formulas))
        self._say(".figures", "   ".join(f"{n.replace('_', ' ')} {cell_text(v)}" for n, v in frame.figures.items()))
        caption = self.query_one(".caption", Prose)
        if caption.source != frame.caption:
            await caption.update(frame.caption)

    def _say(self, place: str, text: str) -> None:
        """Change some words; the screen is laid out anew, which takes a while, only where their size changes."""
        words = self.query_one(place, Static)
        before = str(words.content)
        if text != before:
            words.update(text, layout=_shape(text) != _shape(before))
        words.display = bool(text)

    async def turn_view(self, step: int) -> None:
        """Go to the next view, or back."""
        names = list(self._frame.shown())
        if names:
            self._view = names[(names.index(self.view) + step) % len(names)]
            await self._show_view()

    async def _show_view(self) -> None:
        views = self._frame.shown()
        await self.query_one(ViewBar).show(tuple(views), self.view)
        stage = self.query_one(Stage)
        stage.display = bool(views)
        await stage.show(self._frame, views.get(self.view, ()))

    @on(ViewBar.Chosen)
    async def _chosen(self, event: ViewBar.Chosen) -> None:
        event.stop()
        self._view = event.view
        await self._show_view()


def _shape(text: str) -> list[int]:
    return [len(line) for line in text.splitlines()]
