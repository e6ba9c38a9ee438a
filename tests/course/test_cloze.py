"""Sentences with gaps."""

from __future__ import annotations

import pytest

from cnntutor.course.cloze import Cloze, ClozeError

TEXT = "A layer slides {{c1::the same kernel}} over {{c2::every position::where?}} of its {{c1::input}}."


def test_the_asked_gap_opens_and_the_others_are_filled():
    cloze = Cloze.parse(TEXT)
    assert cloze.numbers == (1, 2)
    assert cloze.front(1) == "A layer slides **[…]** over every position of its **[…]**."
    assert cloze.front(2) == "A layer slides the same kernel over **[where?]** of its input."
    assert cloze.back(2) == "A layer slides the same kernel over **every position** of its input."
    assert cloze.asked(1) == "the same kernel input"


def test_gaps_hold_formulas_and_lie_in_them():
    assert Cloze.parse(r"It has {{c1::$k^{2}$}} weights.").back(1) == "It has ***k²*** weights."
    inside = Cloze.parse(r"Size: $H = {{c1::\frac{a}{b^{2}} - 1}}$.")
    assert inside.back(1) == "Size: *H = **a/b² − 1***."


def test_bold_type_in_a_gap_is_bold_once():
    assert Cloze.parse("So {{c1::it **is**}}.").back(1) == "So **it is**."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing asked", "no gap"),
        ("{{c1::open", "never closed"),
        ("{{c1::}}", "nothing to ask"),
        ("{{c1::a {{c2::b}}}}", "inside another"),
    ],
)
def test_broken_gaps_are_refused(text, message):
    with pytest.raises(ClozeError, match=message):
        Cloze.parse(text)
