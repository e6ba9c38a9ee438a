"""Where in a lesson we are while time goes by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.listen.transport import Transport

SECONDS = st.floats(0, 1e4)
SPEEDS = st.floats(0.5, 3)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@given(SECONDS, SECONDS, SPEEDS, st.lists(SECONDS, max_size=4))
def test_it_runs_at_its_speed_from_where_it_was_put(now, at, speed, steps):
    clock = Hand(now)
    transport = Transport(clock)
    transport.run(at, speed)
    for step in steps:
        clock.now += step
    assert transport.running
    assert transport.position == pytest.approx(at + speed * sum(steps), abs=1e-6)


@given(SECONDS, SECONDS, SPEEDS, SECONDS)
def test_news_of_a_position_some_time_ago_counts_the_time_since(now, at, speed, ago):
    transport = Transport(Hand(now + ago))
    transport.run(at, speed, since=now)
    assert transport.position == pytest.approx(at + speed * ago, abs=1e-6)


@given(SECONDS, SPEEDS, SECONDS, SECONDS)
def test_at_rest_no_time_moves_it(at, speed, rest, later):
    clock = Hand()
    transport = Transport(clock)
    transport.run(at, speed)
    transport.rest(rest)
    clock.now = later
    assert not transport.running
    assert transport.position == rest


def test_it_begins_at_rest_at_the_beginning():
    clock = Hand(5.0)
    transport = Transport(clock)
    clock.now = 50.0
    assert (transport.position, transport.running) == (0.0, False)
