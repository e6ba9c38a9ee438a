from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cnntutor.memory.clock import instant, micros


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_being_kept_to_the_microsecond(at: datetime) -> None:
    assert instant(micros(at)) == at


def test_nothing_stays_nothing() -> None:
    assert micros(None) is None
    assert instant(None) is None
