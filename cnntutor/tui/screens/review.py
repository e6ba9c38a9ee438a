"""Review: question, answer, rating; the daily few minutes."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor.course.cards import Face
from cnntutor.errors import CnntutorError
from cnntutor.memory.models import FLAGS, Rating
from cnntutor.memory.session import ReviewSession
from cnntutor.services import Services
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import Go, ToLesson, ToReview
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.widgets.card_face import CardFace
from cnntutor.tui.widgets.progress_line import ProgressLine
from cnntutor.tui.widgets.rating_bar import RatingBar
from cnntutor.tui.widgets.session_summary import SessionSummary


class ShowAnswer(Static):
    """The bar below an unanswered card; a click flips it."""

    DEFAULT_CSS = """
    ShowAnswer {
        height: 4;
        content-align: center middle;
        background: $surface;
        border-top: heavy $primary;
        &:hover { background: $boost; pointer: pointer; }
    }
    """

    async def on_click(self) -> None:
        await self.run_action("screen.flip")


class ReviewScreen(Room):
    """One card after the other until nothing is due, then an honest summary."""

    HERE = "review"
    DEFAULT_CSS = """
    ReviewScreen {
        .session { height: 1fr; }
        RatingBar, SessionSummary { display: none; }
        &.-revealed RatingBar { display: block; }
        &.-revealed ShowAnswer { display: none; }
        &.-finished SessionSummary { display: block; }
        &.-finished .session { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "flip", "Show answer"),
        Binding("space,enter", "done", "Done"),
        *(Binding(str(key), f"rate({key})", f"Rate {key}", show=False) for key in range(1, 5)),
        Binding("h", "hint", "Hint"),
        Binding("u", "undo", "Undo"),
        Binding("e", "source", "Explain"),
        Binding("d", "demo", "Demo"),
        Binding("b", "bury", "Bury", show=False),
        Binding("s", "suspend", "Suspend", show=False),
        Binding("f", "flag", "Flag"),
        Binding("escape,q", "stop", "Stop", key_display="esc"),
        *EVERYWHERE,
    ]

    def __init__(self, route: ToReview, services: Services) -> None:
        """Start a session.

        Raises:
            UsageError: there is no such topic.
        """
        if route.topic is not None:
            services.course.topic(route.topic)
        super().__init__()
        self._course = services.course
        self._store = services.store
        self._session = ReviewSession(services.store, topic=route.topic, limit=route.limit)
        self._face: Face | None = None
        self._stopped = False

    def body(self) -> ComposeResult:
        with Vertical(classes="session"):
            yield ProgressLine()
            yield CardFace()
            yield ShowAnswer("[b]space[/]  shows the answer")
            yield RatingBar(two_buttons=self._store.settings.two_button)
        yield SessionSummary()

    async def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        await self._show()

    async def _show(self) -> None:
        """Show the session's current card, or the summary when there is none left."""
        shown = None if self._stopped else self._session.current
        self.query_one(ProgressLine).show(self._session)
        self.set_class(shown is None, "-finished")
        self.remove_class("-revealed")
        if shown is None:
            self._face = None
            with guarded(self):
                self.query_one(SessionSummary).show(self._session.summary(), self._course, self._store.now())
            self.refresh_bindings()
            return
        card = self._course.card(shown.card)
        self._face = card.draw(shown.seed)
        self.query_one(RatingBar).show(shown.preview)
        face = self.query_one(CardFace)
        await face.show(self._face, self._source_line(shown.card, shown.memory.flag))
        face.focus()
        self.refresh_bindings()

    def _source_line(self, card_id: str, flag: str) -> str:
        """Where a card is from; its flag first, since a narrow screen cuts the end."""
        topic = self._course.topic_of(card_id)
        section = topic.article.section(self._course.card(card_id).section)
        parts = [f"⚑ {flag}" if flag else "", topic.title, section.title if section else ""]
        return "  ›  ".join(part for part in parts if part)

    def _tick(self) -> None:
        if self._session.current is not None:
            self.query_one(ProgressLine).show(self._session)

    # Answering

    def action_flip(self) -> None:
        self.add_class("-revealed")
        self.query_one(CardFace).reveal()
        self.refresh_bindings()

    def action_done(self) -> None:
        """Leave the summary."""
        self.dismiss()

    async def action_rate(self, key: int) -> None:
        rating = self.query_one(RatingBar).rating_for(key)
        if rating is not None:
            await self._rate(rating)

    @on(RatingBar.Rated)
    async def _clicked(self, event: RatingBar.Rated) -> None:
        event.stop()
        await self._rate(event.rating)

    async def _rate(self, rating: Rating) -> None:
        """Record the rating; the next card shows only once it is on disk."""
        try:
            notice = self._session.rate(rating).notice
        except CnntutorError as error:
            self.notify(str(error), severity="error", timeout=10)
            return
        await self._show()
        if notice:
            self._say(notice)

    async def action_undo(self) -> None:
        """Take back what was done last in this session."""
        with guarded(self):
            row = self._session.undo()
            if row is None:
                self._say("Nothing to undo in this session.")
                return
            self._stopped = False
            await self._show()

    # Marks

    async def action_bury(self) -> None:
        with guarded(self):
            self._session.bury()
            await self._show()
            self._say("Hidden until tomorrow; u brings it back.")

    async def action_suspend(self) -> None:
        with guarded(self):
            self._session.suspend()
            await self._show()
            self._say("Suspended until you resume it in the lesson's Cards tab; u brings it back.")

    def action_flag(self) -> None:
        shown = self._session.current
        if shown is None:
            return
        with guarded(self):
            flag = FLAGS[(FLAGS.index(shown.memory.flag) + 1) % len(FLAGS)]
            self._session.flag(flag)
            self.query_one(".source", Static).update(self._source_line(shown.card, flag))

    def _say(self, line: str) -> None:
        """Say something above the card; a toast would lie over the buttons."""
        self.query_one(".source", Static).update(line)

    # Looking further

    def action_hint(self) -> None:
        self.query_one(CardFace).give_hint()

    def action_source(self) -> None:
        shown = self._session.current
        if shown is not None:
            card = self._course.card(shown.card)
            slug = self._course.topic_of(shown.card).slug
            self.post_message(Go(ToLesson(slug, tab="read", section=card.section)))

    def action_demo(self) -> None:
        shown = self._session.current
        if shown is not None and self._face is not None:
            slug = self._course.topic_of(shown.card).slug
            self.post_message(Go(ToLesson(slug, tab="demo", demo=self._face.demo, card=shown.card)))

    def action_stop(self) -> None:
        """Stop early: say honestly what was done, then leave."""
        if self._face is not None and self._session.progress.done:
            self._stopped = True
            self.call_later(self._show)
        else:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        showing = self._face is not None
        revealed = self.has_class("-revealed")
        match action:
            case "rate":
                return showing and revealed
            case "flip":
                return showing and not revealed
            case "done":
                return not showing
            case "hint":
                return showing and not revealed and bool(self._face and self._face.hint)
            case "demo":
                return showing and bool(self._face and self._face.demo)
            case "source" | "bury" | "suspend" | "flag":
                return showing
            case _:
                return True
