"""The counts that statistics are made from, asked of the open database."""

from __future__ import annotations

from collections import Counter

from cnntutor.memory import sql
from cnntutor.memory.clock import instant
from cnntutor.memory.day import Calendar
from cnntutor.memory.stats import MONTH, Counted, Tally, TopicCard
from cnntutor.memory.waiting import Ask, Params


def count(ask: Ask, owner: Params, day: int, calendar: Calendar) -> Counted:
    """Count the log and the cards.

    Args:
        ask: runs the statements.
        owner: the parameters `learner` and `course`.
        day: study day, from which the forecast looks ahead.
        calendar: says on which study day a step falls due.
    """
    return Counted(
        tallies=[Tally._make(row) for row in ask(sql.TALLIES, owner)],
        quarters=dict(map(tuple, ask(sql.QUARTERS, owner))),
        cards=[TopicCard._make(row) for row in ask(sql.TOPICS, owner)],
        due_days=dict(map(tuple, ask(sql.DUE_DAYS, {**owner, "day": day + MONTH}))),
        step_days=Counter(calendar.moment(instant(due)).day for (due,) in ask(sql.STEP_TIMES, owner)),
    )
