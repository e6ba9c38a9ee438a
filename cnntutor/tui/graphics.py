"""Whether this terminal can show real pictures (Sixel, Kitty), asked before the app takes the terminal over.

textual-image asks the terminal when it is imported. Inside a running app the answer would land in its input, and a
terminal that does not know the question costs a third of a second. So only those that are known to have graphics are
asked, and `CNNTUTOR_PICTURES` (auto, blocks, sixel, kitty) decides where that guess is wrong.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from cnntutor.errors import UsageError

if TYPE_CHECKING:
    from textual_image.widget import SixelImage, TGPImage

    ImageWidget = type[SixelImage] | type[TGPImage]

VARIABLE = "CNNTUTOR_PICTURES"
WAYS = ("auto", "blocks", "sixel", "kitty")

_TERMS = ("kitty", "ghostty", "foot", "mlterm", "contour", "wezterm", "rio")
_PROGRAMS = ("wezterm", "iterm.app", "ghostty", "mintty", "contour", "rio", "konsole")
_SIGNS = ("KITTY_WINDOW_ID", "KONSOLE_VERSION", "WEZTERM_PANE", "WT_SESSION")
"""Environment variables that such terminals set."""


@cache
def image_widget() -> ImageWidget | None:
    """The widget that shows pictures in this terminal's own graphics, or None for half-blocks.

    Call it once before the app starts: the first call asks the terminal, later ones repeat the answer.

    Raises:
        UsageError: `CNNTUTOR_PICTURES` is none of the ways.
    """
    way = wanted(os.environ)
    if way == "blocks" or not (sys.__stdout__ and sys.__stdout__.isatty()):
        return None
    if way == "auto" and not promising(os.environ):
        return None
    from textual_image import renderable
    from textual_image.widget import SixelImage, TGPImage

    found = {renderable.SixelImage: "sixel", renderable.TGPImage: "kitty"}.get(renderable.Image, "blocks")
    widgets: dict[str, ImageWidget] = {"sixel": SixelImage, "kitty": TGPImage}
    return widgets.get(found if way == "auto" else way)


def wanted(environment: Mapping[str, str]) -> str:
    """How the learner wants pictures shown.

    Raises:
        UsageError: in a way that there is not.
    """
    way = environment.get(VARIABLE, "").strip().lower() or "auto"
    if way not in WAYS:
        raise UsageError(f"{VARIABLE} must be {', '.join(WAYS[:-1])} or {WAYS[-1]}, not “{way}”.")
    return way


def promising(environment: Mapping[str, str]) -> bool:
    """Whether a terminal with this environment is likely to have graphics; one in a browser cannot pass them on."""
    if "TEXTUAL_DRIVER" in environment or environment.get("NO_COLOR"):
        return False
    term, program = environment.get("TERM", "").lower(), environment.get("TERM_PROGRAM", "").lower()
    named = any(name in term for name in _TERMS) or program in _PROGRAMS
    return named or any(sign in environment for sign in _SIGNS)
