"""What the arrows and a key make of a knob."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from cnntutor.demos import catalogue
from cnntutor.demos.knobs import Knob, KnobKind
from cnntutor.tui.widgets.knob_row import KnobRow, begins_number, further, shown, turned

STRIDE = Knob("stride", KnobKind.INT, 1, "", low=1, high=8)
RATE = Knob("learning_rate", KnobKind.FLOAT, 0.1, "", low=1e-5, high=10)
DECAY = Knob("weight_decay", KnobKind.FLOAT, 5e-4, "", low=0, high=1)
BLEND = Knob("blend", KnobKind.FLOAT, 0.6, "", low=0, high=1)
LAYER = Knob("layer", KnobKind.TEXT, "", "", choices=("conv1", "conv2"))


@pytest.mark.parametrize(
    ("knob", "value", "step", "expected"),
    [
        (STRIDE, 1, 1, "2"),
        (STRIDE, 1, -1, "1"),
        (STRIDE, 3, 10, "8"),
        (BLEND, 0.6, 1, "0.65"),
        (BLEND, 0.98, 1, "1"),
        (RATE, 0.1, 1, "0.2"),
        (RATE, 0.1, -1, "0.05"),
        (RATE, 0.3, 1, "0.5"),
        (RATE, 0.3, -1, "0.2"),
        (RATE, 10, 1, "10"),
        (RATE, 1e-5, -1, "1e-05"),
        (DECAY, 5e-4, 1, "0.001"),
        (DECAY, 1e-5, -1, "0"),
        (DECAY, 0, 1, "1e-05"),
        (LAYER, "", 1, "conv1"),
        (LAYER, "conv2", 1, "conv1"),
        (LAYER, "typed.by.hand", 1, "conv1"),
    ],
)
def test_arrows_go_by_steps_that_suit_the_range(knob: Knob, value: float | str, step: int, expected: str) -> None:
    assert turned(knob, value, step) == expected


@given(st.floats(1e-5, 10), st.integers(-12, 12))
def test_fine_steps_stay_in_range_and_go_the_right_way(value: float, step: int) -> None:
    moved = float(turned(RATE, value, step))
    assert RATE.low is not None
    assert RATE.high is not None
    assert RATE.low <= moved <= RATE.high
    if step > 0:
        assert moved >= value * (1 - 1e-5)
    if step < 0:
        assert moved <= value * (1 + 1e-5)


def test_arrows_on_any_knob_of_any_demo_give_something_that_can_be_set_by_type() -> None:
    for demo in catalogue.all_demos():
        for knob in demo.controls:
            for step in (-10, -1, 1, 10):
                text = turned(knob, knob.default, step)
                if knob.kind in (KnobKind.INT, KnobKind.FLOAT):
                    assert knob.low is None or float(text) >= knob.low
                    assert knob.high is None or float(text) <= knob.high
                elif knob.kind is KnobKind.CHOICE:
                    assert text in knob.choices


def test_behind_a_whole_number_come_those_up_to_its_limit() -> None:
    assert further(STRIDE, "6", 1) == ("7", "8")
    assert further(STRIDE, "3", -1) == ("2", "1")
    assert further(STRIDE, "8", 1) == ()
    assert further(BLEND, "0.6", 1) == ()


def test_only_keys_that_begin_a_number_begin_to_type_one() -> None:
    assert begins_number(STRIDE, "7")
    assert not begins_number(STRIDE, "-")
    assert not begins_number(STRIDE, ".")
    assert begins_number(BLEND, ".")
    assert begins_number(Knob("row", KnobKind.INT, -1, "", low=-1), "-")
    assert not begins_number(LAYER, "3")


def test_values_are_shown_as_short_as_they_can_be() -> None:
    assert shown(Knob("p", KnobKind.PICTURE, "chelsea", ""), "/home/ada/pictures/cat.png") == "cat.png"
    assert shown(Knob("b", KnobKind.BOOL, False, ""), True) == "on"
    assert shown(LAYER, "") == "–"
    assert shown(RATE, 0.0005) == "0.0005"
    assert len(shown(LAYER, "a.very.long.name.of.a.layer.in.a.net")) == 18


async def test_a_long_text_leaves_room_for_its_name() -> None:
    app: App[None] = App()
    async with app.run_test(size=(28, 5)) as pilot:
        row = KnobRow(Knob("stack", KnobKind.TEXT, "k3 k3 p2 k3 k3 p2 k3 k3", ""))
        await app.mount(row)
        await pilot.pause()
        line = str(row.render())
        assert line.startswith(" stack ◂ k3 k3 p2")
        assert len(line) == 28
