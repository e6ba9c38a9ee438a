"""Course text: Markdown with highlighted code and formulas that are already Unicode."""

from __future__ import annotations

from textual.widgets import Markdown


class Prose(Markdown):
    """Markdown as the course writes it. Links are followed by the screen that shows it."""

    DEFAULT_CSS = """
    Prose {
        height: auto;
        padding: 0;
        background: transparent;
        & MarkdownBlock { padding: 0; }
        & > MarkdownParagraph { margin: 0 0 1 0; }
        & MarkdownFence { margin: 0 0 1 0; max-height: 100%; background: $panel; & > Label { padding: 0 2; } }
        & MarkdownH2, & MarkdownH3 {
            margin: 1 0 1 0;
            color: $primary;
            text-style: bold;
            background: transparent;
            content-align: left middle;
        }
        & MarkdownBulletList, & MarkdownOrderedList { margin: 0 0 1 0; padding: 0; }
        & MarkdownTable { margin: 0 0 1 0; }
        & MarkdownBlockQuote { margin: 0 0 1 0; background: $boost; border-left: outer $primary 50%; padding: 0 1; }
    }
    """

    def __init__(self, markdown: str | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(markdown, id=id, classes=classes, open_links=False)
