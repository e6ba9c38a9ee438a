"""A quiz in plain text."""

from __future__ import annotations

import contextlib
import random

from cnntutor.assessment import Assessment, outcome_of
from cnntutor.course.questions import Answer, Posed, QuestionKind
from cnntutor.course.quiz import Confidence, Score
from cnntutor.errors import UsageError
from cnntutor.plain.terminal import EndOfInputError, ask, say
from cnntutor.services import Services
from cnntutor.wording import plural

LETTERS = "abcdefghij"
HOW = {
    QuestionKind.SINGLE: "One letter:",
    QuestionKind.MULTIPLE: "All letters that are right:",
    QuestionKind.ORDER: "The letters in the right order:",
    QuestionKind.NUMBER: "A number:",
    QuestionKind.PRINTS: "What is printed:",
}


def quiz_plainly(services: Services, slug: str | None = None, *, placement: bool = False) -> None:
    """Take a quiz; what was answered counts even if the input ends early.

    Raises:
        UsageError: there is no such topic.
    """
    topic = services.course.topic(slug) if slug is not None else next(services.course.topics())
    assessment = Assessment(topic, services.store, random.randrange(2**31), placement=placement)
    with contextlib.suppress(EndOfInputError):
        while assessment.current is not None:
            _one(assessment, assessment.current)
    _say_score(assessment.finish(), placement=placement)


def _one(assessment: Assessment, posed: Posed) -> None:
    done, total = assessment.progress
    print(f"\nQuestion {done + 1} of {total}. {posed.question.skill}.")
    say(posed.prompt)
    for letter, option in zip(LETTERS, posed.options, strict=False):
        say(f"{letter}. {option}")
    confidence = _ask_confidence()
    _answer(assessment, posed, confidence)
    assessment.advance()


def _ask_confidence() -> Confidence:
    levels = list(Confidence)
    offer = ", ".join(f"{n} {level.label}" for n, level in enumerate(levels, start=1))
    while True:
        reply = ask(f"How sure are you? {offer}:")
        if reply.isdigit() and 1 <= int(reply) <= len(levels):
            return levels[int(reply) - 1]


def _answer(assessment: Assessment, posed: Posed, confidence: Confidence) -> None:
    while True:
        try:
            verdict = assessment.answer(_read(posed, ask(HOW[posed.question.kind])), confidence)
        except UsageError as error:
            print(error)
            continue
        say(outcome_of(verdict))
        say(verdict.explanation)
        if not verdict.correct and assessment.can_claim and ask("Enter goes on; y if you were right after all.") == "y":
            assessment.claim()
        return


def _read(posed: Posed, reply: str) -> Answer:
    """What was typed, as an answer.

    Raises:
        UsageError: a letter that is no option.
    """
    if not posed.options:
        return Answer(text=reply)
    letters = [c for c in reply.lower() if c.isalpha()]
    known = LETTERS[: len(posed.options)]
    if not letters or any(c not in known for c in letters):
        raise UsageError(f"Answer with letters from a to {known[-1]}.")
    return Answer(picks=tuple(known.index(c) for c in letters))


def _say_score(score: Score, *, placement: bool) -> None:
    if not score.asked:
        return
    print(f"\n{score.right} of {score.asked} right.")
    for skill in score.skills:
        print(f"{skill.name}: {skill.right} of {skill.asked}.")
    print(f"You expected {score.mean_confidence:.0%} and had {score.accuracy:.0%}: {score.calibration}.")
    if placement:
        print("Passed: the cards are planned as known." if score.passed else "Not passed this time.")
    elif score.missed_cards:
        print(f"{plural(len(score.missed_cards), 'card')} behind what you missed will come up in today's review.")
