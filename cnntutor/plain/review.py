"""A review session in plain text."""

from __future__ import annotations

import contextlib
from datetime import datetime

from cnntutor.course.cards import Face
from cnntutor.course.models import Course
from cnntutor.memory.models import Rating
from cnntutor.memory.session import ReviewSession, Shown, Summary
from cnntutor.plain.terminal import EndOfInputError, ask, say
from cnntutor.services import Services
from cnntutor.wording import clock, distance, plural, sentence

NAMES = {"1": Rating.AGAIN, "2": Rating.HARD, "3": Rating.GOOD, "4": Rating.EASY}
PASS_FAIL = {"1": Rating.AGAIN, "2": Rating.GOOD}
HELP = "Rate with a number; u undoes the last answer, b buries this card, s suspends it, q ends the session."


def review_plainly(services: Services, *, topic: str | None = None, limit: int | None = None) -> None:
    """Review what is due, one card after the other, until it is done or the input ends.

    Raises:
        UsageError: there is no such topic.
    """
    if topic is not None:
        services.course.topic(topic)
    session = ReviewSession(services.store, topic=topic, limit=limit)
    keys = PASS_FAIL if services.store.settings.two_button else NAMES
    with contextlib.suppress(EndOfInputError):
        while session.current is not None and _review_one(session, session.current, services.course, keys):
            pass
    _say_summary(session.summary(), services.store.now())


def _review_one(session: ReviewSession, shown: Shown, course: Course, keys: dict[str, Rating]) -> bool:
    """One card; False when the learner wants to stop."""
    face = course.card(shown.card).draw(shown.seed)
    left = session.progress.left
    print()
    print(f"Card, {plural(left, 'card')} left. {sentence(course.topic_of(shown.card).title)}")
    say(face.front)
    if not _until_answer_is_wanted(face):
        return False
    say(face.back)
    if face.why:
        say(face.why)
    return _rate(session, shown, keys)


def _until_answer_is_wanted(face: Face) -> bool:
    hint = ", h for a hint" if face.hint else ""
    while True:
        reply = ask(f"Enter shows the answer{hint}, q stops.").lower()
        if reply == "h" and face.hint:
            say(face.hint)
        else:
            return reply != "q"


def _rate(session: ReviewSession, shown: Shown, keys: dict[str, Rating]) -> bool:
    choices = shown.preview.choices
    offer = ", ".join(f"{key} {r.name.lower()} ({distance(choices[r].seconds)})" for key, r in keys.items())
    while True:
        reply = ask(f"{offer}:").lower()
        rating = keys.get(reply) or next((r for r in keys.values() if r.name.lower() == reply), None)
        if rating is not None:
            _record(session, rating)
            return True
        match reply:
            case "u":
                print("Taken back." if session.undo() else "Nothing to undo.")
                return True
            case "b":
                session.bury()
                print("Hidden until tomorrow.")
                return True
            case "s":
                session.suspend()
                print("Suspended.")
                return True
            case "q":
                return False
            case _:
                print(HELP)


def _record(session: ReviewSession, rating: Rating) -> None:
    notice = session.rate(rating).notice
    if notice:
        print(notice)


def _say_summary(summary: Summary, now: datetime) -> None:
    print()
    if not summary.answered:
        print("Nothing was answered.")
    else:
        print(f"{plural(summary.answered, 'answer')} in {clock(summary.minutes * 60)} minutes.")
        if summary.recall is not None:
            print(f"{summary.recall:.0%} of the reviews were recalled.")
        if summary.learnt:
            print(f"{plural(summary.learnt, 'card')} learnt for the first time.")
    if summary.next_due is not None:
        away = (summary.next_due - now).total_seconds()
        print("The next card is due now." if away <= 0 else f"The next card is due in {distance(away)}.")
