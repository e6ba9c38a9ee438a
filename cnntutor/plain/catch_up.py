"""Spreading a backlog over some days, in plain text."""

from __future__ import annotations

from cnntutor.errors import CnntutorError, UsageError
from cnntutor.memory.store import Store
from cnntutor.services import Services
from cnntutor.wording import plural

MOST_DIGITS = 9


def catch_up(services: Services, words: list[str]) -> None:
    """Do what follows `catch up`.

    Args:
        services: course and memory.
        words: nothing (over as many days as suggested), a number of days, or `off`.

    Raises:
        UsageError: it is none of these, or no number of days that will do.
        CnntutorError: there is nothing to catch up on.
    """
    store = services.store
    match words:
        case ["off"]:
            store.stop_catch_up()
            print("No longer catching up: what is due comes again within the day's limits.")
        case []:
            _spread(store, _suggested(store))
        case [days] if days.isascii() and days.isdigit() and len(days) <= MOST_DIGITS:
            _spread(store, int(days))
        case _:
            raise UsageError("Write `catch up`, `catch up 5` for five days, or `catch up off`.")


def _suggested(store: Store) -> int:
    offer = store.catch_up_offer()
    if offer is None:
        raise CnntutorError("Nothing has piled up. `catch up 5` spreads what is due over five days all the same.")
    return offer.days


def _spread(store: Store, days: int) -> None:
    queue = store.queue()
    if not queue.counts.due + queue.backlog:
        raise CnntutorError("Nothing is due, so there is nothing to spread.")
    plan = store.start_catch_up(days)
    over = f"{plural(plan.backlog, 'review')} over {plural(plan.days, 'day')}"
    print(f"{over}: {plan.per_day} a day. New cards wait meanwhile; `catch up off` ends it.")
