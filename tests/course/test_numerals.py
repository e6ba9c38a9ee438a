"""Numbers as people read and type them."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.numerals import read_number, show_number, show_raw
from cnntutor.errors import UsageError


@pytest.mark.parametrize(
    ("number", "shown", "raw"),
    [
        (28, "28", "28"),
        (9_999, "9999", "9999"),
        (231_211_008, "231,211,008", "231211008"),
        (-3, "−3", "-3"),
        (0.1 + 0.2, "0.3", "0.3"),
        (1 / 3, "0.3333", "0.3333"),
        (12.345678, "12.3457", "12.3457"),
        (0.00012345, "0.0001234", "0.0001234"),
        (12345.5, "12,345.5", "12345.5"),
        (999_999.99999, "1,000,000", "1000000"),
        (2.0, "2", "2"),
        (1e-9, "1e-9", "1e-9"),
        (Fraction(1, 2), "0.5", "0.5"),
    ],
)
def test_numbers_read_well_in_prose_and_plainly_in_code(number, shown, raw):
    assert show_number(number) == shown
    assert show_raw(number) == raw


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("1204", "", 1204),
        ("1,204", "", 1204),
        ("1 204", "", 1204),
        ("231,211,008", "", 231_211_008),
        ("73_728", "", 73_728),
        ("1.204.000", "", 1_204_000),
        ("1.204,5", "", Fraction("1204.5")),
        ("1.204", "", Fraction("1.204")),
        ("12,5", "", Fraction("12.5")),
        ("0,333", "", Fraction("0.333")),
        ("1e3", "", 1000),
        ("2.3 x 10^6", "", 2_300_000),
        ("-0.5", "", Fraction("-0.5")),
        ("−7", "", -7),
        (".5", "", Fraction("0.5")),
        ("1/3", "", Fraction(1, 3)),
        ("12 px", "px", 12),
        ("12px", "px", 12),
        ("1/3 px", "px", Fraction(1, 3)),
        ("73,728 Parameters", "parameters", 73_728),
        ("1 parameter", "parameters", 1),
        ("5 params", "parameters", 5),
        ("5 %", "%", 5),
        ("5 %", "", Fraction(1, 20)),
        ("3 m/s", "m/s", 3),
    ],
)
def test_what_people_type_is_read_as_they_mean_it(typed, unit, number):
    assert read_number(typed, unit) == number


@pytest.mark.parametrize("typed", ["", "  ", "many", "1,2,3", "12 34", "nan", "inf", "1e9999", "1/0", "3/4/5", "12 kB",
                                   "0x10", "1..2", "--1", "9" * 100])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_line(typed):
    with pytest.raises(UsageError) as error:
        read_number(typed, "px")
    assert str(error.value)
    assert "\n" not in str(error.value)


@given(st.integers(-(10**15), 10**15))
def test_whole_numbers_come_back_as_they_were_shown(number):
    assert read_number(show_number(number)) == number
    assert read_number(show_raw(number)) == number


@given(st.floats(-1e9, 1e9))
def test_other_numbers_come_back_to_four_digits(number):
    assert float(read_number(show_number(number))) == pytest.approx(number, rel=6e-4, abs=1e-300)


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(typed):
    with contextlib.suppress(UsageError):
        assert abs(read_number(typed, "px")) < Fraction(10) ** 1100
