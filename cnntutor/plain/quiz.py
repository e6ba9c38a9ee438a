"""A quiz in plain text."""

from __future__ import annotations

import contextlib
import random

from cnntutor.assessment import Assessment, outcome_of
from cnntutor.course.questions import LETTERS, Answer, Posed, QuestionKind
from cnntutor.course.quiz import Confidence, Score
from cnntutor.errors import UsageError
from cnntutor.plain.terminal import EndOfInputError, ask, say
from cnntutor.plan import next_topic
from cnntutor.services import Services
from cnntutor.wording import plural, sentence

HOW = {
    QuestionKind.SINGLE: "One letter:",
    QuestionKind.MULTIPLE: "All letters that are right:",
    QuestionKind.ORDER: "The letters in the right order:",
    QuestionKind.NUMBER: "A number:",
    QuestionKind.PRINTS: "What is printed:",
}


def quiz_plainly(services: Services, slug: str | None = None, *, placement: bool = False) -> None:
    """Take a quiz, on the topic of the next step unless told; what was answered counts even if the input ends early.

    Raises:
        UsageError: there is no such topic.
        CourseError: the course has no topics.
    """
    course, store = services.course, services.store
    topic = course.topic(slug) if slug is not None else next_topic(course, store)
    assessment = Assessment(topic, store, random.randrange(2**31), placement=placement)
    print(f"Quiz. {sentence(topic.title)}")
    with contextlib.suppress(EndOfInputError):
        while assessment.current is not None:
            _one(assessment, assessment.current)
    _say_score(assessment.finish(), assessment)


def _one(assessment: Assessment, posed: Posed) -> None:
    done, total = assessment.progress
    print(f"\nQuestion {done + 1} of {total}. {sentence(posed.question.skill)}")
    say(posed.prompt)
    for letter, option in zip(LETTERS, posed.options, strict=False):
        say(f"{letter}. {option}")
    confidence = _ask_confidence()
    _answer(assessment, posed, confidence)
    assessment.advance()


def _ask_confidence() -> Confidence:
    levels = {str(number): level for number, level in enumerate(Confidence, start=1)}
    offer = ", ".join(f"{number} {level.label}" for number, level in levels.items())
    while True:
        level = levels.get(ask(f"How sure are you? {offer}:"))
        if level is not None:
            return level


def _answer(assessment: Assessment, posed: Posed, confidence: Confidence) -> None:
    while True:
        try:
            verdict = assessment.answer(_read(posed, ask(HOW[posed.question.kind])), confidence)
        except UsageError as error:
            print(error)
            continue
        say(outcome_of(verdict, posed.question.kind))
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


def _say_score(score: Score, assessment: Assessment) -> None:
    if not score.asked:
        return
    print(f"\n{score.right} of {score.asked} right.")
    for skill in score.skills:
        print(f"{skill.name}: {skill.right} of {skill.asked}.")
    print(f"You expected {score.mean_confidence:.0%} and had {score.accuracy:.0%}: {score.calibration}.")
    if assessment.placement:
        print("Passed: the cards are planned as known." if assessment.passed else "Not passed this time.")
    elif score.missed_cards:
        print(f"{plural(len(score.missed_cards), 'card')} behind what you missed will come up in today's review.")
