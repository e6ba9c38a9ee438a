"""Arithmetic in course files: what works out, and what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.expression import Expression, ExpressionError, ImpossibleError, functions
from cnntutor.vision import arithmetic


def value(text: str, **values: object) -> object:
    return Expression.parse(text).value(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", 5.0),
        ("7 // 2 + 7 % 4", 6),
        ("-2 ** 2", -4),
        ("(1, 2)[1]", 2),
        ("output_size(224, 7, stride=2, padding=3)", 112),
        ("conv_params(64, 128, (3, 3), bias=False)", 73_728),
        ("conv_macs(64, 128, 3, 56, 56)", 231_211_008),
        ("receptive_field([(3, 1, 1, 1)] * 3).size", 7),
        ("cross_correlation([1, 2], [3, 4])", 11),
        ("round(softmax([0, 0])[0], 2)", 0.5),
        ("max(1, min(5, 3)) + abs(-2) + sum((1, 2))", 8),
        ("sqrt(9) + floor(1.9) + ceil(1.1) + exp(0)", 7.0),
    ],
)
def test_arithmetic_works_out(text, expected):
    assert value(text) == expected


def test_every_public_function_of_the_arithmetic_can_be_called():
    assert {"output_size", "conv_params", "conv_macs", "dense_params", "receptive_field", "iou"} <= set(functions())
    assert functions()["output_size"] is arithmetic.output_size
    assert not [name for name in functions() if name.startswith("_")]


def test_names_are_those_that_need_values():
    assert Expression.parse("output_size(size, kernel, stride=s)").names == {"size", "kernel", "s"}


@given(a=st.integers(-1000, 1000), b=st.integers(1, 1000), c=st.integers(0, 5))
def test_results_are_pythons_own(a, b, c):
    assert value("a * b - a // b + a % b + b ** c", a=a, b=b, c=c) == a * b - a // b + a % b + b**c


@pytest.mark.parametrize(
    "text",
    [
        "", "1 +", "a b", "import os", "x = 1", "lambda: 1", "[i for i in (1, 2)]", "'text'", "f'{x}'", "True and x",
        "x < 1", "x if y else z", "__import__('os')", "open('f')", "x.__class__", "().__class__", "max.__self__",
        "receptive_field([]).__class__", "(1).real", "output_size(*x)", "output_size(**x)", "x[0:1]", "x @ y", "~x",
        "1j", "...", "(x := 1)", "print(1)", "1 " * 300,
    ],
)  # fmt: skip
def test_everything_but_arithmetic_is_refused(text):
    with pytest.raises(ExpressionError):
        Expression.parse(text)


@pytest.mark.parametrize(
    "text",
    ["1 / 0", "9 ** 9 ** 9", "10 ** 64", "exp(1000)", "sqrt(-1)", "(-8) ** 0.5", "(0, 1) * 10000", "(1, 2)[5]",
     "output_size(3, 7)", "round(1e300) * 1e300"],
)  # fmt: skip
def test_sound_arithmetic_without_a_result_is_impossible(text):
    expression = Expression.parse(text)
    with pytest.raises(ImpossibleError):
        expression.value({})


@pytest.mark.parametrize("text", ["output_size(1)", "output_size(1, 2, stirde=3)", "(1, 2) + 1", "x"])
def test_arithmetic_that_never_works_out_says_so(text):
    expression = Expression.parse(text)
    with pytest.raises(ExpressionError):
        expression.value({})


@given(st.text(max_size=30))
def test_any_text_is_an_expression_or_refused(text):
    with contextlib.suppress(ExpressionError):
        assert Expression.parse(text).names.isdisjoint({"open", "__import__"} - {text.strip()})
