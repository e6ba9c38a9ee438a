"""The sounds that ship: every lesson has one, it says what the script says, and it is as long as its times."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import soundfile
from shipped import COURSE

from cnntutor import paths
from cnntutor.course.models import Topic
from cnntutor.listen.encoding import read
from cnntutor.listen.library import Library

TOPICS = list(COURSE.topics())
LARGEST = 40_000_000
"""Bytes of sound for the whole course."""


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_every_lesson_ships_with_a_sound_that_fits_its_script(topic: Topic) -> None:
    sound = Library(COURSE).shipped_sound(topic)
    assert sound is not None, "the script or its pronunciation changed: make sounds"
    assert soundfile.info(sound.file).duration == pytest.approx(sound.timetable.duration, abs=0.02)
    assert 180 <= sound.timetable.duration <= 240


def test_the_sounds_of_the_course_are_small_enough_to_ship() -> None:
    sizes = [file.stat().st_size for file in (paths.shipped("assets") / "sounds").rglob("*") if file.is_file()]
    assert sum(sizes) < LARGEST


def test_somebody_speaks_in_every_sentence_and_nobody_between_them() -> None:
    sound = Library(COURSE).shipped_sound(TOPICS[0])
    assert sound is not None
    samples, rate = read(sound.file)

    def loudness(start: float, end: float) -> float:
        return float(np.sqrt(np.mean(samples[round(start * rate) : round(end * rate)] ** 2)))

    lines = sound.timetable.lines
    said = [loudness(line.start, line.end) for line in lines]
    between = [
        loudness(one.end + 0.05, two.start - 0.05) for one, two in pairwise(lines)
    ]  # what Vorbis smears over an edge is not silence
    assert min(said) > 0.03
    assert max(between) < min(said) / 20
