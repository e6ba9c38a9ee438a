"""Following a link in course text: another lesson inside the app, or the browser."""

from __future__ import annotations

from textual.widget import Widget

from cnntutor.tui.routes import Go, ToLesson


def follow(widget: Widget, href: str) -> None:
    """Open `href`: `topic:SLUG` or `topic:SLUG#section` is a lesson, `#section` stays, all else is a web address."""
    if href.startswith("topic:"):
        slug, _, section = href.removeprefix("topic:").partition("#")
        widget.post_message(Go(ToLesson(slug, tab="read" if section else "summary", section=section)))
    elif href.startswith(("http://", "https://")):
        widget.app.open_url(href)
        widget.notify(href, title="Opened in the browser")
