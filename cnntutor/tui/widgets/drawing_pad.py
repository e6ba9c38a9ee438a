"""A square to draw on, with the mouse or with keys; two pixels a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.events import MouseDown, MouseMove, MouseUp
from textual.geometry import clamp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cnntutor.tui.widgets.picture import half_blocks
from cnntutor.vision.strokes import MOST_STROKES, SIDE, Stroke, ink, straightened

if TYPE_CHECKING:
    from cnntutor.tui.widgets.picture import Pixels

PAPER, INK, PEN, RUBBER = (24, 30, 36), (232, 230, 227), (255, 175, 75), (95, 160, 245)
RIGHT_BUTTON = 3
FAR = 4
"""Pixels that the pen goes with Shift."""


class DrawingPad(Widget, can_focus=True):
    """Strokes on a square of 32×32 pixels. It posts `Drawn` whenever they change."""

    DEFAULT_CSS = """
    DrawingPad { width: 32; height: 16; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(0,-1)", "Up", show=False),
        Binding("down", "move(0,1)", "Down", show=False),
        Binding("left", "move(-1,0)", "Left", show=False),
        Binding("right", "move(1,0)", "Right", show=False),
        Binding("shift+up", f"move(0,-{FAR})", "Far up", show=False),
        Binding("shift+down", f"move(0,{FAR})", "Far down", show=False),
        Binding("shift+left", f"move(-{FAR},0)", "Far left", show=False),
        Binding("shift+right", f"move({FAR},0)", "Far right", show=False),
        Binding("space", "press", "Pen down or up"),
        Binding("x", "swap", "Rubber or pen"),
        Binding("u", "undo", "Undo"),
        Binding("c", "clear", "Clear"),
    ]

    class Drawn(Message):
        """The strokes have changed."""

        def __init__(self, strokes: tuple[Stroke, ...]) -> None:
            super().__init__()
            self.strokes = strokes

    def __init__(self, strokes: tuple[Stroke, ...]) -> None:
        super().__init__()
        self._strokes = list(strokes)
        self._now: list[tuple[int, int]] = []
        """Points of the stroke that is being drawn."""
        self._rubs = False
        self._by_mouse = self._rubbed_before = False
        self._at = (SIDE // 2, SIDE // 2)
        self._strips: list[Strip] = []

    def on_mount(self) -> None:
        self._draw()

    def render_line(self, y: int) -> Strip:
        """A row of cells, each with two pixels."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """All strokes, the one that is being drawn among them."""
        return (*self._strokes, *([Stroke(tuple(self._now), self._rubs)] if self._now else []))

    def lay(self, strokes: tuple[Stroke, ...]) -> None:
        """Put other strokes in their place."""
        self._now = []
        self._strokes = list(strokes)
        self._changed()

    # Keys

    def action_move(self, right: int, down: int) -> None:
        """Move the pen; while it is down it draws."""
        x, y = self._at
        self._go((clamp(x + right, 0, SIDE - 1), clamp(y + down, 0, SIDE - 1)))

    def action_press(self) -> None:
        """Put the pen down, or lift it."""
        if self._now:
            self._lift()
        else:
            self._press()

    def action_swap(self) -> None:
        """From the pen to the rubber and back."""
        self._lift()
        self._rubs = not self._rubs
        self._draw()

    def action_undo(self) -> None:
        """Take the newest stroke back."""
        if self._now:
            self._now = []
        elif self._strokes:
            self._strokes.pop()
        self._changed()

    def action_clear(self) -> None:
        self.lay(())

    # Mouse

    def on_mouse_down(self, event: MouseDown) -> None:
        """Draw; with the right button, or with Shift, rub out."""
        event.stop()
        if self._by_mouse:  # another button beside the one that draws
            return
        self.focus()
        self.capture_mouse()
        self._lift()
        self._by_mouse = True
        self._rubbed_before = self._rubs
        self._rubs = event.button == RIGHT_BUTTON or event.shift or self._rubs
        self._at = _pixel(event.x, event.y)
        self._press()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Go on drawing."""
        if self._by_mouse:
            event.stop()
            self._go(_pixel(event.x, event.y))

    def on_mouse_up(self, event: MouseUp) -> None:
        """Lift the pen."""
        if self._by_mouse:
            event.stop()
            self.release_mouse()
            self._by_mouse = False
            self._lift()
            self._rubs = self._rubbed_before
            self._draw()

    # Drawing

    def _press(self) -> None:
        if len(self._strokes) < MOST_STROKES:
            self._now = [self._at]
            self._changed()

    def _lift(self) -> None:
        if self._now:
            self._strokes.append(straightened(Stroke(tuple(self._now), self._rubs)))
            self._now = []
            self._changed()

    def _go(self, place: tuple[int, int]) -> None:
        if place == self._at:
            return
        self._at = place
        if self._now:
            self._now.append(place)
            self._changed()
        else:
            self._draw()

    def _changed(self) -> None:
        self._draw()
        self.post_message(self.Drawn(self.strokes))

    def _draw(self) -> None:
        self._strips = half_blocks(self._pixels(), SIDE, self.rich_style)
        self.refresh()

    def _pixels(self) -> Pixels:
        import numpy as np

        black = ink(self.strokes)
        pixels: Pixels = np.array((PAPER, INK), np.uint8)[black.astype(int)]
        x, y = self._at
        pixels[y, x] = RUBBER if self._rubs else PEN
        return pixels


def _pixel(column: int, row: int) -> tuple[int, int]:
    """The pixel in the middle of a cell of the pad."""
    return clamp(column, 0, SIDE - 1), clamp(2 * row + 1, 0, SIDE - 1)
