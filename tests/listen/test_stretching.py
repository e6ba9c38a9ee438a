"""Faster and slower speech keeps its pitch and its timing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.listen.stretching import LONGEST_STRETCH, Stretching

RATE = 16_000
SPEEDS = [0.5, 0.8, 1.0, 1.5, 2.0, 3.0]


def tone(hertz: float, seconds: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def loudest_hertz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / RATE)[spectrum.argmax()])


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("hertz", [103.0, 170.0, 440.0])
def test_the_pitch_stays_at_every_speed(speed: float, hertz: float) -> None:
    made = Stretching(tone(hertz, 3), RATE).stretch(0, speed)
    assert len(made) == pytest.approx(3 * RATE / speed, abs=2)
    assert loudest_hertz(made) == pytest.approx(hertz, rel=0.02)


@pytest.mark.parametrize("speed", SPEEDS)
def test_what_is_said_in_the_middle_stays_in_the_middle(speed: float) -> None:
    quiet = np.zeros(RATE, np.float32)
    made = Stretching(np.concatenate([quiet, tone(170, 1), quiet]), RATE).stretch(0, speed)
    energy = made**2
    middle = float((energy * np.arange(len(made))).sum() / energy.sum() / RATE)
    assert middle == pytest.approx(1.5 / speed, abs=0.02)


@given(
    length=st.integers(0, 40 * 1000),
    pauses=st.lists(st.floats(-1, 45, allow_nan=False), max_size=6).map(sorted),
)
def test_the_stretches_are_the_whole_lesson_in_order(length: int, pauses: list[float]) -> None:
    stretching = Stretching(np.arange(length, dtype=np.float32), 1000, pauses)
    pieces = [stretching.stretch(number, 1.0) for number in range(len(stretching))]
    assert np.array_equal(np.concatenate(pieces), np.arange(length, dtype=np.float32))
    assert all(len(piece) <= LONGEST_STRETCH * 1000 for piece in pieces)
    for sample in range(0, length, 997):
        start, end = stretching.bounds(stretching.number_at(sample))
        assert start <= sample < end
