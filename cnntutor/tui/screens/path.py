"""Path: the course as a tree, each topic with how durable its knowledge is."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static
from textual.widgets.tree import TreeNode

from cnntutor.course.journey import Progress, is_open
from cnntutor.course.models import Topic
from cnntutor.course.search import plain
from cnntutor.memory.stats import TopicStatistics
from cnntutor.plan import Plan, make_plan
from cnntutor.services import Services
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import Go, ToLesson, ToQuiz, ToReview
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.screens.today import route_of
from cnntutor.tui.widgets.scroller import Branches, Scroller
from cnntutor.tui.widgets.top_bar import TopBar
from cnntutor.wording import DAY, distance, plural

LASTING = 21.0
"""Days of median stability from which a topic's knowledge counts as lasting (Anki calls such a card mature)."""


class PathScreen(Room):
    """The tree on the left, the topic under the cursor on the right."""

    HERE = "path"
    DEFAULT_CSS = """
    PathScreen {
        .columns { height: 1fr; padding: 1 1 0 1; }
        Branches { width: 3fr; height: 1fr; background: transparent; padding: 0 1; }
        .about { width: 2fr; height: 1fr; border-left: solid $border-blurred; padding: 0 2; }
        .name { text-style: bold; color: $primary; margin-bottom: 1; height: auto; }
        .figures, .lead { height: auto; margin-bottom: 1; }
        .advice { height: auto; margin-bottom: 1; }
    }
    PathScreen.-narrow .columns { layout: vertical; padding: 0 1; }
    PathScreen.-narrow Branches { width: 1fr; height: 1fr; }
    PathScreen.-narrow .about { width: 1fr; height: 9; border-left: none; border-top: solid $border-blurred; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "review", "Review topic"),
        Binding("z", "quiz", "Quiz"),
        Binding("x", "placement", "I know this"),
        Binding("n", "next_step", "Next step"),
        *EVERYWHERE,
    ]

    def __init__(self, services: Services) -> None:
        self._services = services
        self._plan = make_plan(services.course, services.store)
        super().__init__(counts=self._plan.queue.counts)

    def body(self) -> ComposeResult:
        with Horizontal(classes="columns"):
            yield Branches(self._services.course.title)
            with Scroller(classes="about", can_focus=False):
                yield Static(classes="name", markup=False)
                yield Static(classes="figures")
                yield Static(classes="advice", markup=False)
                yield Static(classes="lead", markup=False)

    def on_mount(self) -> None:
        self._grow()
        self.query_one(Branches).focus()

    def on_screen_resume(self) -> None:
        """Come back to figures that are true; the first time they are fresh already."""
        if not self._leaves():
            return
        with guarded(self):
            self._plan = make_plan(self._services.course, self._services.store)
        self.query_one(TopBar).counts = self._plan.queue.counts
        for node in self._leaves():
            node.set_label(self._label(self._services.course.topic(node.data or "")))

    def _grow(self) -> None:
        """Fill the tree and put the cursor on the next step."""
        tree = self.query_one(Branches)
        tree.guide_depth = 3
        tree.root.expand()
        step = self._plan.step
        for part in self._services.course.parts:
            branch = tree.root.add(Text(part.title, style="bold"), expand=True)
            for topic in part.topics:
                leaf = branch.add_leaf(self._label(topic), data=topic.slug)
                if step is not None and step.topic.slug == topic.slug:
                    self.call_after_refresh(tree.move_cursor, leaf)

    def _leaves(self) -> list[TreeNode[str]]:
        return [leaf for part in self.query_one(Branches).root.children for leaf in part.children]

    def _label(self, topic: Topic) -> Text:
        known = self._plan.statistics.topic(topic.slug)
        label = Text()
        label.append(*_mark(topic, self._plan, known, self._services))
        label.append(topic.title)
        if known.recalled:
            label.append(f"  {durability(known)}", style="dim")
        return label

    @on(Branches.NodeHighlighted)
    def _describe(self, event: Branches.NodeHighlighted[str]) -> None:
        slug = event.node.data
        name, figures, advice, lead = (self.query_one(f".{c}", Static) for c in ("name", "figures", "advice", "lead"))
        if slug is None:
            name.update(str(event.node.label))
            figures.update("")
            advice.update("")
            lead.update("")
            self.refresh_bindings()
            return
        topic = self._services.course.topic(slug)
        name.update(topic.title)
        self.refresh_bindings()
        figures.update(self._figures(topic))
        advice.update(self._advice(topic))
        lead.update(" ".join(plain(topic.summary.split("\n\n")[0]).split()))

    def _figures(self, topic: Topic) -> str:
        known = self._plan.statistics.topic(topic.slug)
        return "\n".join(
            (
                f"[b]{durability(known)}[/]  [dim]median stability of its cards[/]",
                f"[b]{known.recalled}[/] of {plural(len(topic.cards), 'card')} recalled once",
                f"{plural(len(topic.questions), 'question')}, {plural(len(topic.resources), 'link')}",
            )
        )

    def _advice(self, topic: Topic) -> Text:
        """What it builds on, each with how well that is known, and what builds on it."""
        course = self._services.course
        text = Text()
        for lead, others in (
            ("Builds on  ", [course.topic(need) for need in topic.needs]),
            ("Leads to   ", [other for other in course.topics() if topic.slug in other.needs]),
        ):
            for number, other in enumerate(others):
                text.append(lead if number == 0 else " " * len(lead), style="dim")
                text.append(*_mark(other, self._plan, self._plan.statistics.topic(other.slug), self._services))
                text.append(f"{other.title}\n")
        if not is_open(topic, course, self._plan.progress):
            text.append("The path comes here later. You may go ahead.", style="italic")
        text.rstrip()
        return text

    def _slug(self) -> str | None:
        node = self.query_one(Branches).cursor_node
        return node.data if node is not None else None

    @on(Branches.NodeSelected)
    def _selected(self, event: Branches.NodeSelected[str]) -> None:
        event.stop()
        if event.node.data is not None:
            self.post_message(Go(ToLesson(event.node.data)))

    def action_review(self) -> None:
        slug = self._slug()
        if slug is not None:
            self.post_message(Go(ToReview(topic=slug)))

    def action_quiz(self) -> None:
        slug = self._slug()
        if slug is not None:
            self.post_message(Go(ToQuiz(slug)))

    def action_placement(self) -> None:
        slug = self._slug()
        if slug is not None:
            self.post_message(Go(ToQuiz(slug, placement=True)))

    def action_next_step(self) -> None:
        self.post_message(Go(route_of(self._plan)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in {"review", "quiz", "placement"}:
            return self.is_mounted and self._slug() is not None
        if action == "next_step":
            return self._plan.step is not None
        return True


def durability(known: TopicStatistics) -> str:
    """How long the topic's knowledge lasts, in days."""
    if known.durability is None:
        return "not begun"
    return distance(known.durability * DAY) if known.durability >= 1 else "under 1 d"


def _mark(topic: Topic, plan: Plan, known: TopicStatistics, services: Services) -> tuple[str, str]:
    """A sign and its colour: lasting, recalled, begun, open, later."""
    if known.durability is not None and known.durability >= LASTING:
        return "● ", "green"
    if plan.progress.get(topic.slug, Progress()).recalled >= len(topic.cards):
        return "◕ ", "green"
    if known.recalled:
        return "◐ ", "yellow"
    if is_open(topic, services.course, plan.progress):
        return "○ ", "cyan"
    return "· ", "dim"
