"""The views of a demo by name, one of them lit."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static


class ViewName(Static):
    """The name of one view, to click."""

    DEFAULT_CSS = """
    ViewName {
        width: auto;
        padding: 0 1;
        color: $text-muted;
        &:hover { color: $primary; pointer: pointer; }
        &.-shown { color: $primary; text-style: bold; background: $boost; }
    }
    """

    def __init__(self, title: str) -> None:
        super().__init__(title, markup=False)
        self.title = title

    def on_click(self) -> None:
        self.post_message(ViewBar.Chosen(self.title))


class ViewBar(Horizontal):
    """A line of names, closer together where they would not fit; hidden where there is only one view."""

    DEFAULT_CSS = """
    ViewBar {
        height: 1;
        margin: 0 0 1 0;
        overflow: hidden;
        &.-tight ViewName { padding: 0 1 0 0; }
    }
    """

    class Chosen(Message):
        """A view was clicked."""

        def __init__(self, view: str) -> None:
            super().__init__()
            self.view = view

    async def show(self, views: Sequence[str], shown: str) -> None:
        """Show these names, this one lit."""
        if [name.title for name in self.query(ViewName)] != list(views):
            await self.remove_children()
            await self.mount_all(ViewName(view) for view in views)
        for name in self.query(ViewName):
            name.set_class(name.title == shown, "-shown")
        self.display = len(views) > 1
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        wide = sum(len(name.title) + 2 for name in self.query(ViewName))
        self.set_class(wide - 1 > self.size.width, "-tight")
