"""What is said about a frame: its working, what to look at and to try, its figures."""

from __future__ import annotations

import re

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from cnntutor.demos.frame import Frame, cell_text
from cnntutor.tui.widgets.scroller import Scroller

_MARKS = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`|\*(?P<stress>[^*\s][^*]*)\*", re.DOTALL)
_LOOKS = {"strong": "bold", "code": "$warning on $boost", "stress": "italic"}


class FrameWords(Scroller):
    """The words below a picture.

    They change with every frame of a run, so they are one widget that is drawn anew, and the screen is laid out anew
    only where they need another number of lines. Laying out takes tens of milliseconds.
    """

    DEFAULT_CSS = """
    FrameWords {
        height: auto;
        max-height: 42%;
        padding: 0 1 0 0;
        margin: 1 0 0 0;
        & > Static { height: auto; }
        &.-silent { display: none; }
    }
    """

    def __init__(self) -> None:
        super().__init__(can_focus=False)
        self._said = Content("")

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)

    def show(self, frame: Frame) -> None:
        """Say a frame's words."""
        said = words_of(frame)
        if said == self._said:
            return
        shown = self.query_one(Static)
        width = max(1, shown.size.width)
        shown.update(said, layout=self._lines(said, width) != self._lines(self._said, width))
        self._said = said
        self.set_class(not said, "-silent")

    @staticmethod
    def _lines(said: Content, width: int) -> int:
        return said.get_height({}, width)


def words_of(frame: Frame) -> Content:
    """What to look at, the formulas, what to try and the figures, with a line between them.

    In a small terminal the first lines alone are in sight, so they say what to look at.
    """
    look, _, rest = frame.caption.strip().partition("\n\n")
    formulas = Content.styled("\n".join(frame.formulas), "bold $accent")
    figures = "   ".join(f"{name.replace('_', ' ')} {cell_text(value)}" for name, value in frame.figures.items())
    parts = [_caption(look), formulas, _caption(rest), Content.styled(figures, "$foreground 60%")]
    return Content("\n\n").join([part for part in parts if part])


def _caption(markdown: str) -> Content:
    """The little Markdown that captions use: strong, stressed, code; a line break is a blank."""
    parts: list[Content | str | tuple[str, str]] = []
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", markdown.strip())
    done = 0
    for match in _MARKS.finditer(text):
        kind = match.lastgroup or "strong"
        parts += [text[done : match.start()], (match[kind], _LOOKS[kind])]
        done = match.end()
    return Content.assemble(*parts, text[done:])
