"""What an MP3 file says about itself, as mutagen reads it."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import CTOCFlags
from mutagen.mp3 import MP3

from cnntutor.listen.id3 import Tag, with_tag

RATE = 16_000
TAG = Tag(
    "What is a convolution?",
    "Ada and Ben",
    "Convolutional neural networks",
    3,
    32,
    12.5,
    "A small kernel visits every position.\n\nIts weights are shared.",
    "The puzzle\nAda: What is it?\nBen: A sum of products – nothing more.",
    (
        (0.0, "The puzzle"),
        (4.0, "Nine numbers – and a title too long for seven bits " + "o" * 80),
    ),
)
TEXT = st.text().map(lambda text: text.replace("\0", "")).filter(bool)
LINE = TEXT.map(lambda text: " ".join(text.split())).filter(bool)


@cache
def mp3() -> bytes:
    """Two seconds of a tone."""
    file = io.BytesIO()
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(2 * RATE) / RATE)
    soundfile.write(file, tone, RATE, format="MP3", subtype="MPEG_LAYER_III")
    return file.getvalue()


def opened(file: bytes) -> MP3:
    """The file without mutagen's translation to a newer version."""
    return MP3(io.BytesIO(file), translate=False)


def test_a_player_finds_title_course_number_and_length() -> None:
    tags = opened(with_tag(mp3(), TAG)).tags
    assert tags.version == (2, 3, 0)
    found = {name: tags[name].text[0] for name in ("TIT2", "TPE1", "TALB", "TRCK", "TCON", "TLEN")}
    assert found == {
        "TIT2": TAG.title,
        "TPE1": TAG.artist,
        "TALB": TAG.album,
        "TRCK": "3/32",
        "TCON": "Podcast",
        "TLEN": "12500",
    }


def test_summary_and_words_keep_their_lines() -> None:
    tags = opened(with_tag(mp3(), TAG)).tags
    assert tags.getall("COMM")[0].text == [TAG.summary]
    assert tags.getall("USLT")[0].text == TAG.words
    assert {frame.lang for frame in tags.getall("COMM") + tags.getall("USLT")} == {"eng"}


def test_chapters_follow_one_another_to_the_end() -> None:
    tags = opened(with_tag(mp3(), TAG)).tags
    (contents,) = tags.getall("CTOC")
    assert contents.flags == CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    chapters = [tags[f"CHAP:{name}"] for name in contents.child_element_ids]
    assert len(tags.getall("CHAP")) == len(chapters)
    assert [(c.start_time, c.sub_frames["TIT2"].text[0]) for c in chapters] == [
        (0, TAG.chapters[0][1]),
        (4000, TAG.chapters[1][1]),
    ]
    assert all(one.end_time == two.start_time for one, two in pairwise(chapters))
    assert chapters[-1].end_time == 12_500


def test_the_sound_behind_it_is_unchanged() -> None:
    tagged = with_tag(mp3(), TAG)
    assert tagged.endswith(mp3())
    before, after = (soundfile.read(io.BytesIO(file))[0] for file in (mp3(), tagged))
    assert np.array_equal(before, after)
    assert opened(tagged).info.length == pytest.approx(opened(mp3()).info.length)


def test_a_new_tag_takes_the_place_of_the_old_one() -> None:
    renamed = replace(TAG, title="Another title", chapters=())
    assert with_tag(with_tag(mp3(), TAG), renamed) == with_tag(mp3(), renamed)


def test_a_lesson_without_chapters_has_no_table_of_them() -> None:
    tags = opened(with_tag(mp3(), replace(TAG, chapters=()))).tags
    assert not tags.getall("CTOC") + tags.getall("CHAP")


def test_what_is_empty_has_no_frame() -> None:
    tags = opened(with_tag(mp3(), Tag("", "", "", 1, 1, 2.0, "", "", ()))).tags
    assert set(tags) == {"TRCK", "TCON", "TLEN"}


def test_more_chapters_than_a_table_can_count_are_cut() -> None:
    many = tuple((float(second), f"Chapter {second}") for second in range(300))
    tags = opened(with_tag(mp3(), replace(TAG, chapters=many, seconds=300.0))).tags
    assert len(tags.getall("CTOC")[0].child_element_ids) == len(tags.getall("CHAP")) == 255


@given(LINE, TEXT, LINE)
def test_every_letter_reads_back(title: str, words: str, chapter: str) -> None:
    tags = opened(with_tag(mp3(), replace(TAG, title=title, words=words, chapters=((0.0, chapter),)))).tags
    assert tags["TIT2"].text[0] == title
    assert tags.getall("USLT")[0].text == words
    assert tags["CHAP:chapter1"].sub_frames["TIT2"].text[0] == chapter
