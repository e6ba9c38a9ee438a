"""Where to read on: the sources experts trust, opened in the browser or copied."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets.option_list import Option

from cnntutor.course.models import Resource, Topic
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.scroller import Options


class LinksPane(Vertical, Pane):
    """The topic's resources. Enter opens one, `y` copies its address."""

    DEFAULT_CSS = """
    LinksPane {
        height: 1fr;
        align-horizontal: center;
        padding: 1 1;
        Options { height: 1fr; max-width: 110; background: transparent; border: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy the address"),
    ]

    def __init__(self, topic: Topic) -> None:
        super().__init__()
        self._resources = topic.resources

    def compose(self) -> ComposeResult:
        yield Options(*(Option(prompt_of(resource)) for resource in self._resources))

    def on_mount(self) -> None:
        self.query_one(Options).highlighted = 0 if self._resources else None

    def _chosen(self) -> Resource | None:
        row = self.query_one(Options).highlighted
        return None if row is None else self._resources[row]

    @on(Options.OptionSelected)
    def action_open(self) -> None:
        resource = self._chosen()
        if resource is not None:
            self.app.open_url(resource.url)
            self.notify(resource.url, title="Opened in the browser; y copies the address")

    def action_copy(self) -> None:
        resource = self._chosen()
        if resource is not None:
            self.app.copy_to_clipboard(resource.url)
            self.notify(resource.url, title="Copied")


def prompt_of(resource: Resource) -> Text:
    """Three lines about one resource: title, where it is from, why."""
    text = Text()
    text.append(resource.title, style="bold")
    text.append(f"\n{resource.authors} ({resource.year})  ·  {resource.kind}  ·  {resource.minutes} min", style="dim")
    text.append(f"\n{resource.why}\n", style="italic")
    return text
