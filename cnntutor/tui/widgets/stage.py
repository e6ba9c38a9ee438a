"""What is seen together: pictures, charts, grids and tables, arranged to fill their place."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from cnntutor.demos.frame import Frame
from cnntutor.tui.widgets.chart import Chart
from cnntutor.tui.widgets.number_grid import NumberGrid, natural_width
from cnntutor.tui.widgets.picture import Picture
from cnntutor.tui.widgets.sharp_picture import SharpPicture, picture_view
from cnntutor.tui.widgets.table_view import TableView

SMALL = 16
"""Pixels a side up to which a picture beside others gets a narrow place: kernels, patches."""


WIDTHS = {"picture": 36, "chart": 60, "grid": 36, "table": 48}
"""How wide each kind of thing likes to be beside others, in columns; a grid says so itself."""


class Slot(Vertical):
    """A place for one thing, with its title above it."""

    DEFAULT_CSS = """
    Slot {
        width: 1fr;
        height: 1fr;
        margin: 0 1 0 0;
        &.-airy { margin: 0; }
        .title {
            width: 100%;
            height: 1;
            color: $text-muted;
            text-align: center;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
    }
    """

    def __init__(self, title: str, content: Widget) -> None:
        super().__init__()
        self.title = title
        self.content = content

    def compose(self) -> ComposeResult:
        yield Static(self.title, classes="title", markup=False)
        yield self.content


class Stage(Vertical):
    """The things of one view. Widgets are kept while the view stays the same, so that an animation does not flicker."""

    DEFAULT_CSS = """
    Stage { height: 1fr; & > Horizontal { height: 1fr; } }
    """

    def __init__(self) -> None:
        super().__init__()
        self._laid_out: tuple[object, ...] = ()
        self._frame = Frame()
        self._items: tuple[str, ...] = ()
        self._arranging = asyncio.Lock()
        """Frames and changes of size come at once; two that both laid out would leave everything there twice."""

    async def show(self, frame: Frame, items: tuple[str, ...]) -> None:
        """Show parts of a frame.

        Args:
            frame: whose parts.
            items: titles of its pictures, charts, grids and tables.
        """
        async with self._arranging:
            self._frame, self._items = frame, items
            await self._arrange()

    async def on_resize(self) -> None:
        async with self._arranging:
            if self._items:
                await self._arrange()

    async def _arrange(self) -> None:
        await self._lay_out()
        self._fill()

    async def _lay_out(self) -> None:
        columns = columns_for(len(self._items), self.size.width, self.size.height)
        layout = (columns, tuple((title, _kind(self._frame, title)) for title in self._items))
        if layout == self._laid_out:
            return
        self._laid_out = layout
        slots = [self._slot(title) for title in self._items]
        await self.remove_children()
        await self.mount_all(Horizontal(*slots[at : at + columns]) for at in range(0, len(slots), columns))

    def _slot(self, title: str) -> Slot:
        slot = Slot(title, _widget(self._frame, title))
        slot.set_class(_kind(self._frame, title) == "grid", "-airy")
        slot.styles.width = f"{WIDTHS[_kind(self._frame, title)]}fr"
        return slot

    def _fill(self) -> None:
        charts = self._frame.charts
        for slot in self.query(Slot):
            match slot.content:
                case Chart() as chart:
                    chart.show(charts[slot.title])
                case NumberGrid() as grid:
                    numbers = self._frame.grids[slot.title]
                    slot.styles.width = f"{natural_width(numbers)}fr"
                    slot.styles.min_width = min(natural_width(numbers), self.size.width // 2)
                    grid.show(numbers)
                case TableView() as table:
                    table.show(self._frame.tables[slot.title])
                case Picture() | SharpPicture() as picture:
                    pixels = self._frame.images[slot.title]
                    if max(pixels.shape[:2]) <= SMALL and len(self._items) > 1:
                        slot.styles.width = f"{WIDTHS['picture'] * 2 // 3}fr"
                    picture.show(pixels)


def columns_for(count: int, width: int, height: int) -> int:
    """In how many columns so many things are largest, each taken to be a square; a cell is twice as high as wide."""

    def side(columns: int) -> float:
        rows = -(-count // columns)
        return min(width / columns, 2 * height / rows)

    return max(range(1, count + 1), key=side, default=1)


def _kind(frame: Frame, title: str) -> str:
    homes = {"picture": frame.images, "grid": frame.grids, "table": frame.tables}
    return next((kind for kind, home in homes.items() if title in home), "chart")


def _widget(frame: Frame, title: str) -> Widget:
    match _kind(frame, title):
        case "picture":
            return picture_view()
        case "grid":
            return NumberGrid()
        case "table":
            return TableView()
        case _:
            return Chart()
