"""A lesson: summary, listen, read, cards, quiz, demo, links."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TabbedContent, TabPane

from cnntutor.course.tabs import TABS, check_tab
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.widgets.player_bar import PlayerBar

if TYPE_CHECKING:
    from cnntutor.demos.client import WorkerClient
    from cnntutor.listen.library import Library
    from cnntutor.listening import Listening


class _Tab(TabPane):
    """A tab that shows nothing until it is filled; a bare TabPane would show its own name."""

    def render(self) -> str:
        return ""


class LessonScreen(Room):
    """One topic in seven tabs. A tab is built when it is first looked at."""

    HERE = "path"
    DEFAULT_CSS = """
    LessonScreen {
        TabbedContent { height: 1fr; }
        TabPane { padding: 0; height: 1fr; }
        ContentSwitcher { height: 1fr; }
        ContentTabs { padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "turn(-1)", "Tab before", key_display="[", show=False),
        Binding("right_square_bracket", "turn(1)", "Next tab", key_display="]"),
        *(
            Binding(str(number), f"show('{name}')", label, show=False)
            for number, (name, label) in enumerate(TABS.items(), start=1)
        ),
        *EVERYWHERE,
    ]

    def __init__(self, route: ToLesson, services: Services, worker: WorkerClient, listening: Listening) -> None:
        """Open a lesson.

        Raises:
            UsageError: there is no such topic or tab.
        """
        self._topic = services.course.topic(route.slug)
        super().__init__(trail=self._topic.title)
        check_tab(route.tab)
        self._route = route
        self._services = services
        self._worker = worker
        self._hosts = listening

    def body(self) -> ComposeResult:
        with TabbedContent(initial=self._route.tab):
            for name, label in TABS.items():
                yield _Tab(label, id=name)

    def on_mount(self) -> None:
        """Let torch warm up in its own process while the learner reads."""
        self.run_worker(self._worker.start(), group="warm-up")

    def leave(self) -> None:
        """Let every pane keep what it wants to find again."""
        for tab in self.query(TabPane):
            for pane in tab.children:
                if isinstance(pane, Pane):
                    pane.leave()

    def action_turn(self, step: int) -> None:
        names = list(TABS)
        tabs = self.query_one(TabbedContent)
        tabs.active = names[(names.index(tabs.active) + step) % len(names)]

    def action_show(self, name: str) -> None:
        self.query_one(TabbedContent).active = name

    @on(TabbedContent.TabActivated)
    async def _fill(self, event: TabbedContent.TabActivated) -> None:
        pane = event.pane
        for bar in self.query(PlayerBar):
            bar.look()
        if not pane.children:
            await pane.mount(self._pane(pane.id or "summary"))
        (content,) = pane.children
        if isinstance(content, Pane):
            self.call_after_refresh(content.focus_first)

    @property
    def shows_player(self) -> bool:
        """Whether this lesson is on and its Listen tab is looked at."""
        return self.query_one(TabbedContent).active == "listen" and self._hosts.topic is self._topic

    async def action_listening(self, what: str) -> None:
        """Steer the lesson that is on; where it is this one, its tab is at hand."""
        if what == "open" and self._hosts.topic is self._topic:
            self.action_show("listen")
        else:
            await super().action_listening(what)

    @property
    def _library(self) -> Library:
        from cnntutor.listen.library import Library

        return Library(self._services.course, self._services.store.settings.piper)

    def _pane(self, name: str) -> Pane:
        """The content of a tab. Imported here, so that a lesson opens without paying for all seven."""
        topic, store, route = self._topic, self._services.store, self._route
        match name:
            case "listen":
                from cnntutor.tui.screens.lesson.listen import ListenPane

                table = self._library.timetable(topic)
                return ListenPane(topic, self._hosts, self._worker, table, play=route.play)
            case "read":
                from cnntutor.tui.screens.lesson.read import ReadPane

                return ReadPane(topic, store, section=route.section)
            case "cards":
                from cnntutor.tui.screens.lesson.cards import CardsPane

                return CardsPane(topic, store, card=route.card)
            case "quiz":
                from cnntutor.tui.screens.lesson.quiz import QuizPane

                return QuizPane(topic, store)
            case "demo":
                from cnntutor.tui.screens.lesson.demo import DemoPane

                return DemoPane(topic, self._worker, store, route.demo, route.card)
            case "links":
                from cnntutor.tui.screens.lesson.links import LinksPane

                return LinksPane(topic)
            case _:
                from cnntutor.tui.screens.lesson.summary import SummaryPane

                return SummaryPane(topic, self._library.seconds(topic))
