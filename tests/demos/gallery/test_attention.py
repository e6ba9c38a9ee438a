from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _attention_words as words
from cnntutor.demos.gallery._attention_knobs import AttentionKnobs
from cnntutor.demos.gallery.attention import attention
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import images
from cnntutor.vision.attention import attend, attention_macs, gate_params, position_codes
from cnntutor.vision.gates import ComputedGates
from cnntutor.vision.profile import profile

STEPS = 150
"""Of training: enough for the gates to part, and quick."""


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = attention.frames(catalogue.parse_knobs(attention, values), "cpu", seed)
    return last


@cache
def trained_gates() -> tuple[Frame, ...]:
    knobs = AttentionKnobs(block="squeeze-excite", steps=STEPS)
    return tuple(attention.frames(knobs, "cpu", 0))


# The arithmetic


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 6), st.integers(1, 6), st.integers(0, 999))
def test_it_is_torchs_own_attention_and_its_rows_add_up_to_one(n: int, m: int, d: int, c: int, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn(*shape, generator=draw) for shape in ((n, d), (m, d), (m, c)))
    weights, outputs = attend(q, k, v)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(n))
    torch.testing.assert_close(outputs, functional.scaled_dot_product_attention(q[None], k[None], v[None])[0])


def test_three_keys_by_hand() -> None:
    weights, outputs = attend(
        torch.tensor([[1.0]]), torch.tensor([[2.0], [1.0], [0.0]]), torch.tensor([[10.0], [20.0], [30.0]])
    )
    assert weights[0].tolist() == pytest.approx([0.665, 0.245, 0.090], abs=1e-3)
    assert float(outputs) == pytest.approx(14.25, abs=0.01)


