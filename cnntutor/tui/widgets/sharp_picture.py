"""A picture in the terminal's own graphics, where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container

from cnntutor.tui.graphics import image_widget
from cnntutor.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from PIL import Image

    from cnntutor.tui.graphics import ImageWidget
    from cnntutor.tui.widgets.picture import Pixels

SIDE = 512
"""Pixels to which small pictures are enlarged by whole blocks, so that single pixels stay sharp."""


class SharpPicture(Container):
    """Shows an array of pixels as large as its place allows, in its own proportions, by Sixel or Kitty graphics."""

    DEFAULT_CSS = """
    SharpPicture {
        width: 1fr;
        height: 1fr;
        align: center middle;
        & > * { width: auto; height: auto; }
    }
    """

    def __init__(self, widget: ImageWidget) -> None:
        super().__init__()
        self._image = widget()

    def compose(self) -> ComposeResult:
        yield self._image

    def show(self, pixels: Pixels) -> None:
        """Show pixels.

        Args:
            pixels: uint8, [H, W] grey or [H, W, 3] colour.
        """
        self._image.image = enlarged(pixels)


def picture_view() -> Picture | SharpPicture:
    """A widget for pictures: the terminal's own graphics where it has them, half-blocks elsewhere."""
    widget = image_widget()
    return Picture() if widget is None else SharpPicture(widget)


def enlarged(pixels: Pixels) -> Image.Image:
    """The picture, each pixel a block of as many as fit into `SIDE`."""
    from PIL import Image

    picture = Image.fromarray(pixels)
    times = max(1, SIDE // max(picture.size))
    return picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
