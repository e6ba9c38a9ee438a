"""Today: what waits, the next step, the streak, a year of answers and the month ahead."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from cnntutor.course.journey import Activity
from cnntutor.memory.models import Counts
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import Go, Route, ToLesson, ToPath, ToQuiz, ToReview
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.widgets.forecast import Forecast
from cnntutor.tui.widgets.heat_map import HeatMap
from cnntutor.tui.widgets.memory_panel import MemoryPanel
from cnntutor.tui.widgets.step_panel import StepPanel
from cnntutor.tui.widgets.top_bar import TopBar
from cnntutor.tui.widgets.waiting_panel import WaitingPanel
from cnntutor.wording import plural

if TYPE_CHECKING:
    from cnntutor.memory.glance import Glance
    from cnntutor.memory.stats import Statistics
    from cnntutor.plan import Plan
    from cnntutor.services import Services


class TodayScreen(Room):
    """The first screen. It is painted from a glance at the database and completed when the store is open."""

    HERE = "today"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "Start"),
        Binding("n", "next_step", "Next step"),
        Binding("c", "catch_up", "Catch up"),
        Binding("p", "go('path')", "Path"),
        Binding("slash", "go('search')", "Search", key_display="/"),
        Binding("comma", "go('settings')", "Settings", key_display=","),
        Binding("q", "quit_app", "Quit"),
        Binding("escape", "stay", "Back", show=False),
        *(
            binding
            for binding in EVERYWHERE
            if binding.action in {"go('review')", "go('demos')", "help"} or binding.action.startswith("listening")
        ),
    ]

    class Planned(Message):
        """The plan is made."""

        def __init__(self, plan: Plan) -> None:
            super().__init__()
            self.plan = plan

    def __init__(self, glance: Glance | None) -> None:
        super().__init__(counts=glance.counts if glance is not None else None)
        self._services: Services | None = None
        self._plan: Plan | None = None

    def body(self) -> ComposeResult:
        with Vertical(classes="today"):
            with Horizontal(classes="panels"):
                yield WaitingPanel(self._counts)
                yield StepPanel()
            with Vertical(classes="panel year") as year:
                year.border_title = "A year of answers"
                yield HeatMap()
            with Vertical(classes="panel month") as month:
                month.border_title = "Reviews in the next 30 days"
                yield Forecast()
            with Vertical(classes="panel memory") as memory:
                memory.border_title = "In memory"
                yield MemoryPanel()

    def open(self, services: Services) -> None:
        """Take the opened services and show everything."""
        self._services = services
        self._make_plan()

    def on_screen_resume(self) -> None:
        """Plan anew, once the screen just left has kept what it had to keep."""
        if self._services is not None:
            self.call_after_refresh(self._make_plan)

    @work(thread=True, exclusive=True, group="plan")
    def _make_plan(self) -> None:
        from cnntutor.plan import make_plan

        if self._services is not None:
            self.post_message(self.Planned(make_plan(self._services.course, self._services.store)))

    @on(Planned)
    def _show_plan(self, message: Planned) -> None:
        if self._services is None:
            return
        plan = self._plan = message.plan
        statistics = plan.statistics
        now = self._services.store.now()
        self._show_counts(plan.queue.counts)
        self.query_one(WaitingPanel).show_plan(plan, now)
        self.query_one(StepPanel).show(plan)
        heat_map = self.query_one(HeatMap)
        heat_map.today = date.fromordinal(statistics.day)
        heat_map.answers = {date.fromordinal(day): count for day, count in statistics.heat.items()}
        year = self.query_one(".year")
        year.border_subtitle = year_line(statistics)
        self.query_one(Forecast).due = statistics.forecast
        self.query_one(".month").border_subtitle = f"{sum(statistics.forecast):,} reviews"
        self.query_one(MemoryPanel).show(self._services.course, statistics)
        self.refresh_bindings()

    def _show_counts(self, counts: Counts) -> None:
        self.query_one(WaitingPanel).counts = counts
        self.query_one(TopBar).counts = counts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "catch_up":
            plan = self._plan
            return plan is not None and bool(plan.offer or plan.catching_up or plan.queue.backlog)
        return True

    def action_quit_app(self) -> None:
        self.app.exit()

    def action_stay(self) -> None:
        """Escape means back everywhere; here there is nothing to go back to, and nobody loses the app by it."""
        self.notify("q quits.", timeout=2)

    def action_start(self) -> None:
        """Review what waits; when nothing does, take the next step."""
        if self._plan is None:
            return
        if self._plan.queue.cards:
            self.post_message(Go(ToReview()))
        else:
            self.action_next_step()

    @on(StepPanel.Chosen)
    def action_next_step(self) -> None:
        if self._plan is not None and self._plan.step is not None:
            self.post_message(Go(route_of(self._plan)))

    @on(WaitingPanel.Chosen)
    def _review(self) -> None:
        self.post_message(Go(ToReview()))

    def action_catch_up(self) -> None:
        from cnntutor.tui.screens.catch_up import CatchUpScreen

        if self._services is not None:
            with guarded(self):
                self.app.push_screen(CatchUpScreen(self._services.store))


def year_line(statistics: Statistics) -> str:
    """A year in figures: answers, and days in a row."""
    parts = [plural(sum(statistics.heat.values()), "answer")]
    if statistics.streak:
        parts.append(f"{plural(statistics.streak, 'day')} in a row")
    if statistics.best_streak > statistics.streak:
        parts.append(f"best {statistics.best_streak}")
    return "  ·  ".join(parts)


def route_of(plan: Plan) -> Route:
    """Where the plan's next step is taken; where it waits for tomorrow, to the lesson it belongs to."""
    step = plan.step
    if step is None:
        return ToPath()
    match step.activity:
        case Activity.READ:
            return ToLesson(step.topic.slug, tab="read")
        case Activity.LEARN if plan.waits_for_tomorrow:
            return ToLesson(step.topic.slug)
        case Activity.LEARN:
            return ToReview(topic=step.topic.slug)
        case Activity.QUIZ:
            return ToQuiz(step.topic.slug)
