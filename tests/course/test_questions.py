"""Questions of all five kinds: what is shown, and what is said to each answer."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntutor.course.questions import Answer, Posed
from cnntutor.errors import UsageError

PARAMS = """\
- id: q
  kind: number
  skill: cost
  section: what
  draw: {c_in: "3, 16", kernel: 3..5}
  ask: How many weights have {c_in} channels?
  answer: c_in * kernel * kernel
  tolerance: %s
  unit: parameters
  why: From {c_in} channels come {answer}.
  demo: convolve kernel_size={kernel}
  mistakes:
    - value: kernel * kernel
      why: That is one channel; there are {c_in}.
    - value: c_in / (kernel - 3)
      why: Never mind.
"""


def pick(posed: Posed, *texts: str) -> Answer:
    return Answer(picks=tuple(posed.options.index(text) for text in texts))


@given(seed=st.integers())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_options_are_shuffled_and_a_seed_keeps_their_order(question, seed):
    for name in ("q-sharing", "q-ideas", "q-order"):
        posed = question(name).pose(seed)
        assert posed.options == question(name).pose(seed).options
    right = ("convolution", "activation", "pooling")
    assert sorted(question("q-order").pose(seed).options) == sorted(right)
    assert question("q-order").pose(seed).options != right


def test_the_right_choice_stands_in_every_place(question):
    places = {question("q-sharing").pose(seed).options.index("One kernel for all places.") for seed in range(30)}
    assert places == {0, 1}


def test_a_right_single_choice_hears_why(question):
    posed = question("q-sharing").pose(1)
    verdict = posed.grade(pick(posed, "One kernel for all places."))
    assert (verdict.correct, verdict.explanation) == (True, "It slides.")
    assert verdict.right_answer == "One kernel for all places."


def test_a_wrong_single_choice_hears_why_it_and_why_the_right_one(question):
    posed = question("q-sharing").pose(1)
    verdict = posed.grade(pick(posed, "One kernel for all the filters."))
    assert not verdict.correct
    assert verdict.explanation.startswith("Each filter has its own.")
    assert verdict.explanation.endswith("It slides.")


def test_multiple_choice_is_graded_as_a_whole(question):
    posed = question("q-ideas").pose(2)
    assert posed.grade(pick(posed, "Sharing weights.", "Looking locally.")).correct
    verdict = posed.grade(pick(posed, "Sharing weights.", "Sorting pixels."))
    assert not verdict.correct
    assert "Not right: **Sorting pixels.** That would destroy" in verdict.explanation
    assert "Also right: **Looking locally.** Neighbours" in verdict.explanation
    assert "Sharing weights." not in verdict.explanation


def test_an_order_explains_the_first_item_out_of_place(question):
    posed = question("q-order").pose(0)
    assert posed.grade(pick(posed, "convolution", "activation", "pooling")).correct
    verdict = posed.grade(pick(posed, "convolution", "pooling", "activation"))
    assert not verdict.correct
    assert "Place 2 belongs to **activation**. It bends." in verdict.explanation
    assert "You put **pooling** there. It forgets." in verdict.explanation
    assert verdict.right_answer == "convolution → activation → pooling"


@pytest.mark.parametrize(
    ("name", "picks"),
    [("q-sharing", ()), ("q-sharing", (0, 1)), ("q-sharing", (9,)), ("q-sharing", (-1,)), ("q-ideas", ()),
     ("q-ideas", (0, 0)), ("q-order", (0, 1)), ("q-order", (0, 0, 1))],
)  # fmt: skip
def test_picks_that_cannot_be_meant_are_not_graded(question, name, picks):
    with pytest.raises(UsageError):
        question(name).pose(0).grade(Answer(picks=picks))


def number(folder, tolerance: str = "0") -> Posed:
    asked = folder.question(PARAMS % tolerance)
    return next(p for p in map(asked.pose, range(50)) if p.demo.knobs["kernel_size"] == "3" and "16" in p.prompt)


def test_a_number_is_asked_with_fresh_values(folder):
    posed = number(folder)
    assert posed.prompt == "How many weights have 16 channels?"
    assert (posed.unit, posed.options) == ("parameters", ())


@pytest.mark.parametrize("typed", ["144", " 144 ", "144 parameters", "1.44e2", "288/2", "144.0"])
def test_a_right_number_is_right_however_it_is_typed(folder, typed):
    verdict = number(folder).grade(Answer(text=typed))
    assert (verdict.correct, verdict.explanation) == (True, "From 16 channels come 144.")
    assert verdict.right_answer == "144 parameters"


def test_a_known_mistake_is_explained_before_the_reason(folder):
    verdict = number(folder).grade(Answer(text="9"))
    assert verdict.explanation == "That is one channel; there are 16.\n\nFrom 16 channels come 144."


def test_another_wrong_number_hears_the_reason(folder):
    assert number(folder).grade(Answer(text="7")).explanation == "From 16 channels come 144."


@pytest.mark.parametrize(("tolerance", "near", "far"), [("2", "146", "147"), ("5%", "151.2", "151.3")])
def test_a_tolerance_is_absolute_or_relative(folder, tolerance, near, far):
    posed = number(folder, tolerance)
    assert posed.grade(Answer(text=near)).correct
    assert not posed.grade(Answer(text=far)).correct


def test_what_is_shown_as_right_is_accepted(folder):
    asked = folder.question("- {id: q, kind: number, skill: s, section: what, ask: A third?, answer: 1 / 3, why: So.}")
    posed = asked.pose(0)
    shown = posed.grade(Answer(text="1")).right_answer
    assert shown == "0.3333"
    assert posed.grade(Answer(text=shown)).correct
    assert posed.grade(Answer(text="1/3")).correct
    assert not posed.grade(Answer(text="0.33")).correct


@pytest.mark.parametrize("typed", ["", "lots", "144 kB", "1,4,4"])
def test_an_unreadable_number_is_not_graded(folder, typed):
    with pytest.raises(UsageError) as error:
        number(folder).grade(Answer(text=typed))
    assert "\n" not in str(error.value)


def test_printed_code_is_shown_in_a_fence(question):
    assert question("q-prints").pose(0).prompt == "What does this print?\n\n```python\nprint([1, 2])\n```"


@pytest.mark.parametrize("typed", ["[1, 2]", "[1,2]", " [ 1,\n2 ] "])
def test_white_space_does_not_matter_in_what_is_printed(question, typed):
    assert question("q-prints").pose(0).grade(Answer(text=typed)).correct


def test_the_style_of_quotes_does_not_matter(folder):
    asked = folder.question(
        "- {id: q, kind: prints, skill: s, section: what, ask: A?, code: print(repr('a')), answer: \"'a'\", why: So.}"
    )
    assert asked.pose(0).grade(Answer(text='"a"')).correct
    assert not asked.pose(0).grade(Answer(text="a")).correct


def test_a_known_wrong_print_is_explained(question):
    verdict = question("q-prints").pose(0).grade(Answer(text="1,2"))
    assert not verdict.correct
    assert verdict.explanation.startswith("The brackets are printed too.")
    with pytest.raises(UsageError):
        question("q-prints").pose(0).grade(Answer(text="  "))


def test_an_answer_can_be_read_again_later(question):
    posed = question("q-ideas").pose(5)
    assert posed.in_words(pick(posed, "Sharing weights.", "Sorting pixels.")) == "Sharing weights.; Sorting pixels."
    assert question("q-prints").pose(0).in_words(Answer(text=" 1 ")) == "1"
