"""What the sound device pulls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.listen.deck import FADE, Deck

RATE = 16_000
PAUSES = [1.0, 2.0]


@pytest.fixture
def deck() -> Deck:
    """Three seconds whose loudness tells the second: 0.1, 0.2, 0.3."""
    deck = Deck()
    deck.load(np.repeat(np.float32([0.1, 0.2, 0.3]), RATE), RATE, PAUSES)
    return deck


def level(block: np.ndarray) -> float:
    return float(np.abs(block.astype(np.float64)).max() / 32767)


def test_blocks_follow_one_another_and_behind_the_end_it_is_quiet(deck: Deck) -> None:
    blocks = [deck.pull(RATE) for _ in range(4)]
    assert [round(level(block), 2) for block in blocks] == [0.1, 0.2, 0.3, 0.0]
    assert deck.ended
    assert deck.position == 3.0


def test_it_goes_on_from_where_it_is_sent(deck: Deck) -> None:
    deck.go_to(2.5, 1.0)
    assert deck.position == pytest.approx(2.5)
    assert level(deck.pull(800)) == pytest.approx(0.3, abs=0.01)
    assert deck.position == pytest.approx(2.55)
    deck.go_to(0.0, 1.0)
    assert not deck.ended
    assert level(deck.pull(800)) == pytest.approx(0.1, abs=0.01)


def test_a_jump_begins_without_a_click(deck: Deck) -> None:
    deck.go_to(2.5, 1.0)
    block = deck.pull(round(2 * FADE * RATE)).astype(np.int64)
    assert block[0] == 0
    assert np.abs(np.diff(block)).max() < 0.3 * 32767 / (FADE * RATE) + 2


@given(at=st.floats(0, 3), speed=st.sampled_from([0.5, 0.75, 1.0, 1.25, 2.0, 3.0]), blocks=st.integers(1, 6))
@settings(deadline=None, max_examples=40)
def test_the_position_moves_as_fast_as_it_plays(at: float, speed: float, blocks: int) -> None:
    deck = Deck()
    deck.load(np.zeros(3 * RATE, np.float32), RATE, PAUSES)
    deck.go_to(at, speed)
    for _ in range(blocks):
        deck.pull(4_000)
    assert deck.position == pytest.approx(min(at + blocks * 0.25 * speed, 3.0), abs=0.002)


def test_the_volume_is_turned_without_a_jump(deck: Deck) -> None:
    deck.pull(800)
    deck.set_volume(0.0)
    fading = np.abs(deck.pull(800).astype(np.int64))
    assert fading[0] > 3000
    assert fading[-1] == 0
    assert level(deck.pull(800)) == 0


def test_an_empty_deck_is_quiet() -> None:
    deck = Deck()
    assert level(deck.pull(100)) == 0
    assert deck.position == 0
