"""What is remembered so far, topic by topic: shown where the screen is tall enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from cnntutor.wording import DAY, distance, percent, plural

if TYPE_CHECKING:
    from cnntutor.course.models import Course
    from cnntutor.memory.stats import Statistics, TopicStatistics

BAR = 40
LASTING = 60.0
"""Days of stability that fill the bar."""


class MemoryPanel(Widget):
    """Retention and time in one line, then each begun topic with the median stability of its cards."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"memory-panel--bar", "memory-panel--rest", "memory-panel--label"}
    DEFAULT_CSS = """
    MemoryPanel {
        height: auto;
        .memory-panel--bar { color: $success; }
        .memory-panel--rest { color: $panel; }
        .memory-panel--label { color: $text-muted; }
    }
    """

    statistics: reactive[Statistics | None] = reactive(None, layout=True)

    def __init__(self) -> None:
        super().__init__()
        self._titles: dict[str, str] = {}

    def show(self, course: Course, statistics: Statistics) -> None:
        """Show the figures of one day."""
        self._titles = {topic.slug: topic.title for topic in course.topics()}
        self.statistics = statistics

    def render(self) -> RenderableType:
        if self.statistics is None:
            return Text()
        begun = [topic for topic in self.statistics.topics if topic.seen]
        if not begun:
            text = "Nothing is learnt yet. Every topic you begin gets a line here: how long its cards would last."
            return Text(text, style=self.get_component_rich_style("memory-panel--label"))
        table = Table.grid(padding=(0, 2))
        for topic in begun:
            table.add_row(*self._row(topic))
        return Group(self._headline(self.statistics), Text(), table)

    def _headline(self, statistics: Statistics) -> Text:
        parts = [f"{statistics.hours:.1f} hours in all"]
        if statistics.seconds_per_answer:
            parts.append(f"{statistics.seconds_per_answer:.0f} s an answer")
        for days, kept in statistics.retention.items():
            if kept.rate is not None:
                parts.append(f"{percent(kept.rate)} recalled in {days} days")
        return Text("   ·   ".join(parts), style=self.get_component_rich_style("memory-panel--label"))

    def _row(self, topic: TopicStatistics) -> tuple[Text, Text, Text]:
        lasting = topic.durability or 0.0
        filled = min(BAR, round(lasting / LASTING * BAR)) or int(lasting > 0)
        bar = Text("━" * filled, style=self.get_component_rich_style("memory-panel--bar"))
        bar.append("━" * (BAR - filled), style=self.get_component_rich_style("memory-panel--rest"))
        words = f"lasts {distance(lasting * DAY)}, {topic.recalled} of {plural(topic.cards, 'card')} recalled once"
        label = self.get_component_rich_style("memory-panel--label")
        return Text(self._titles.get(topic.topic, topic.topic)), bar, Text(words, style=label)
