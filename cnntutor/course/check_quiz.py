"""What lets a learner guess right without knowing: lengths, places, and questions that lead to no card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path

from cnntutor.course.check_amounts import check_least
from cnntutor.course.choice import ChoiceQuestion
from cnntutor.course.markup import plain
from cnntutor.course.models import Course, Problem, Topic
from cnntutor.course.questions import QuestionKind

LEAST_QUESTIONS = 6

LONGEST_SHARE = 0.5
"""Within one quiz, a learner who always picks the longest choice may be right this often, no more."""

ENOUGH_CHOICES = 4
"""Single-choice questions of a quiz from which on `LONGEST_SHARE` means something."""

CHANCE = 2.0
"""Standard deviations above chance that a way of guessing may be right over the whole course."""


def check_quiz(topic: Topic) -> Iterator[Problem]:
    """The problems of a topic's quiz."""
    file = topic.folder / "quiz.yaml"
    if not topic.questions:
        return
    yield from check_least(file, "questions", len(topic.questions), LEAST_QUESTIONS)
    for question in topic.questions:
        if not question.cards:
            fix = "name the cards it rests on: `cards: [its-note]`"
            yield Problem(file, question.line, f"missing {question.id} makes no card due", fix)
    yield from _longest_right(topic, file)


def check_guessing(course: Course) -> Iterator[Problem]:
    """Whether the longest choice, or one place in the list, is right more often over the course than chance allows."""
    singles = [question for topic in course.topics() for question in _singles(topic)]
    if not singles:
        return
    file = course.folder / "course.yaml"
    chances = [1 / len(question.choices) for question in singles]
    if _beats_chance(sum(map(_right_is_longest, singles)), chances):
        message = "over the whole course the right choice is the longest more often than chance allows"
        yield Problem(file, 1, message, "shorten right choices, or make wrong ones as full")
    places = Counter(next(i for i, choice in enumerate(q.choices) if choice.right) for q in singles)
    for place, count in sorted(places.items()):
        if _beats_chance(count, [1 / len(q.choices) for q in singles if len(q.choices) > place]):
            message = f"{count} of {len(singles)} right choices are written as number {place + 1}"
            yield Problem(file, 1, message, "write some of them in other places")


def _beats_chance(count: int, chances: Sequence[float]) -> bool:
    """Whether so many hits are more than a guesser would have (normal approximation of the sum of Bernoulli draws)."""
    spread = sqrt(sum(chance * (1 - chance) for chance in chances))
    return count > sum(chances) + CHANCE * spread + 0.5


def _longest_right(topic: Topic, file: Path) -> Iterator[Problem]:
    """Whether picking the longest choice is too good a strategy within one quiz."""
    singles = _singles(topic)
    longest = [question for question in singles if _right_is_longest(question)]
    if len(singles) < ENOUGH_CHOICES or len(longest) <= LONGEST_SHARE * len(singles):
        return
    message = f"the right choice is the longest in {len(longest)} of {len(singles)} single-choice questions"
    yield Problem(file, longest[0].line, message, "shorten right choices, or make wrong ones as full")


def _singles(topic: Topic) -> list[ChoiceQuestion]:
    return [q for q in topic.questions if isinstance(q, ChoiceQuestion) and q.kind is QuestionKind.SINGLE]


def _right_is_longest(question: ChoiceQuestion) -> bool:
    lengths = sorted(len(plain(choice.text)) for choice in question.choices)
    right = next(len(plain(choice.text)) for choice in question.choices if choice.right)
    return right == lengths[-1] > lengths[-2]
