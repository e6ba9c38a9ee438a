"""What a demo shows at one moment: one of its views, and the words below."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from cnntutor.demos.frame import Frame
from cnntutor.tui.widgets.frame_words import FrameWords
from cnntutor.tui.widgets.stage import Stage
from cnntutor.tui.widgets.view_bar import ViewBar


class FrameView(Vertical):
    """One frame. The learner chooses the view; it stays chosen while the frames go by."""

    DEFAULT_CSS = """
    FrameView { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._frame = Frame()
        self._view = ""

    def compose(self) -> ComposeResult:
        yield ViewBar()
        yield Stage()
        yield FrameWords()

    @property
    def view(self) -> str:
        """Name of the view that is shown: the chosen one, or the first where the frame does not have it."""
        views = self._frame.shown()
        return self._view if self._view in views else next(iter(views), "")

    async def show(self, frame: Frame) -> None:
        """Show a frame."""
        self._frame = frame
        await self._show_view()
        self.query_one(FrameWords).show(frame)

    async def turn_view(self, step: int) -> None:
        """Go to the next view, or back."""
        names = list(self._frame.shown())
        if names:
            self._view = names[(names.index(self.view) + step) % len(names)]
            await self._show_view()

    def scroll_words(self, step: int) -> None:
        """Scroll the words by pages."""
        words = self.query_one(FrameWords)
        words.scroll_relative(y=step * max(1, words.size.height - 1), animate=False)

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
