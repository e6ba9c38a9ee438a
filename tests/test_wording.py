"""Times and amounts in few words."""

import pytest

from cnntutor.wording import clock, distance, plural, printable, sentence


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "<1 min"),
        (59, "<1 min"),
        (60, "1 min"),
        (600, "10 min"),
        (3600, "1 h"),
        (86_400, "1 d"),
        (30 * 86_400, "30 d"),
        (61 * 86_400, "2.0 mo"),
        (730.5 * 86_400, "2.0 y"),
    ],
)
def test_a_distance_fits_on_a_button(seconds: float, text: str) -> None:
    assert distance(seconds) == text


def test_playing_times_read_like_a_players() -> None:
    assert [clock(s) for s in (0, 59.6, 200)] == ["0:00", "1:00", "3:20"]


def test_nouns_agree_with_their_number() -> None:
    assert [plural(n, "card") for n in (0, 1, 2, 1200)] == ["0 cards", "1 card", "2 cards", "1,200 cards"]


def test_a_title_that_is_a_question_needs_no_full_stop() -> None:
    assert [sentence(t) for t in ("Pooling", "What is it?", "Stop.")] == ["Pooling.", "What is it?", "Stop."]


def test_what_would_steer_a_terminal_is_written_out() -> None:
    assert printable("⌊a⌋ “é”\x1b[31m\n\u202e\udcff") == r"⌊a⌋ “é”\x1b[31m\n\u202e\udcff"
