"""What a demo shows at one moment."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from cnntutor.demos.frame import Cell, Frame, Table
from cnntutor.tui.widgets.picture import Picture
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.scroller import Scroller

SMALL = 16
"""Pixels a side up to which a picture beside others gets a narrow place: kernels, patches."""


class FrameView(Vertical):
    """One frame: pictures side by side, formulas, figures, tables, and a caption that says what to look at."""

    DEFAULT_CSS = """
    FrameView {
        height: 1fr;
        .pictures { height: 1fr; min-height: 8; }
        .slot { width: 1fr; height: 1fr; margin: 0 1 0 0; }
        .slot.-small { width: 24; }
        .picture-title {
            width: 100%;
            height: 1;
            color: $text-muted;
            text-align: center;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        .words { height: auto; max-height: 42%; padding: 0 1 0 0; }
        .formulas { height: auto; color: $accent; text-style: bold; margin: 0 0 1 0; }
        .figures { height: auto; color: $text-muted; margin: 0 0 1 0; }
        .tables { height: auto; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Horizontal(classes="pictures")
        with Scroller(classes="words"):
            yield Static("", classes="formulas", markup=False)
            yield Prose(classes="caption")
            yield Static("", classes="figures", markup=False)
            yield Static("", classes="tables")

    async def show(self, frame: Frame) -> None:
        """Show a frame."""
        await self._show_pictures(frame)
        self.query_one(".formulas", Static).update("\n".join(frame.formulas))
        figures = "   ".join(f"{name.replace('_', ' ')} {value:,.6g}" for name, value in frame.figures.items())
        self.query_one(".figures", Static).update(figures)
        caption = self.query_one(".caption", Prose)
        if caption.source != frame.caption:
            await caption.update(frame.caption)
        self.query_one(".tables", Static).update(tables_of(frame))

    async def _show_pictures(self, frame: Frame) -> None:
        """Keep the widgets while the titles stay the same, so that an animation does not flicker."""
        place = self.query_one(".pictures", Horizontal)
        titles = list(frame.images)
        if [slot.name for slot in place.children] != titles:
            await place.remove_children()
            for title in titles:
                slot = Vertical(name=title, classes="slot")
                await place.mount(slot)
                await slot.mount(Static(title, classes="picture-title", markup=False), Picture())
        place.display = bool(titles)
        for shown, pixels in zip(place.children, frame.images.values(), strict=True):
            shown.set_class(max(pixels.shape[:2]) <= SMALL and len(titles) > 1, "-small")
            shown.query_one(Picture).show(pixels)


def tables_of(frame: Frame) -> RenderableType:
    """A frame's tables below one another."""
    shown: list[RenderableType] = []
    for title, table in frame.tables.items():
        shown += [Text(title, style="bold"), _grid(table)]
    return Group(*shown)


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, padding=(0, 1), header_style="dim", pad_edge=False)
    for column in table.columns:
        grid.add_column(column, justify="right")
    for row in table.rows:
        grid.add_row(*(_text(cell) for cell in row))
    return grid


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
