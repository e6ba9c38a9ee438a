"""The blocks of a net, one a line: what each gives, holds, multiplies and sees, and their sums."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from cnntutor.vision.net_bill import Bill, Row, shape_text

GIVES, PARAMETERS, MACS, SEES, BAR = 12, 13, 15, 12, 16
"""Columns of each part of a line; the block has what is left."""

WIDE = 88
"""From here on the MACs have bars."""

AROUND = 2
"""Lines beside the blocks: the heads above, the sums below."""


class NetRows(Widget, can_focus=True):
    """A table with a cursor. It draws itself, and of a long net the blocks around the cursor."""

    DEFAULT_CSS = """
    NetRows { height: auto; text-wrap: nowrap; pointer: pointer; }
    """

    class Chosen(Message):
        """A block was pointed at."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self, made: Bill) -> None:
        super().__init__()
        self._made = made
        self._at = 0
        self._first = 0

    def show(self, made: Bill, at: int) -> None:
        """Show a net.

        Args:
            made: its bill.
            at: place of the block at the cursor.
        """
        self._made, self._at = made, at
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each block, and those around them."""
        return len(self._made.rows) + AROUND

    def render(self) -> Content:
        width = self.content_size.width
        wide = width >= WIDE
        heads = _line(width, "   block", "gives", "parameters", "MACs", "sees", "share of MACs" if wide else "")
        sums = _line(width, "   all", "", f"{self._made.params:,}", f"{self._made.macs:,}", "", "")
        style = "$error" if self._made.faulty == len(self._made.rows) else "bold"
        lines = [(heads, "dim"), *self._blocks(width), (sums, style)]
        return Content("\n").join(Content.assemble((text.ljust(width), style)) for text, style in lines)

    def _blocks(self, width: int) -> Iterator[tuple[str, str]]:
        for at in self._in_sight():
            row = self._made.rows[at]
            text = _fault_line(width, at, row) if row.fault else self._row_line(width, at, row)
            yield text, self._style(at, row)

    def _style(self, at: int, row: Row) -> str:
        words = "$error" if row.fault else "$foreground" if row.shape else "dim"
        if at != self._at:
            return words
        return f"{words} on $primary 30%" if self.has_focus else f"{words} on $primary 15%"

    def _row_line(self, width: int, at: int, row: Row) -> str:
        counted = bool(row.shape)
        share = row.macs / self._made.macs if self._made.macs else 0.0
        bar = "█" * round((BAR - 2) * share) if width >= WIDE else ""
        return _line(
            width,
            _name(at, row),
            shape_text(row.shape),
            f"{row.params:,}" if counted else "",
            f"{row.macs:,}" if counted else "",
            str(row.sees or ""),
            bar,
        )

    def _in_sight(self) -> range:
        """The blocks that there is room for; the cursor is always among them."""
        count = len(self._made.rows)
        room = min(count, max(1, self.content_size.height - AROUND))
        self._first = min(max(self._first, self._at - room + 1), self._at, count - room)
        return range(self._first, self._first + room)

    def on_click(self, event: Click) -> None:
        """Choose the block under the pointer."""
        event.stop()
        place = self._first + event.y - 1
        if place in self._in_sight():
            self.post_message(self.Chosen(place))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """To the next block."""
        event.stop()
        self.post_message(self.Chosen(self._at + 1))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """To the block before."""
        event.stop()
        self.post_message(self.Chosen(self._at - 1))


def _name(at: int, row: Row) -> str:
    return f"{at + 1:>2} {row.block}"


def _line(width: int, block: str, gives: str, params: str, macs: str, sees: str, bar: str) -> str:
    """Words to the left, numbers to the right."""
    room = width - GIVES - PARAMETERS - MACS - SEES - (BAR if width >= WIDE else 0)
    return (
        f"{_cut(block, room - 1):<{room}}{gives:<{GIVES}}{params:>{PARAMETERS - 2}}{macs:>{MACS}}"
        f"  {sees:<{SEES}}{'  ' if bar else ''}{bar}"
    )


def _fault_line(width: int, at: int, row: Row) -> str:
    return _cut(f"{_name(at, row)}  ✗ {row.fault}", width)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
