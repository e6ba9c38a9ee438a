import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.memory.forgetting import retrievability

STABILITY = st.floats(0.01, 10_000)
DECAY = st.floats(0.1, 0.8)


@given(STABILITY, DECAY)
def test_after_its_stability_a_card_is_recalled_nine_times_in_ten(stability: float, decay: float) -> None:
    assert retrievability(stability, stability, decay) == pytest.approx(0.9)


@given(st.floats(0, 1000), st.floats(0.01, 1000), STABILITY, DECAY)
def test_the_chance_only_falls_with_time(t: float, later: float, stability: float, decay: float) -> None:
    assert 0 < retrievability(t + later, stability, decay) <= retrievability(t, stability, decay) <= 1


def test_a_clock_set_back_counts_as_no_time() -> None:
    assert retrievability(-3, 10) == 1
