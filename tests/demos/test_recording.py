from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.demos.frame import Curve, Frame
from cnntutor.demos.recording import Recording


def numbered(number: int) -> Frame:
    return Frame(figures={"number": number}, images={"map": np.zeros((10, 10), np.uint8)})


def number_of(frame: Frame | None) -> float:
    assert frame is not None
    return frame.figures["number"]


def recorded(count: int, largest: int = 10**9) -> Recording:
    recording = Recording(largest)
    for number in range(count):
        recording.add(numbered(number))
    return recording


def kept(recording: Recording) -> list[float]:
    return [number_of(recording.seek(at)) for at in range(len(recording))]


def test_an_empty_recording_has_nothing_to_look_at() -> None:
    recording = Recording()
    assert (recording.frame, recording.last, recording.at, len(recording)) == (None, None, -1, 0)
    assert recording.seek(3) is None


def test_the_newest_frame_is_looked_at_until_someone_scrubs() -> None:
    recording = recorded(5)
    assert number_of(recording.frame) == 4
    assert number_of(recording.seek(1)) == 1
    recording.add(numbered(5))
    assert not recording.live
    assert number_of(recording.frame) == 1
    assert number_of(recording.last) == 5


def test_scrubbing_to_the_end_follows_the_run_again() -> None:
    recording = recorded(5)
    recording.seek(-3)
    assert recording.at == 0
    recording.seek(99)
    assert recording.live
    recording.add(numbered(5))
    assert number_of(recording.frame) == 5


@given(st.integers(1, 400), st.integers(300, 5000))
def test_a_long_run_is_thinned_out_evenly(count: int, largest: int) -> None:
    recording = recorded(count, largest)
    numbers = kept(recording)
    assert recording.made == count
    assert (numbers[0], numbers[-1]) == (0, count - 1)
    assert 100 * len(numbers) <= max(largest + 100, 300)
    gaps = {b - a for a, b in pairwise(numbers[:-1])}
    assert len(gaps) <= 1


def test_curves_count_towards_the_size() -> None:
    recording = Recording(largest=10_000)
    for number in range(100):
        recording.add(Frame(curves={"loss": Curve(tuple(range(50)), tuple(range(50)))}, figures={"number": number}))
    assert len(recording) <= 4
