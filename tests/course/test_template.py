"""Texts with holes."""

from __future__ import annotations

import pytest

from cnntutor.course.draw import Grid
from cnntutor.course.expression import ExpressionError
from cnntutor.course.template import Template

KNOWN = frozenset({"size", "n", "grid", "answer"})
VALUES = {"size": 32, "n": 12, "grid": Grid((1, -10, 3, 4), 2), "answer": 1_000_000}


def fill(text: str) -> str:
    template = Template.parse(text, KNOWN)
    assert template.faults == ()
    return template.fill(VALUES)


def test_holes_are_filled_in_prose_code_and_formulas():
    assert fill("A {size}×{size} map has {= size * size} cells") == "A 32×32 map has 1024 cells"
    assert fill("It is {answer}, in code `f({answer})`") == "It is 1,000,000, in code `f(1000000)`"
    assert fill("$H_{out} = {size} - 1$") == "*Hₒᵤₜ = 32 − 1*"


def test_a_number_in_a_formula_stays_one_group():
    assert fill("$2^{n}$") == "2¹²"
    assert fill("$x^{n} = {answer}$") == "*x¹² = 1,000,000*"


def test_the_braces_of_latex_and_code_are_left_alone():
    assert fill(r"$\frac{a}{b} + x_{in}$") == "*a/b + xᵢₙ*"
    assert fill("`{key: 1}` and `f'{name}'`") == "`{key: 1}` and `f'{name}'`"


def test_a_grid_is_an_aligned_block_of_its_own():
    assert fill("The patch {grid} is small") == "The patch \n\n```text\n  1  -10\n  3    4\n```\n\n is small"
    assert fill("{grid}\n\n{grid}").count("```text") == 2
    assert fill("$A = {grid}$") == "*A = \\[1, −10; 3, 4\\]*"


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("A {sise} map", 2, "“sise”; did you mean size?"),
        ("A {= size + zoo} map", 2, "“zoo”"),
        ("A {= size +} map", 2, "no arithmetic"),
        ("so $({sise} - 1)$", 5, "“sise”"),
    ],
)
def test_unknown_names_and_broken_sums_are_faults(text, offset, message):
    (fault,) = Template.parse(text, KNOWN).faults
    assert fault.offset == offset
    assert message in fault.message


def test_an_escaped_brace_is_no_hole():
    assert Template.parse(r"\{sise\}", KNOWN).faults == ()


def test_commands_get_plain_numbers():
    assert Template.parse("{= answer * 2}", KNOWN).fill_raw(VALUES) == "2000000"


def test_commands_get_a_grid_as_a_matrix_on_one_line():
    assert Template.parse("{grid}", KNOWN).fill_raw(VALUES) == "1 -10; 3 4"


def test_a_result_that_is_no_number_cannot_be_shown():
    template = Template.parse("{= receptive_field([(n, 1, 0, 1)])}", KNOWN)
    with pytest.raises(ExpressionError, match="size"):
        template.fill(VALUES)
