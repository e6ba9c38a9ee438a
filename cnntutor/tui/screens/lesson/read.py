"""Read: the article with its contents beside it and review prompts between its sections."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.widgets import Input, Static
from textual.widgets.markdown import MarkdownBlock
from textual.widgets.option_list import Option

from cnntutor.course.cards import Card
from cnntutor.course.models import Section, Topic
from cnntutor.errors import CnntutorError
from cnntutor.memory.due import due_at
from cnntutor.plan import place_key
from cnntutor.tui.links import follow
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.recall_prompt import RecallPrompt
from cnntutor.tui.widgets.scroller import Options, Scroller
from cnntutor.wording import plural

if TYPE_CHECKING:
    from cnntutor.memory.store import Store


class SectionView(Vertical):
    """One section: heading and text, then a prompt for each card that comes from it."""

    DEFAULT_CSS = """
    SectionView {
        height: auto;
        .heading { color: $primary; text-style: bold; margin: 1 0 1 0; height: auto; }
        .prompts { color: $accent; text-style: bold; margin: 1 0 1 0; }
        & .-found { background: $accent 25%; }
    }
    """

    def __init__(self, section: Section, cards: list[Card], seed: int) -> None:
        super().__init__(id=f"section-{section.id}")
        self.section = section
        self._cards = cards
        self._seed = seed

    def compose(self) -> ComposeResult:
        if self.section.level > 1:
            yield Static(self.section.title, classes="heading", markup=False)
        yield Prose()
        if self._cards:
            yield Static("Before you go on, recall:", classes="prompts")
            for card in self._cards:
                yield RecallPrompt(card, self._seed)

    async def fill(self) -> None:
        """Lay out the text. The pane awaits it, so that it knows where a section lies before it scrolls there."""
        await self.query_one(Prose).update(self.section.markdown)


class ReadPane(Horizontal):
    """The article. It opens where the learner left it."""

    DEFAULT_CSS = """
    ReadPane {
        height: 1fr;
        .contents { width: 30; height: 1fr; border-right: solid $border-blurred; padding: 1 0 0 1; }
        .contents Options { height: 1fr; padding: 0; }
        .article { width: 1fr; height: 1fr; align-horizontal: center; padding: 1 2 2 2; }
        .column { width: 100%; max-width: 84; height: auto; }
        .title { color: $primary; text-style: bold; height: auto; }
        .about { color: $text-muted; height: auto; margin-bottom: 1; }
        Input { dock: bottom; display: none; border: none; height: 1; background: $boost; padding: 0 1; }
        &.-finding Input { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "contents", "Contents"),
        Binding("f", "find", "Find"),
        Binding("n", "found(1)", "Next match", show=False),
        Binding("N", "found(-1)", "Match before", show=False),
        Binding("tab", "app.focus_next", "To the next prompt", show=False),
    ]

    def __init__(self, topic: Topic, store: Store, section: str = "") -> None:
        super().__init__()
        self._topic = topic
        self._store = store
        self._wanted_section = section
        self._seed = random.randrange(2**31)
        self._fraction = 0.0
        self._matches: list[MarkdownBlock] = []
        self._match = -1
        self._since = time.monotonic()

    def compose(self) -> ComposeResult:
        article = self._topic.article
        with Vertical(classes="contents"):
            yield Options(*(Option(_entry(s), id=s.id) for s in article.sections if s.level > 1))
        with Scroller(classes="article"), Vertical(classes="column"):
            yield Static(article.title, classes="title", markup=False)
            minutes = max(1, round(article.words / 200))
            yield Static(f"{plural(article.words, 'word')}, about {minutes} min", classes="about", markup=False)
            for section in article.sections:
                cards = [card for card in self._topic.cards if card.section == section.id]
                yield SectionView(section, cards, self._seed)
        yield Input(placeholder="Find in this article; enter jumps, esc closes", compact=True)

    async def on_mount(self) -> None:
        self._article.focus()
        for prompt in self.query(RecallPrompt):
            self._ask(prompt)
        for view in self.query(SectionView):
            await view.fill()
        self.call_after_refresh(self._return_to_place)

    def on_unmount(self) -> None:
        self._remember_place()

    @property
    def _article(self) -> Scroller:
        return self.query_one(".article", Scroller)

    def _return_to_place(self) -> None:
        """Scroll to the section asked for, or to where the learner stopped reading."""
        self.watch(self._article, "scroll_y", self._note_place, init=False)
        if self._wanted_section:
            self._go_to(self._wanted_section)
            return
        place = self._store.recall(place_key(self._topic.slug))
        fraction = place.get("fraction") if isinstance(place, dict) else None
        if isinstance(fraction, int | float):
            self._article.scroll_to(y=fraction * self._article.max_scroll_y, animate=False)

    def _remember_place(self) -> None:
        try:
            self._store.remember(place_key(self._topic.slug), {"fraction": round(self._fraction, 4)})
        except CnntutorError as error:
            self.notify(str(error), severity="error")

    def _note_place(self, scroll_y: float) -> None:
        height = self._article.max_scroll_y
        self._fraction = scroll_y / height if height else 0.0

    def _go_to(self, section_id: str) -> None:
        try:
            view = self.query_one(f"#section-{section_id}", SectionView)
        except NoMatches:
            return
        self._article.scroll_to_widget(view, animate=False, top=True)

    # Prompts

    def _ask(self, prompt: RecallPrompt) -> None:
        """Offer the prompt's card if it is new or due; else say when it comes back."""
        due = due_at(self._store.memory(prompt.card.id).state, self._store.calendar)
        wait = 0.0 if due is None else (due - self._store.now()).total_seconds()
        if wait <= 0:
            prompt.ask(self._store.preview(prompt.card.id))
        else:
            prompt.known(wait)

    @on(RecallPrompt.Rated)
    def _rate(self, event: RecallPrompt.Rated) -> None:
        event.stop()
        ms = round((time.monotonic() - self._since) * 1000)
        try:
            self._store.answer(event.prompt.card.id, event.rating, ms=min(ms, 60_000), source="read")
        except CnntutorError as error:
            self.notify(str(error), severity="error")
            return
        self._since = time.monotonic()
        self._ask(event.prompt)
        event.prompt.refresh_bindings()

    # Contents and finding

    def action_contents(self) -> None:
        self.toggle_class("-contents")
        self.call_after_refresh((self.query_one(Options) if self._contents_shown() else self._article).focus)

    def _contents_shown(self) -> bool:
        """Narrow screens show the contents on demand; wide ones always, and then the key only moves the focus."""
        narrow = self.screen.has_class("-narrow")
        return self.has_class("-contents") if narrow else not self.query_one(Options).has_focus

    @on(Options.OptionSelected)
    def _jump(self, event: Options.OptionSelected) -> None:
        event.stop()
        if event.option.id is not None:
            self._go_to(event.option.id)
        self._article.focus()

    def action_find(self) -> None:
        self.add_class("-finding")
        self.call_after_refresh(self.query_one(Input).focus)

    @on(Input.Submitted)
    def _find(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_find()
        for block in self._matches:
            block.remove_class("-found")
        needle = event.value.strip().casefold()
        self._matches = [b for b in self.query(MarkdownBlock) if needle and _contains(b, needle)]
        self._match = -1
        if not self._matches:
            self.notify(f"“{event.value}” does not stand in this article.", severity="warning")
            return
        for block in self._matches:
            block.add_class("-found")
        self.action_found(1)

    def action_found(self, step: int) -> None:
        if not self._matches:
            return
        self._match = (self._match + step) % len(self._matches)
        self._article.scroll_to_widget(self._matches[self._match], animate=False, center=True)
        self.notify(f"{self._match + 1} of {len(self._matches)}", timeout=1.5)

    def key_escape(self, event: object) -> None:
        if self.has_class("-finding"):
            self._close_find()
            event.stop()  # type: ignore[attr-defined]

    def _close_find(self) -> None:
        self.remove_class("-finding")
        self._article.focus()

    @on(Prose.LinkClicked)
    def _follow(self, event: Prose.LinkClicked) -> None:
        event.stop()
        follow(self, event.href)


def _entry(section: Section) -> str:
    return ("  " if section.level > 2 else "") + section.title


def _contains(block: MarkdownBlock, needle: str) -> bool:
    """Whether a block of text (not a block of blocks) holds the needle."""
    if any(isinstance(child, MarkdownBlock) for child in block.children):
        return False
    return needle in (block.source or "").casefold()
