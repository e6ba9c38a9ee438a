"""The app: it lists the screens and hands them the services. It owns nothing else."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.theme import Theme

from cnntutor.errors import CnntutorError
from cnntutor.listen.happened import Happened
from cnntutor.services import Opener, Services
from cnntutor.tui import themes
from cnntutor.tui.guard import cause_of
from cnntutor.tui.routes import (
    Go,
    Route,
    ToGallery,
    ToLesson,
    ToPath,
    ToQuiz,
    ToReview,
    ToSearch,
    ToSettings,
    ToToday,
    ToWalk,
)
from cnntutor.tui.screens.room import Room
from cnntutor.tui.screens.today import TodayScreen
from cnntutor.tui.tidying import Tidying

if TYPE_CHECKING:
    from cnntutor.course.models import Topic
    from cnntutor.demos.client import WorkerClient
    from cnntutor.listening import Listening
    from cnntutor.memory.glance import Glance


class CnntutorApp(App[CnntutorError]):
    """The terminal app. `run()` returns the error that ended it, or None."""

    TITLE = "cnntutor"
    CSS_PATH = "styles.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-huge")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (46, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+p", "command_palette", "Command palette", show=False, priority=True),
    ]

    class Ready(Message):
        """The services are open."""

        def __init__(self, services: Services) -> None:
            super().__init__()
            self.services = services

    class Failed(Message):
        """The services cannot be opened."""

        def __init__(self, error: CnntutorError) -> None:
            super().__init__()
            self.error = error

    def __init__(
        self,
        opener: Opener,
        glance: Glance | None = None,
        start: Route | None = None,
        *,
        worker: WorkerClient | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the app.

        Args:
            opener: opens course and store; called off the event loop once the first screen is painted.
            glance: what waits today, for the first paint; None when there is no database yet.
            start: where to go as soon as the services are open, instead of staying on Today.
            worker: runs the demos, and outlives the app; without it the app makes one when a lesson opens.
            clock: seconds that only ever grow, by which a lesson without sound runs.
        """
        super().__init__()
        self._opener = opener
        self._today = TodayScreen(glance)
        self._start = start
        self._clock = clock
        self._services: Services | None = None
        self._worker = worker
        self._lent_worker = worker is not None
        self._listening: Listening | None = None
        self._tidying = Tidying()
        for theme in themes.OURS:
            self.register_theme(theme)
        wanted = glance.theme if glance else themes.DEFAULT
        self.theme = wanted if wanted in self.available_themes else themes.DEFAULT

    def on_mount(self) -> None:
        self._tidying.take_over()
        if not self.is_headless:
            self._leave_on_signals()
        self.push_screen(self._today)
        self.call_after_refresh(self._open_services)

    def _leave_on_signals(self) -> None:
        """Told to end, give the terminal back as it was; Textual does so for Ctrl+C alone."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            with suppress(AttributeError, NotImplementedError):  # Windows has neither
                loop.add_signal_handler(getattr(signal, name), self.exit)

    @work(thread=True, exclusive=True, group="services")
    def _open_services(self) -> None:
        try:
            self.post_message(self.Ready(self._opener()))
        except CnntutorError as error:
            self.post_message(self.Failed(error))

    def on_cnntutor_app_ready(self, message: Ready) -> None:
        self._services = message.services
        self._tidying.settle_in()
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        self._today.open(message.services)
        from cnntutor.course.models import problem_line

        complaint = problem_line(message.services.course)
        if complaint:
            self.notify(complaint, severity="warning", timeout=15)
        if self._start is not None:
            self._open(self._start)

    def on_cnntutor_app_failed(self, message: Failed) -> None:
        self.exit(message.error)

    def _handle_exception(self, error: Exception) -> None:
        """An error of ours that no screen could deal with (a full disk, say) ends the app with its one line.

        Textual has no public hook for this. What was answered before is on disk already.
        """
        cause = cause_of(error)
        if isinstance(cause, CnntutorError):
            self.exit(cause)
        else:
            super()._handle_exception(error)

    def _keep_theme(self, theme: Theme) -> None:
        """A theme chosen in the settings or in the command palette is there again tomorrow."""
        if self._services is None or self._services.store.settings.theme == theme.name:
            return
        store = self._services.store
        try:
            store.save_settings(replace(store.settings, theme=theme.name))
        except CnntutorError as error:
            self.notify(str(error), severity="error")

    def on_go(self, message: Go) -> None:
        message.stop()
        self._open(message.route)

    def _open(self, route: Route) -> None:
        """Show the screen of a route; screens between Today and it are left first."""
        if self._services is None:
            return
        if isinstance(route, ToToday):
            self._leave_to_today()
            return
        try:
            screen = self._screen_of(route, self._services)
        except CnntutorError as error:
            self.notify(str(error), severity="error")
            return
        if not isinstance(route, ToLesson | ToQuiz):
            self._leave_to_today()
        elif isinstance(route, ToLesson) and route.instead and len(self.screen_stack) > 2:
            self._leave_screen()
        if isinstance(screen, Room):
            screen.show_counts(self._services.store.queue().counts)
        self.push_screen(screen)
        self.call_after_refresh(self._show_listening)
        self.call_after_refresh(self._tidying.tidy)

    def _leave_to_today(self) -> None:
        while len(self.screen_stack) > 2:
            self._leave_screen()

    def _leave_screen(self) -> None:
        if isinstance(self.screen, Room):
            self.screen.leave()
        self.pop_screen()

    def _screen_of(self, route: Route, services: Services) -> Screen[None]:
        """The screen of a route. Imported here, so that the first paint pays for Today alone."""
        match route:
            case ToPath():
                from cnntutor.tui.screens.path import PathScreen

                return PathScreen(services)
            case ToReview():
                from cnntutor.tui.screens.review import ReviewScreen

                return ReviewScreen(route, services)
            case ToLesson():
                from cnntutor.tui.screens.lesson.screen import LessonScreen

                return LessonScreen(route, services, self._demo_worker(), self._listening_of(services))
            case ToQuiz():
                from cnntutor.tui.screens.quiz import QuizScreen

                return QuizScreen(route, services)
            case ToSearch():
                from cnntutor.tui.screens.search import SearchScreen

                return SearchScreen(route, services)
            case ToGallery():
                from cnntutor.tui.screens.gallery import GalleryScreen

                return GalleryScreen(route, services)
            case ToWalk():
                from cnntutor.tui.screens.walk import WalkScreen

                return WalkScreen(route, services, self._demo_worker())
            case ToSettings():
                from cnntutor.tui.screens.settings import SettingsScreen

                return SettingsScreen(services)
            case ToToday():
                return self._today

    def _demo_worker(self) -> WorkerClient:
        """The one worker process for demos; it starts when a lesson first opens."""
        from cnntutor.demos.client import WorkerClient

        if self._worker is None:
            self._worker = WorkerClient()
        return self._worker

    # Listening goes on while the learner is elsewhere

    def _listening_of(self, services: Services) -> Listening:
        """The one player; it costs nothing before a Listen tab opens."""
        from cnntutor.listening import TICK, Listening

        if self._listening is None:
            self._listening = Listening(services, clock=self._clock)
            self.set_interval(TICK, self._tick)
        return self._listening

    def _show_listening(self) -> None:
        for screen in self.screen_stack:
            if self._listening is not None and isinstance(screen, Room):
                screen.show_listening(self._listening)

    def _tick(self) -> None:
        assert self._listening is not None
        try:
            happened = self._listening.tick()
        except CnntutorError as error:
            self.notify(str(error), severity="error", timeout=10)
            return
        if happened is None:
            return
        what, line = happened
        if line:
            self.notify(line, severity="warning" if what is Happened.TROUBLE else "information", timeout=10)
        if what is Happened.ENDED:
            self._after_lesson(self._listening)

    def _after_lesson(self, listening: Listening) -> None:
        """The next lesson, if the learner wants it by itself; on the screen too, if she watched the last one."""
        following = listening.following(listening.topic) if listening.topic is not None else None
        if following is None:
            return
        watched = isinstance(self.screen, Room) and self.screen.shows_player
        if not listening.plays_on:
            key = " (n)" if watched else ""
            self.notify(f"Next: {following.title}{key}", title="The lesson is over")
        elif watched:
            self._open(ToLesson(following.slug, tab="listen", play=True, instead=True))
        else:
            self.run_worker(self._play(listening, following), group="next-lesson")

    async def _play(self, listening: Listening, topic: Topic) -> None:
        try:
            await listening.put_on(topic)
            if listening.topic is topic and not listening.player.playing:
                await listening.toggle()
        except CnntutorError as error:
            self.notify(str(error), severity="error", timeout=10)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        # Textual's own list of keys would be a second help beside `?`.
        yield from (command for command in super().get_system_commands(screen) if command.title != "Keys")
        if self._services is None:
            return
        for title, text, route in (
            ("Review", "Review what is due", ToReview()),
            ("Path", "The course as a tree", ToPath()),
            ("Demos", "All demos", ToGallery()),
            ("Tour", "The guided walk through the demos", ToWalk()),
            ("Search", "Search in everything", ToSearch()),
            ("Settings", "Limits, steps, looks", ToSettings()),
        ):
            yield SystemCommand(title, text, lambda route=route: self._open(route))
        for topic in self._services.course.topics():
            yield SystemCommand(
                f"Lesson: {topic.title}", "Open the lesson", lambda s=topic.slug: self._open(ToLesson(s))
            )
            yield SystemCommand(f"Quiz: {topic.title}", "Take the quiz", lambda s=topic.slug: self._open(ToQuiz(s)))

    async def on_unmount(self) -> None:
        self._tidying.hand_back()
        if self._listening is not None:
            with suppress(CnntutorError):
                await self._listening.close()
        if self._worker is not None and not self._lent_worker:
            await self._worker.close()
        if self._services is not None:
            self._services.store.close()
