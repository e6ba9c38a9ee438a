"""Cards: every card of the topic, what is remembered of it, and the marks on it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets.option_list import Option

from cnntutor.course.cards import Card
from cnntutor.course.models import Topic
from cnntutor.memory.models import FLAGS, CardMemory, Phase
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import Go, ToLesson, ToReview
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.card_face import CardFace
from cnntutor.tui.widgets.scroller import Options
from cnntutor.wording import DAY, distance

if TYPE_CHECKING:
    from cnntutor.memory.store import Store

FLAG_COLOURS = {"red": "red", "orange": "dark_orange", "green": "green", "blue": "blue"}


class CardsPane(Horizontal, Pane):
    """The list on the left, the card under the cursor with both sides on the right."""

    DEFAULT_CSS = """
    CardsPane {
        height: 1fr;
        Options { width: 5fr; height: 1fr; padding: 1 0 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        CardFace { width: 6fr; border-left: solid $border-blurred; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "review", "Review topic"),
        Binding("e", "source", "Explain"),
        Binding("d", "demo", "Demo"),
        Binding("s", "suspend", "Suspend or resume", show=False),
        Binding("b", "bury", "Bury", show=False),
        Binding("f", "flag", "Flag"),
    ]

    def __init__(self, topic: Topic, store: Store, card: str = "") -> None:
        super().__init__()
        self._topic = topic
        self._store = store
        self._seed = 0
        self._wanted = card

    def compose(self) -> ComposeResult:
        yield Options()
        yield CardFace()

    def on_mount(self) -> None:
        self._list()
        ids = [str(card.id) for card in self._topic.cards]
        wanted = ids.index(self._wanted) if self._wanted in ids else 0
        self.query_one(Options).highlighted = wanted if ids else None

    def _list(self) -> None:
        """Write the list anew and keep the cursor where it is."""
        options = self.query_one(Options)
        row = options.highlighted
        memories: dict[str, CardMemory] = {}
        with guarded(self):
            memories = {m.card: m for m in self._store.memories(self._topic.slug)}
        options.clear_options()
        options.add_options([Option(_entry(card, memories.get(card.id)), id=card.id) for card in self._topic.cards])
        options.highlighted = row

    @on(Options.OptionHighlighted)
    async def _preview(self, event: Options.OptionHighlighted) -> None:
        event.stop()
        await self._show(self._topic.cards[event.option_index])

    async def _show(self, card: Card) -> None:
        state = ""
        with guarded(self):
            state = standing(self._store.memory(card.id), self._store.now())
        await self.query_one(CardFace).show(card.draw(self._seed), f"{card.id}  ·  {state}", revealed=True)

    def _card(self) -> Card | None:
        row = self.query_one(Options).highlighted
        return None if row is None else self._topic.cards[row]

    @on(Options.OptionSelected)
    async def action_fresh(self) -> None:
        """Draw a computed card's numbers anew."""
        card = self._card()
        if card is not None:
            self._seed += 1
            await self._show(card)

    def action_review(self) -> None:
        self.post_message(Go(ToReview(topic=self._topic.slug)))

    def action_source(self) -> None:
        card = self._card()
        if card is not None:
            self.post_message(Go(ToLesson(self._topic.slug, tab="read", section=card.section)))

    def action_demo(self) -> None:
        card = self._card()
        if card is not None:
            self.post_message(Go(ToLesson(self._topic.slug, tab="demo", demo=card.draw(self._seed).demo)))

    def action_suspend(self) -> None:
        card = self._card()
        if card is None:
            return
        with guarded(self):
            suspended = self._store.memory(card.id).suspended
            (self._store.resume if suspended else self._store.suspend)(card.id)
        self._list()

    def action_bury(self) -> None:
        card = self._card()
        if card is not None:
            with guarded(self):
                self._store.bury(card.id)
            self._list()

    def action_flag(self) -> None:
        card = self._card()
        if card is None:
            return
        with guarded(self):
            flag = self._store.memory(card.id).flag
            self._store.flag(card.id, FLAGS[(FLAGS.index(flag) + 1) % len(FLAGS)])
        self._list()


def _entry(card: Card, memory: CardMemory | None) -> Text:
    """One line: a flag, the question, and how well it is remembered."""
    front = card.draw(0).front.strip().splitlines()[0].replace("**", "").replace("`", "")
    text = Text(no_wrap=True, overflow="ellipsis")
    flag = memory.flag if memory else ""
    text.append("⚑ " if flag else "  ", style=FLAG_COLOURS.get(flag, ""))
    text.append(f"{_strength(memory):>8}  ", style="dim")
    text.append(front, style="strike dim" if memory and memory.suspended else "")
    return text


def _strength(memory: CardMemory | None) -> str:
    if memory is None or memory.state.phase is Phase.NEW:
        return "new"
    stability = memory.state.stability or 0.0
    return distance(stability * DAY) if stability >= 1 else "learning"


def standing(memory: CardMemory, now: datetime) -> str:
    """What is remembered of a card, in a few words."""
    state = memory.state
    if state.phase is Phase.NEW:
        known = "new"
    else:
        stability = distance((state.stability or 0.0) * DAY)
        known = f"{state.phase.value}, stability {stability}, difficulty {state.difficulty or 0:.1f}"
        if state.last_at is not None:
            known += f", last {distance((now - state.last_at).total_seconds())} ago"
    marks = [name for name, is_set in (("suspended", memory.suspended), ("buried", memory.buried_on)) if is_set]
    return ", ".join([known, *marks])
