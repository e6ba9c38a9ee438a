"""What the log says, as text."""

from __future__ import annotations

from cnntutor.course.models import Course
from cnntutor.memory.stats import Retention, Statistics
from cnntutor.wording import DAY, distance, plural, sentence


def statistics_lines(course: Course, statistics: Statistics) -> list[str]:
    """The figures in full sentences."""
    lines = [
        f"{plural(statistics.answers, 'answer')} in {statistics.hours:.1f} hours.",
        f"{plural(statistics.streak, 'day')} in a row, {statistics.best_streak} at best.",
        *(_retention(days, kept) for days, kept in statistics.retention.items() if kept.answers),
        f"Due today {statistics.forecast[0]}, in the next 30 days {sum(statistics.forecast)}.",
    ]
    for topic in course.topics():
        known = statistics.topic(topic.slug)
        cards = plural(len(topic.cards), "card")
        lasting = "not begun" if known.durability is None else f"lasts {distance(known.durability * DAY)}"
        lines.append(f"{sentence(topic.title)} {known.recalled} of {cards} recalled, {lasting}.")
    return lines


def _retention(days: int, kept: Retention) -> str:
    return f"Retention over {days} days: {kept.rate:.0%} of {plural(kept.answers, 'review')}."


def print_statistics(course: Course, statistics: Statistics) -> None:
    """Print the figures."""
    for line in statistics_lines(course, statistics):
        print(line)
