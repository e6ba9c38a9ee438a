"""The plain mode's front door: the plan, then a line that takes commands."""

from __future__ import annotations

import contextlib

from cnntutor.errors import CnntutorError
from cnntutor.plain.catch_up import catch_up
from cnntutor.plain.lesson import read_plainly
from cnntutor.plain.plan import print_plan
from cnntutor.plain.quiz import quiz_plainly
from cnntutor.plain.review import review_plainly
from cnntutor.plain.terminal import EndOfInputError, ask
from cnntutor.services import Services

HELP = """review [TOPIC]    review what is due
read TOPIC        the article        listen TOPIC   the transcript
summary TOPIC     on one screen      links TOPIC    where to read on
cards TOPIC       what to remember   topics         the course
quiz [TOPIC]      take the quiz      plan           what waits today
catch up [DAYS]   spread what piled up over some days, without new cards
catch up off      have it all again, within the day's limits
quit"""


def home(services: Services) -> None:
    """Say what waits, then do what is asked until the input ends or says quit."""
    print_plan(services)
    print("Type help for the commands, quit to end.")
    with contextlib.suppress(EndOfInputError):
        while True:
            words = ask("cnntutor>").split()
            if words[:1] in (["quit"], ["q"], ["exit"]):
                return
            try:
                _obey(services, words)
            except CnntutorError as error:
                print(error)


def _obey(services: Services, words: list[str]) -> None:
    match words:
        case []:
            return
        case ["plan"]:
            print_plan(services)
        case ["review"]:
            review_plainly(services)
        case ["review", topic]:
            review_plainly(services, topic=topic)
        case ["quiz"]:
            quiz_plainly(services)
        case ["quiz", topic]:
            quiz_plainly(services, topic)
        case [("read" | "listen" | "summary" | "cards" | "links") as tab, topic]:
            read_plainly(services, topic, tab)
        case ["catch", "up", *rest]:
            catch_up(services, rest)
        case ["topics"]:
            for known in services.course.topics():
                print(f"{known.slug}: {known.title}")
        case _:
            print(HELP)
