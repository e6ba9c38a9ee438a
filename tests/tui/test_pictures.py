"""Every screen as a picture, at the smallest usual size and at a comfortable one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path

import pytest
from driving import Seconds, press, settle
from textual.pilot import Pilot
from textual.widgets import Input

from cnntutor.errors import CnntutorError
from cnntutor.memory.models import Rating
from cnntutor.memory.session import ReviewSession
from cnntutor.memory.store import Store
from cnntutor.services import Services
from cnntutor.tui.app import CnntutorApp
from cnntutor.tui.routes import Route, ToLesson, ToPath, ToQuiz, ToReview, ToSearch, ToSettings

SIZES = [(80, 24), (120, 36)]

SCREENS: dict[str, tuple[Route | None, tuple[str, ...]]] = {
    "today": (None, ()),
    "keys": (None, ("question_mark",)),
    "path": (ToPath(), ()),
    "question": (ToReview(), ()),
    "answer": (ToReview(), ("space",)),
    "summary": (ToReview(), ("space", "3", "space", "1", "escape")),
    "lesson-summary": (ToLesson("edges"), ()),
    "lesson-listen": (ToLesson("edges", tab="listen"), ()),
    "lesson-listen-plays": (ToLesson("edges", tab="listen"), ("l", "m", "a", "enter", "L", "space")),
    "today-listening": (ToLesson("edges", tab="listen"), ("space", "l", "escape")),
    "lesson-read": (ToLesson("edges", tab="read"), ()),
    "lesson-cards": (ToLesson("edges", tab="cards"), ("j",)),
    "lesson-quiz": (ToLesson("edges", tab="quiz"), ()),
    "lesson-links": (ToLesson("edges", tab="links"), ()),
    "quiz-question": (ToQuiz("edges"), ()),
    "quiz-verdict": (ToQuiz("edges"), ("3", "a", "enter")),
    "quiz-score": (ToQuiz("edges"), ("3", "a", "enter", "enter", "3", "9", "enter", "enter")),
    "search": (ToSearch("kernel"), ()),
    "search-nothing": (ToSearch("zebra"), ()),
    "settings": (ToSettings(), ()),
}


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing moves by itself: no second hand, no chance, no blinking cursor."""
    session = partial(ReviewSession, clock=lambda: 0.0, draw=lambda: 7)
    monkeypatch.setattr("cnntutor.tui.screens.review.ReviewSession", session)
    monkeypatch.setattr(random, "randrange", lambda stop: 3)
    monkeypatch.setattr(Input, "cursor_blink", False)


def practise(store: Store) -> None:
    """Some answers on the days before, so that there is something to see."""
    cards = [memory.card for memory in store.memories()]
    for ago in range(20, 0, -1):
        for card in cards[: ago % 4]:
            store.answer(card, Rating.GOOD, store.now() - timedelta(days=ago), ms=8000)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.usefixtures("still")
def test_the_screen_looks_as_it_did(
    screen: str,
    size: tuple[int, int],
    services: Services,
    home: Path,
    seconds: Seconds,
    snap_compare: Callable[..., bool],
) -> None:
    practise(services.store)
    route, keys = SCREENS[screen]

    def opener() -> Services:
        store = Store.open(home / "memory.sqlite3", clock=services.store.now, tz=UTC, course=services.course.slug)
        return Services(services.course, store)

    async def drive(pilot: Pilot[CnntutorError]) -> None:
        await settle(pilot)
        await press(pilot, *keys)
        await seconds.forward(pilot, 0)

    assert snap_compare(CnntutorApp(opener, start=route, clock=seconds), terminal_size=size, run_before=drive)
