"""What makes a flashcard bad: answers that give themselves away, are guessed, are too long, or come twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnntutor.course.cards import Card, ClozeCard, ComputedCard
from cnntutor.course.markup import count_words, plain
from cnntutor.course.models import Course, Problem, Topic

LONGEST_ANSWER = 40
"""Words an answer may have and still be one fact."""

LONGEST_QUESTION = 60
"""Words a question may have and still be answered in seconds."""

OVERLAP = 0.75
"""Share of content words in common from which two cards say the same."""

_YES_NO = re.compile(r"(yes|no|true|false)\b", re.IGNORECASE)
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the of in on at to for by with from and or is are was be it its this that these which what how "
        "who why when where does do did has have had as than then so not no all one many much into out up",
    )
)


def check_cards(topic: Topic) -> Iterator[Problem]:
    """The problems of a topic's cards, one by one."""
    file = topic.folder / "cards.md"
    for card in topic.cards:
        for message, fix in _faults(card):
            yield Problem(file, card.line, f"{card.id}: {message}", fix)


def _faults(card: Card) -> Iterator[tuple[str, str]]:
    face = card.draw(0)
    if count_words(face.front) > LONGEST_QUESTION:
        yield "the question is too long for seconds", f"cut it to {LONGEST_QUESTION} words at most"
    if isinstance(card, ClozeCard):
        yield from _cloze_faults(card)
    elif not isinstance(card, ComputedCard):
        yield from _basic_faults(face.front, face.back)


def _basic_faults(front: str, back: str) -> Iterator[tuple[str, str]]:
    question, answer = _normal(front), _normal(back)
    if count_words(back) > LONGEST_ANSWER:
        yield "the answer holds more than one fact", f"split it, or cut it to {LONGEST_ANSWER} words"
    if _YES_NO.match(answer):
        yield "yes or no can be guessed", "ask which, how or why"
    elif _stands_in(answer, question):
        yield "the answer stands in its question", "ask without saying it"


def _cloze_faults(card: ClozeCard) -> Iterator[tuple[str, str]]:
    asked = _normal(card.cloze.asked(card.gap))
    if _stands_in(asked, _normal(card.cloze.front(card.gap))):
        yield "what fills the gap stands elsewhere in the sentence", "say the rest in other words"


def _stands_in(answer: str, question: str) -> bool:
    """Whether the question says the answer, word for word; an either-or question may."""
    if not _content(answer) or " or " in question:
        return False
    return f" {answer} " in f" {question} "


def near_duplicates(course: Course) -> Iterator[Problem]:
    """Cards that ask what an earlier card asks already; siblings may resemble each other."""
    known: list[tuple[Topic, Card, frozenset[str]]] = []
    for topic in course.topics():
        for card in topic.cards:
            face = card.draw(0)
            words = _content(f"{_normal(face.front)} {_normal(face.back)}")
            twin = next((other for _, other, seen in known if other.note != card.note and _same(words, seen)), None)
            if twin is not None:
                message = f"{card.id} asks nearly what {twin.id} asks"
                yield Problem(topic.folder / "cards.md", card.line, message, "keep one, or ask for something else")
            known.append((topic, card, words))


def _same(words: frozenset[str], others: frozenset[str]) -> bool:
    return len(words & others) >= OVERLAP * len(words | others) > 0


def _content(text: str) -> frozenset[str]:
    return frozenset(text.split()) - _STOP_WORDS


def _normal(markdown: str) -> str:
    """The words alone, in lower case."""
    return " ".join(re.findall(r"[\w.,+−-]*\w", plain(markdown).lower()))
