"""The podcast's transcript, sentence by sentence with its times."""

from __future__ import annotations

from itertools import groupby

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor.course.models import Topic
from cnntutor.listen.timing import TimedLine, duration, timetable
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.scroller import Scroller
from cnntutor.wording import clock, plural


class ListenPane(Vertical, Pane):
    """The transcript by chapters: when each sentence is said, by whom, and what."""

    COMPONENT_CLASSES = {"listen--time", "listen--first", "listen--second"}  # noqa: RUF012
    DEFAULT_CSS = """
    ListenPane {
        height: 1fr;
        Scroller { height: 1fr; align-horizontal: center; padding: 1 2; }
        .column { width: 100%; max-width: 96; height: auto; }
        .head { color: $text-muted; margin-bottom: 1; }
        .chapter { color: $primary; text-style: bold; margin: 1 0; }
        .listen--time { color: $text-disabled; }
        .listen--first { color: $secondary; text-style: bold; }
        .listen--second { color: $accent; text-style: bold; }
    }
    """

    def __init__(self, topic: Topic) -> None:
        super().__init__()
        self._topic = topic
        by_chapter = groupby(timetable(topic.script), key=lambda line: line.chapter)
        self._chapters = {index: list(lines) for index, lines in by_chapter}

    def compose(self) -> ComposeResult:
        script = self._topic.script
        with Scroller(), Vertical(classes="column"):
            head = f"{clock(duration(script))}  ·  {plural(len(script.chapters), 'chapter')}"
            yield Static(head, classes="head", markup=False)
            for index in self._chapters:
                yield Static(script.chapters[index].title, classes="chapter", markup=False)
                yield Static(classes="lines", id=f"chapter-{index}", markup=False)

    def on_mount(self) -> None:
        for index, lines in self._chapters.items():
            self.query_one(f"#chapter-{index}", Static).update(self._table(lines))

    def _table(self, lines: list[TimedLine]) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style=self.get_component_rich_style("listen--time"), no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        said_by = ""
        for line in lines:
            name = Text(line.host if line.host != said_by else "", style=self._host_style(line.host))
            table.add_row(clock(line.start), name, line.text)
            said_by = line.host
        return table

    def _host_style(self, host: str) -> str:
        hosts = [line.host for chapter in self._topic.script.chapters for line in chapter.lines]
        which = "listen--first" if host == hosts[0] else "listen--second"
        return str(self.get_component_rich_style(which))
