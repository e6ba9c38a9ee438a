"""Draws until the answer works out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.computed import Computation
from cnntutor.course.draw import parse_source
from cnntutor.course.expression import Expression
from cnntutor.errors import CourseError
from cnntutor.vision.arithmetic import output_size


def computation(answer: str, **draws: str) -> Computation:
    return Computation({name: parse_source(text) for name, text in draws.items()}, Expression.parse(answer))


@given(st.integers())
def test_impossible_draws_are_drawn_again(seed):
    values = computation("output_size(size, kernel)", size="1..9", kernel="1..9").values(seed)
    assert values["answer"] == output_size(values["size"], values["kernel"])


@given(st.integers())
def test_a_seed_gives_the_same_values(seed):
    item = computation("a * b", a="1..1000", b="1..1000")
    assert item.values(seed) == item.values(seed)


def test_seeds_give_fresh_values():
    item = computation("a", a="1..1000")
    assert len({item.values(seed)["answer"] for seed in range(50)}) > 40


def test_what_the_texts_work_out_must_be_possible_too():
    item = Computation({"a": parse_source("0..1")}, None, (Expression.parse("1 / a"),))
    assert {item.values(seed)["a"] for seed in range(20)} == {1}


def test_draws_that_never_work_out_are_an_error():
    with pytest.raises(CourseError, match="every draw is impossible"):
        computation("output_size(1, kernel)", kernel="2..9").values(0)
