"""Read: the article with its contents beside it and review prompts between its sections."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.events import Key
from textual.timer import Timer
from textual.widgets import Input, Static
from textual.widgets.markdown import MarkdownBlock
from textual.widgets.option_list import Option

from cnntutor.course.cards import Card
from cnntutor.course.models import Section, Topic
from cnntutor.errors import CnntutorError, StaleCardError
from cnntutor.memory.due import due_at
from cnntutor.plan import place_key, read_share
from cnntutor.tui.guard import guarded
from cnntutor.tui.links import follow
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.recall_prompt import RecallPrompt
from cnntutor.tui.widgets.scroller import Options, Scroller
from cnntutor.tui.widgets.top_bar import TopBar
from cnntutor.wording import distance, plural

if TYPE_CHECKING:
    from cnntutor.memory.store import Store

LONGEST_MS = 60_000
SAVE_AFTER = 0.5
"""Seconds of standing still after which the reading place is kept."""


class SectionView(Vertical):
    """One section: heading and text, then a prompt for each thing to remember from it."""

    DEFAULT_CSS = """
    SectionView {
        height: auto;
        .heading { color: $primary; text-style: bold; margin: 1 0 1 0; height: auto; }
        .prompts { color: $accent; text-style: bold; margin: 1 0 1 0; }
        & .-found { background: $accent 25%; }
    }
    """

    def __init__(self, section: Section, prompts: list[RecallPrompt]) -> None:
        super().__init__(id=f"section-{section.id}")
        self.section = section
        self._prompts = prompts

    def compose(self) -> ComposeResult:
        if self.section.level > 1:
            yield Static(self.section.title, classes="heading", markup=False)
        yield Prose(classes="text")
        if self._prompts:
            yield Static("Before you go on, recall:", classes="prompts")
            yield from self._prompts

    async def fill(self) -> None:
        """Lay out the text. The pane awaits it, so that it knows where a section lies before it scrolls there."""
        await self.query_one(".text", Prose).update(self.section.markdown)


class ReadPane(Horizontal, Pane):
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
        self._fraction: float | None = None
        self._furthest = 0.0
        self._saving: Timer | None = None
        self._matches: list[MarkdownBlock] = []
        self._match = -1

    def compose(self) -> ComposeResult:
        article = self._topic.article
        with Vertical(classes="contents"):
            yield Options(*(Option(_entry(s), id=s.id) for s in article.sections if s.level > 1))
        with Scroller(classes="article"), Vertical(classes="column"):
            yield Static(article.title, classes="title", markup=False)
            about = f"{plural(article.words, 'word')}, about {article.minutes} min"
            yield Static(about, classes="about", markup=False)
            for section in article.sections:
                yield SectionView(section, self._prompts(section))
        yield Input(placeholder="Find in this article; enter jumps, esc closes", compact=True)

    async def on_mount(self) -> None:
        self.focus_first()
        for prompt in self.query(RecallPrompt):
            self._ask(prompt)
        for view in self.query(SectionView):
            await view.fill()
        self.call_after_refresh(self._return_to_place)

    def leave(self) -> None:
        self.save_place()

    def on_unmount(self) -> None:
        self.save_place()

    def focus_first(self) -> None:
        self._article.focus()

    @property
    def _article(self) -> Scroller:
        return self.query_one(".article", Scroller)

    # The place

    def _return_to_place(self) -> None:
        """Scroll to the section asked for, or to where the learner stopped reading."""
        place = None
        with guarded(self):
            place = self._store.recall(place_key(self._topic.slug))
        self._furthest = read_share(place)
        fraction = place.get("fraction") if isinstance(place, dict) else None
        if self._wanted_section:
            self._go_to(self._wanted_section)
        elif isinstance(fraction, int | float):
            self._article.scroll_to(y=fraction * self._article.max_scroll_y, animate=False)
        self.watch(self._article, "scroll_y", self._note_place)
        # Text is laid out bit by bit; the section being read is known for good once it has its full height.
        self.watch(self._article, "virtual_size", self._mark_again, init=False)

    def _note_place(self, scroll_y: float) -> None:
        """Follow the reader. Whoever was sent here to look something up has not moved her bookmark."""
        self._mark_section(scroll_y)
        if self._wanted_section:
            return
        height = self._article.max_scroll_y
        self._fraction = scroll_y / height if height else 0.0
        shown = (scroll_y + self._article.size.height) / max(self._article.virtual_size.height, 1)
        self._furthest = max(self._furthest, min(shown, 1.0))
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(SAVE_AFTER, self.save_place)

    def save_place(self) -> None:
        """Keep the place, so that the article opens here next time."""
        if self._fraction is None:
            return
        with guarded(self):
            self._store.remember(
                place_key(self._topic.slug),
                {"fraction": round(self._fraction, 4), "furthest": round(self._furthest, 4)},
            )

    def _mark_section(self, scroll_y: float) -> None:
        """Show in the contents which section is being read."""
        contents = self.query_one(Options)
        if contents.has_focus:
            return
        views = [view for view in self.query(SectionView) if view.section.level > 1]
        begun = [row for row, view in enumerate(views) if view.virtual_region.y <= scroll_y + 3]
        contents.highlighted = begun[-1] if begun else None

    def _mark_again(self) -> None:
        self._mark_section(self._article.scroll_y)

    def _go_to(self, section_id: str) -> None:
        try:
            view = self.query_one(f"#section-{section_id}", SectionView)
        except NoMatches:
            return
        self._article.scroll_to_widget(view, animate=False, top=True)

    # Prompts

    def _prompts(self, section: Section) -> list[RecallPrompt]:
        """One prompt a note: its siblings would give each other away."""
        by_note: dict[str, list[Card]] = {}
        for card in self._topic.cards:
            if card.section == section.id:
                by_note.setdefault(card.note, []).append(card)
        two_buttons = self._store.settings.two_button
        chosen = (next((c for c in cards if self._store.asks(c.id)), cards[0]) for cards in by_note.values())
        return [RecallPrompt(card, self._seed, two_buttons=two_buttons) for card in chosen]

    def _ask(self, prompt: RecallPrompt) -> None:
        """Offer the prompt's card if it may be asked now; else say when it comes back."""
        with guarded(self):
            if self._store.asks(prompt.card.id):
                prompt.ask(self._store.preview(prompt.card.id))
                return
            memory = self._store.memory(prompt.card.id)
            due = due_at(memory.state, self._store.calendar)
            wait = 0.0 if due is None else (due - self._store.now()).total_seconds()
            if memory.suspended:
                prompt.rest("suspended")
            elif wait > 0:
                prompt.rest(f"[$success]✓[/] in memory, next in {distance(wait)}")
            else:
                prompt.rest("waits until tomorrow, as a card like it was just asked")

    @on(RecallPrompt.Rated)
    def _rate(self, event: RecallPrompt.Rated) -> None:
        event.stop()
        card, ms = event.prompt.card.id, min(event.ms, LONGEST_MS)
        try:
            self._store.answer(card, event.rating, ms=ms, source="read", shown=event.preview)
        except StaleCardError:
            self.notify("This card was answered in another window.", severity="warning")
        except CnntutorError as error:
            self.notify(str(error), severity="error")
            return
        self._ask(event.prompt)
        with guarded(self):
            self.screen.query_one(TopBar).counts = self._store.queue().counts

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
        self.remove_class("-contents")
        self._article.focus()
        if event.option.id is not None:
            self.call_after_refresh(self._go_to, event.option.id)

    def action_find(self) -> None:
        self.add_class("-finding")
        self.call_after_refresh(self.query_one(Input).focus)

    @on(Input.Submitted)
    def _find(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_find()
        self._forget_matches()
        needle = event.value.strip().casefold()
        blocks = self.query("SectionView > .text MarkdownBlock").results(MarkdownBlock)
        self._matches = [block for block in blocks if needle and _contains(block, needle)]
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
        if len(self._matches) > 1:
            self.notify(f"{self._match + 1} of {len(self._matches)}: n and N go on, esc ends.", timeout=1.5)

    def _forget_matches(self) -> None:
        for block in self._matches:
            block.remove_class("-found")
        self._matches, self._match = [], -1

    def on_key(self, event: Key) -> None:
        """Escape closes the line to type in, then forgets the matches, and only then leaves the lesson."""
        if event.key != "escape":
            return
        if self.has_class("-finding"):
            event.stop()
            self._close_find()
        elif self._matches:
            event.stop()
            self._forget_matches()

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
