"""A lesson: summary, listen, read, cards, quiz, demo, links."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TabbedContent, TabPane

from cnntutor.course.models import Topic
from cnntutor.course.tabs import TABS, check_tab
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson
from cnntutor.tui.screens.room import EVERYWHERE, Room

if TYPE_CHECKING:
    from cnntutor.demos.client import WorkerClient


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
        Binding("right_square_bracket", "turn(1)", "Next tab (or 1–7)", key_display="]"),
        *(
            Binding(str(number), f"show('{name}')", label, show=False)
            for number, (name, label) in enumerate(TABS.items(), start=1)
        ),
        *EVERYWHERE,
    ]

    def __init__(self, route: ToLesson, services: Services, worker: WorkerClient) -> None:
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

    def body(self) -> ComposeResult:
        with TabbedContent(initial=self._route.tab):
            for name, label in TABS.items():
                yield TabPane(label, id=name)

    def on_mount(self) -> None:
        """Let torch warm up in its own process while the learner reads."""
        self.run_worker(self._worker.start(), group="warm-up")

    def action_turn(self, step: int) -> None:
        names = list(TABS)
        tabs = self.query_one(TabbedContent)
        tabs.active = names[(names.index(tabs.active) + step) % len(names)]

    def action_show(self, name: str) -> None:
        self.query_one(TabbedContent).active = name

    @on(TabbedContent.TabActivated)
    async def _fill(self, event: TabbedContent.TabActivated) -> None:
        pane = event.pane
        if not pane.children:
            await pane.mount(self._pane(pane.id or "summary"))
        self.call_after_refresh(self._focus_in, pane)

    def _focus_in(self, pane: TabPane) -> None:
        """Put the cursor into the tab, unless the tab has put it somewhere itself."""
        inside = [widget for widget in self.focus_chain if pane in widget.ancestors]
        if inside and self.focused not in inside:
            inside[0].focus()

    def _pane(self, name: str) -> Widget:
        if name == "demo":
            from cnntutor.tui.screens.lesson.demo import DemoPane

            return DemoPane(self._topic, self._worker, self._route.demo)
        return PANES[name](self._topic, self._services, self._route)


Maker = Callable[[Topic, Services, ToLesson], Widget]


def _summary(topic: Topic, services: Services, route: ToLesson) -> Widget:
    from cnntutor.tui.screens.lesson.summary import SummaryPane

    return SummaryPane(topic)


def _listen(topic: Topic, services: Services, route: ToLesson) -> Widget:
    from cnntutor.tui.screens.lesson.listen import ListenPane

    return ListenPane(topic)


def _read(topic: Topic, services: Services, route: ToLesson) -> Widget:
    from cnntutor.tui.screens.lesson.read import ReadPane

    return ReadPane(topic, services.store, section=route.section)


def _cards(topic: Topic, services: Services, route: ToLesson) -> Widget:
    from cnntutor.tui.screens.lesson.cards import CardsPane

    return CardsPane(topic, services.store)


def _quiz(topic: Topic, services: Services, route: ToLesson) -> Widget:
    from cnntutor.tui.screens.lesson.quiz import QuizPane

    return QuizPane(topic, services.store)


def _links(topic: Topic, services: Services, route: ToLesson) -> Widget:
    from cnntutor.tui.screens.lesson.links import LinksPane

    return LinksPane(topic)


PANES: dict[str, Maker] = {
    "summary": _summary,
    "listen": _listen,
    "read": _read,
    "cards": _cards,
    "quiz": _quiz,
    "links": _links,
}
