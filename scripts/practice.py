"""A learner's past: weeks of daily reviews, answered as someone would whose memory follows FSRS.

Pictures and benchmarks use it; nothing of it ships.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from cnntutor.memory.models import Rating
from cnntutor.memory.store import Store


def practise(store: Store, until: datetime, *, days: int, rest: int = 1, seed: int = 1, skip: float = 0.12) -> None:
    """Answer what is due on every day of a stretch of days.

    Args:
        store: an enrolled store.
        until: the present.
        days: how many days back the stretch begins.
        rest: how many days back it ends; 1 is yesterday.
        seed: decides what is forgotten and which days are missed.
        skip: chance of missing a day.
    """
    draw = random.Random(seed)
    for ago in range(days, rest - 1, -1):
        if draw.random() < skip and ago > 6:
            continue
        at = until - timedelta(days=ago, minutes=draw.randrange(240))
        _one_day(store, at, draw)


def _one_day(store: Store, at: datetime, draw: random.Random) -> None:
    for _ in range(200):
        queue = store.queue(at)
        if not queue.cards:
            return
        card = queue.cards[0]
        preview = store.preview(card, at)
        chance = 0.85 if preview.retrievability is None else preview.retrievability
        rating = draw.choices((Rating.GOOD, Rating.EASY, Rating.HARD), (8, 1, 1))[0]
        ms = round(draw.lognormvariate(1.9, 0.5) * 1000)
        store.answer(card, rating if draw.random() < chance else Rating.AGAIN, at, ms=min(ms, 60_000))
        at += timedelta(milliseconds=ms)
