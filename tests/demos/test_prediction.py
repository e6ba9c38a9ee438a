from __future__ import annotations

import pytest

from cnntutor.demos.frame import Frame
from cnntutor.demos.prediction import Prediction, predict_number


def test_the_run_says_which_number_was_right() -> None:
    prediction = predict_number("How wide?", "output_size", (64, 31, 32, 31))
    assert prediction is not None
    assert prediction.choices == ("31", "32", "64")
    assert prediction.judge(Frame(figures={"output_size": 32})) == 1


def test_a_number_that_nobody_offered_proves_no_choice_right() -> None:
    prediction = predict_number("How wide?", "output_size", (31, 32))
    assert prediction is not None
    assert prediction.judge(Frame(figures={"output_size": 7})) is None
    assert prediction.judge(Frame()) is None


def test_nothing_is_asked_where_there_is_nothing_to_choose() -> None:
    assert predict_number("How wide?", "output_size", (32, 32)) is None
    with pytest.raises(ValueError, match="two different choices"):
        Prediction("Which?", ("a", "a"), lambda _: 0)
