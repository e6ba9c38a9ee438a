"""Listen: the lesson as a podcast, its transcript lit sentence by sentence, its demo moving along beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from cnntutor.course.models import Topic
from cnntutor.listen.player import BACK, LOUDER, ON
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import Go, ToLesson
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.cue_stage import CueStage
from cnntutor.tui.widgets.player_panel import Buttons, PlayerPanel, PlayerState
from cnntutor.tui.widgets.position_bar import PositionBar, Stretch
from cnntutor.tui.widgets.transcript import NOTHING, Transcript
from cnntutor.wording import percent, plural

if TYPE_CHECKING:
    from cnntutor.demos.client import WorkerClient
    from cnntutor.listen.timing import Timetable
    from cnntutor.listening import Listening

LOOKS_EVERY = 0.05
"""Seconds between two looks at the player: the lit sentence must be within 100 ms of the sound."""

LEAD = 0.03
"""Seconds by which a sentence is lit ahead: what is drawn now is seen a little later, and the next look later still."""


class ListenPane(Vertical, Pane):
    """Transcript above, player below; a cue of the script brings the demo up beside the transcript."""

    DEFAULT_CSS = """
    ListenPane {
        height: 1fr;
        .said { height: 1fr; }
        Transcript { width: 1fr; }
        .none { padding: 2; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play"),
        Binding("left", f"skip({BACK})", "Back 15 s", show=False),
        Binding("right", f"skip({ON})", "On 30 s", show=False),
        Binding("h,shift+left", "sentence(-1)", "Sentence before", show=False),
        Binding("l,shift+right", "sentence(1)", "Next sentence", show=False),
        Binding("H,ctrl+left", "chapter(-1)", "Chapter before", show=False),
        Binding("L,ctrl+right", "chapter(1)", "Next chapter", show=False),
        Binding("plus,equals_sign", "pace(1)", "Faster", show=False, key_display="+"),
        Binding("minus", "pace(-1)", "Slower", show=False, key_display="-"),
        Binding("0", "louder(1)", "Louder", show=False),
        Binding("9", "louder(-1)", "Softer", show=False),
        Binding("z", "sleep", "Sleep timer", show=False),
        Binding("f", "follow", "Follow"),
        Binding("m", "mark", "Mark"),
        Binding("M", "marks", "Bookmarks", show=False),
        Binding("c", "card", "Card"),
        Binding("d", "demo", "Demo"),
        Binding("n", "next_lesson", "Next lesson", show=False),
        Binding("a", "plays_on", "Next lesson by itself", show=False),
    ]

    def __init__(
        self, topic: Topic, listening: Listening, worker: WorkerClient, table: Timetable, *, play: bool = False
    ) -> None:
        """Show a lesson.

        Args:
            topic: which.
            listening: the app's one player.
            worker: runs the demos of cues.
            table: when each sentence is said, as far as known before the lesson is put on.
            play: whether it plays at once.
        """
        super().__init__()
        self._topic = topic
        self._listening = listening
        self._worker = worker
        self._table = table
        self._play = play
        self.can_focus = not table.lines  # the keys work where there is no transcript to focus as well
        self._cued = NOTHING
        self._marked: tuple[int, ...] = ()

    def compose(self) -> ComposeResult:
        if not self._table.lines:
            yield Static("Nothing is said in this lesson yet.", classes="none")
            return
        with Horizontal(classes="said"):
            yield Transcript(self._table)
            yield CueStage(self._worker)
        yield PlayerPanel()

    def on_mount(self) -> None:
        if not self._table.lines:
            return
        with guarded(self):
            self._read_marks()
        self._look()
        self.set_interval(LOOKS_EVERY, self._look)
        if self._play or not self._listening.player.playing:
            self._put_on(play=self._play)

    def focus_first(self) -> None:
        for wanted in self.query(Transcript) or [self]:
            wanted.focus()

    def leave(self) -> None:
        with guarded(self):
            self._listening.keep()

    # The lesson that is on

    @property
    def _mine(self) -> bool:
        """Whether the player has this lesson on, and not another one."""
        return self._listening.topic is self._topic

    def _put_on(self, *, play: bool = False) -> None:
        self.run_worker(self._put_on_now(play), group="put-on")

    async def _put_on_now(self, play: bool) -> None:
        with guarded(self):
            await self._listening.put_on(self._topic)
            if play and self._mine and not self._listening.player.playing:
                await self._listening.toggle()

    def _look(self) -> None:
        """Show where the player is. Nothing is drawn that has not changed."""
        if not self.is_attached:
            return
        table = self._listening.player.timetable if self._mine else self._table
        transcript = self.query_one(Transcript)
        transcript.retime(table, self._marked)
        index = self._listening.player.index if self._mine else NOTHING
        transcript.light(index)
        self._cue(index)
        self.query_one(PlayerPanel).state = self._state(table)

    def _state(self, table: Timetable) -> PlayerState:
        player = self._listening.player
        position = player.position if self._mine else 0.0
        chapter = table.chapter_at(position)
        chapters = table.chapters
        stretch = Stretch(
            position=int(position),
            duration=table.duration,
            chapters=tuple(start for start, _ in chapters),
            bookmarks=tuple(table.lines[number].start for number in self._marked),
        )
        left = player.sleeps_in
        return PlayerState(
            stretch=stretch,
            playing=player.playing and self._mine,
            chapter=f"{chapter + 1}/{len(chapters)}  {chapters[chapter][1]}" if chapters else "",
            speed=player.speed,
            volume=player.volume,
            sleep=player.sleep.label if left is None else f"in {max(1, round(left / 60))} min",
            plays_on=self._listening.plays_on,
            silent=self._mine and not self._listening.heard,
            note=self._note(),
        )

    def _note(self) -> str:
        if self._listening.making is not None:
            return f"making the sound, {percent(self._listening.making)}"
        topic = self._listening.topic
        if topic is not None and not self._mine:
            return f"space plays this lesson instead of “{topic.title}”"
        if not self.query_one(Transcript).following:
            return "scrolled by hand · f follows again"
        return self._listening.status

    def _cue(self, index: int) -> None:
        """At a sentence with a cue, bring the demo up or move it, where the reader can see it.

        Elsewhere it would take the worker away from a demo that she runs herself.
        """
        if index in {self._cued, NOTHING} or not self._listening.player.playing or not self._is_seen:
            return
        self._cued = index
        demo = self._listening.player.timetable.lines[index].sentence.demo
        if demo is not None:
            self.run_worker(self.query_one(CueStage).show(demo), group="cue")

    @property
    def _is_seen(self) -> bool:
        return self.app.screen is self.screen and self.is_on_screen

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nothing is said, there is nothing but the next lesson."""
        return bool(self._table.lines) or action == "next_lesson" or not hasattr(self, f"action_{action}")

    async def action_play(self) -> None:
        if not self._mine:
            self._put_on(play=True)
            return
        with guarded(self):
            await self._listening.toggle()
        self._look()

    def action_skip(self, seconds: float) -> None:
        if self._mine:
            self._listening.player.skip(seconds)

    def action_sentence(self, step: int) -> None:
        if self._mine:
            self._listening.player.step_sentence(step)

    def action_chapter(self, step: int) -> None:
        if self._mine:
            self._listening.player.step_chapter(step)

    def action_pace(self, steps: int) -> None:
        if self._mine:
            self._listening.player.change_speed(steps)

    def action_louder(self, steps: int) -> None:
        player = self._listening.player
        player.set_volume(player.volume + steps * LOUDER)

    def action_sleep(self) -> None:
        if self._mine:
            self._listening.player.next_sleep()

    def action_follow(self) -> None:
        self.query_one(Transcript).follow()

    def action_plays_on(self) -> None:
        with guarded(self):
            self._listening.set_plays_on(not self._listening.plays_on)

    def action_next_lesson(self) -> None:
        """The next lesson, playing."""
        following = self._listening.following(self._topic)
        if following is None:
            self.notify("This is the last lesson of the course.")
            return
        self.post_message(Go(ToLesson(following.slug, tab="listen", play=True, instead=True)))

    @on(Transcript.Chosen)
    def _play_from(self, event: Transcript.Chosen) -> None:
        event.stop()
        self.run_worker(self._go_to(event.number, play=True), group="put-on")

    async def _go_to(self, number: int, *, play: bool) -> None:
        """Go to a sentence of this lesson, whatever is on."""
        if not self._mine:
            await self._put_on_now(play=False)
        if not self._mine:
            return
        self._listening.player.go_to_sentence(number)
        if play and not self._listening.player.playing:
            with guarded(self):
                await self._listening.toggle()
        self._look()
        self.query_one(Transcript).follow()

    @on(PositionBar.Sought)
    def _sought(self, event: PositionBar.Sought) -> None:
        event.stop()
        if self._mine:
            self._listening.player.seek(event.seconds)

    @on(Buttons.Pressed)
    async def _pressed(self, event: Buttons.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)

    # What a sentence offers

    def action_card(self) -> None:
        """Put the card of the sentence under the cursor into today's review."""
        cards = self._listening.cards_at(self.query_one(Transcript).cursor, self._topic)
        if not cards:
            self.notify("No card belongs to this sentence.")
            return
        with guarded(self):
            self._listening.review(cards)
            self.notify(f"{plural(len(cards), 'card')} in today's review: {', '.join(cards)}")

    def action_demo(self) -> None:
        """Pause the hosts and hand the demo over, as it stands in the script."""
        link = self._listening.demo_at(self.query_one(Transcript).cursor, self._topic)
        with guarded(self):
            self._listening.leave()
        self.post_message(Go(ToLesson(self._topic.slug, tab="demo", demo=link)))

    def action_mark(self) -> None:
        """Bookmark the sentence under the cursor, with a note."""
        from cnntutor.tui.screens.ask import AskScreen

        number = self.query_one(Transcript).cursor
        marks = self._listening.bookmarks(self._topic)
        kept = next((mark.note for mark in marks if mark.sentence == number), "")
        text = self._table.lines[number].text
        screen = AskScreen("Bookmark", f"{text}\n\nYour note (may stay empty):", kept, may_be_empty=True)
        self.app.push_screen(screen, lambda note: self._keep_mark(number, note))

    def _keep_mark(self, number: int, note: str | None) -> None:
        if note is None:
            return
        with guarded(self):
            self._listening.bookmark(number, note, self._topic)
            self._read_marks()

    def _read_marks(self) -> None:
        self._marked = tuple(mark.sentence for mark in self._listening.bookmarks(self._topic))

    def action_marks(self) -> None:
        """The bookmarks of this lesson."""
        from cnntutor.tui.screens.bookmarks import BookmarksScreen

        starts = (self._listening.player.timetable if self._mine else self._table).starts
        self.app.push_screen(BookmarksScreen(self._listening, self._topic, starts), self._go_to_mark)

    def _go_to_mark(self, number: int | None) -> None:
        with guarded(self):
            self._read_marks()
        if number is not None:
            self.run_worker(self._go_to(number, play=False), group="put-on")