class _NonLocal(nn.Module):
    """A block as torch has it: four 1×1 convolutions around scaled_dot_product_attention."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Conv2d(channels, channels, 1) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (layer(x).flatten(2).transpose(1, 2) for layer in (self.query, self.key, self.value))
        y = functional.scaled_dot_product_attention(q, k, v)
        return cast("Tensor", x + self.output(y.transpose(1, 2).reshape(x.shape)))


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 10), st.integers(1, 12))
def test_the_cost_formula_counts_what_a_real_block_multiplies(side: int, channels: int) -> None:
    measured = profile(_NonLocal(channels), (channels, side, side))
    assert attention_macs(side**2, channels) == measured.macs + measured.macs_elsewhere


@pytest.mark.parametrize(("channels", "reduction"), [(64, 16), (64, 64), (32, 5), (4, 1)])
def test_gates_have_so_many_numbers_to_learn(channels: int, reduction: int) -> None:
    block = ComputedGates(channels, reduction)
    assert gate_params(channels, reduction) == sum(parameter.numel() for parameter in block.parameters())


def test_two_cells_codes_resemble_each_other_by_their_distance_alone() -> None:
    codes = position_codes(6, 5, 16)
    alike = (codes @ codes.T).view(6, 5, 6, 5)
    assert alike[0, 0, 2, 1] == pytest.approx(float(alike[3, 3, 5, 4]), abs=1e-4)
    assert len({tuple(code) for code in codes.round(decimals=4).tolist()}) == 30
    assert float(alike[2, 2].max()) == pytest.approx(float(alike[2, 2, 2, 2]))


# Self-attention


@pytest.mark.parametrize(
    "values", [{}, {"projections": "random", "positions": 2}, {"layer": "pixels", "scene": "picture", "sharpness": 5}]
)
def test_a_run_agrees_with_torch_and_every_row_adds_up(values: dict[str, Any]) -> None:
    figures = last_frame(**values).figures
    assert figures["difference"] < 1e-4
    assert figures["row_sum"] == pytest.approx(1, abs=1e-5)


def test_the_deeper_the_layer_the_more_of_the_weight_stays_in_the_cells_own_texture() -> None:
    inside = [last_frame(layer=layer).figures["inside"] for layer in ("pixels", "blocks.0", "blocks.2")]
    assert inside[0] < 0.75
    assert inside[0] < inside[1] < inside[2]
    assert inside[2] > 0.95


def test_shuffled_cells_give_shuffled_outputs_until_they_know_their_places() -> None:
    assert last_frame().figures["shuffled"] < 1e-4
    assert last_frame(positions=2).figures["shuffled"] > 0.1


def test_positions_draw_the_weight_to_the_neighbourhood() -> None:
    near = [last_frame(positions=positions).figures["near"] for positions in (0, 2)]
    assert near[0] < 0.2
    assert near[1] > 0.5


def test_without_sharpness_everybody_is_asked_alike() -> None:
    figures = last_frame(sharpness=0, map_side=8).figures
    assert figures["attended"] == pytest.approx(64, abs=0.01)
    assert figures["largest"] == pytest.approx(1 / 64)


def test_the_query_walks_and_comes_back() -> None:
    frames = list(attention.frames(AttentionKnobs(), "cpu", 0))
    first, walked, last = (frame.images["query"] for frame in (frames[0], frames[1], frames[-1]))
    assert (first == last).all()
    assert (first != walked).any()
    assert all(frame.views["map"] == ("query", "attends to") for frame in frames)


def test_the_keys_that_are_listed_add_up_to_one() -> None:
    rows = last_frame().tables["its keys"].rows
    assert rows[-1] == ("sum", 1.0)
    assert sum(cast("float", row[1]) for row in rows[:-1]) == pytest.approx(1, abs=1e-3)


# Gates


def test_gates_worked_out_from_the_picture_beat_fixed_ones_and_a_softmax() -> None:
    figures = trained_gates()[-1].figures
    assert figures["accuracy"] > 0.9
    assert figures["accuracy"] > figures["fixed_accuracy"] + 0.05
    assert figures["accuracy"] > figures["softmax_accuracy"] + 0.2


def test_fresh_gates_stand_at_a_half_and_trained_ones_differ_between_pictures() -> None:
    opening, *_, last = trained_gates()
    assert opening.figures["fresh_gate"] == pytest.approx(0.5, abs=0.05)
    assert opening.figures["gate_difference"] < 0.05
    assert last.figures["gate_difference"] > 0.1
    assert last.figures["params"] == 580


def test_a_picture_of_the_learners_turns_the_scene_to_it() -> None:
    knobs = AttentionKnobs(block="squeeze-excite", steps=0).with_picture(images.path_of("coffee"))
    assert knobs.scene == "picture"
    *_, frame = attention.frames(knobs, "cpu", 0)
    assert "picture, gates" in frame.images
    assert frame.progress == 1


# What is refused, asked and shown


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"first": "wood", "second": "wood"}, "first and second must be different textures, not wood twice"),
        ({"layer": "pixels", "positions": 1}, "positions need 4 channels or more"),
        ({"map_side": 1}, "map_side"),
        ({"reduction": 65}, "reduction"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(attention, values)


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ({}, "wherever they lie"),
        ({"positions": 2}, "its eight neighbours"),
        ({"layer": "pixels", "sharpness": 0.01}, "about alike"),
    ],
)
def test_the_run_says_where_the_weight_went(values: dict[str, Any], right: str) -> None:
    asked = words.predict(AttentionKnobs(**values))
    assert asked
    judged = asked.judge(last_frame(**values))
    assert judged is not None
    assert right in asked.choices[judged]


def test_the_run_says_which_gates_did_best() -> None:
    asked = words.predict(AttentionKnobs(block="squeeze-excite"))
    assert asked
    assert asked.judge(trained_gates()[-1]) == 0
    assert asked.judge(Frame()) is None
    assert words.predict(AttentionKnobs(block="squeeze-excite", steps=0)) is None


def test_without_a_screen_it_runs_as_it_stands() -> None:
    result = run_headless("attention")
    assert result.figures["factors"] == 20736
    assert result.figures["macs"] == 5013504


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"scene": "picture", "layer": "blocks.1", "projections": "random", "positions": 1, "map_side": 9},
        {"layer": "pixels", "query_row": 90, "layout": "stacked", "sharpness": 3},
        {"block": "squeeze-excite", "steps": STEPS},
    ],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(attention, AttentionKnobs(**values))
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    frame = trained_gates()[-1] if "steps" in values else last_frame(**values)
    assert len(printed) >= 5
    assert printed == pytest.approx({name: frame.figures[name] for name in printed}, rel=1e-3, abs=1e-5)
