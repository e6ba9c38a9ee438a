"""The language of nets, its bill, and the module that is built from it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.errors import UsageError
from cnntutor.vision.net_bill import Bill, Task, bill, shape_text, sound
from cnntutor.vision.net_build import build, code
from cnntutor.vision.net_text import KINDS, Block, Kind, NetTextError, Number, kind, parse, write
from cnntutor.vision.profile import profile

TASK = Task(3, 16)


def number(found: Number) -> st.SearchStrategy[Any]:
    if not found.whole:
        return st.integers(0, 90).map(lambda hundredths: hundredths / 100)
    return st.integers(found.low, int(found.high))


def block(found: Kind) -> st.SearchStrategy[Block]:
    return st.tuples(*map(number, found.numbers)).map(lambda numbers: Block(found, numbers))


nets = st.lists(st.sampled_from(KINDS).flatmap(block), min_size=1, max_size=12).map(tuple)


SMALL: dict[str, Any] = {
    "": [1, 2, 3, 4, 4, 8],
    "k": [1, 2, 3, 5],
    "s": [1, 1, 2, 3],
    "p": [0, 1, 2],
    "d": [1, 2],
    "g": [1, 2, 4],
    "b": [0, 1],
}
BODY = ["conv"] * 6 + ["pool", "avg", "norm", "relu", "dropout", "silu"]
FLAT = ["linear", "linear", "linear", "norm", "relu", "dropout", "flatten"]
HEADS = ["", "gap", "flatten", "flatten", "gap flatten", "gap conv flatten"]


def small_block(name: str) -> st.SearchStrategy[Block]:
    found = kind(name)
    if name == "dropout":
        return st.just(found.usual())
    numbers = (st.sampled_from(SMALL[each.letter]) for each in found.numbers)
    return st.tuples(*numbers).map(lambda values: Block(found, values))


@st.composite
def stacks(draw: st.DrawFn) -> Bill:
    """Nets that can be: a block that cannot stand where it is drawn is left out."""
    task, blocks = Task(draw(st.sampled_from([1, 4, 8])), draw(st.integers(5, 20))), ()
    body = draw(st.lists(st.sampled_from(BODY).flatmap(small_block), min_size=1, max_size=7))
    head = [draw(small_block(name)) for name in draw(st.sampled_from(HEADS)).split()]
    tail = draw(st.lists(st.sampled_from(FLAT).flatmap(small_block), max_size=4))
    for each in (*body, *head, *tail):
        if not bill((*blocks, each), task).fault:
            blocks = (*blocks, each)
    return bill(blocks or (kind("relu").usual(),), task)


# The claim


@settings(max_examples=100, deadline=None)
@given(stacks())
def test_the_bill_of_any_stack_is_what_profile_finds_in_the_built_module(made: Bill) -> None:
    net = build(made)
    found = profile(net, made.task.picture)
    assert [row.shape for row in made.rows] == [row.output_shape for row in found.rows]
    assert [(row.params, row.macs) for row in made.rows] == [(row.params, row.macs) for row in found.rows]
    assert [str(row.sees) for row in made.rows] == [str(row.receptive_field) for row in found.rows]
    assert (made.params, made.macs) == (found.params, found.macs)
    x = torch.zeros(2, *made.task.picture)
    for layer, row in zip(net.eval(), made.rows, strict=True):
        x = layer(x)
        assert (x.shape[1:], 4 * x[0].numel()) == (row.shape, row.bytes)


@settings(max_examples=40, deadline=None)
@given(stacks())
def test_the_code_of_any_stack_builds_the_same_layers(made: Bill) -> None:
    written = eval("\n".join(code(made)), {"nn": torch.nn})
    assert repr(written) == repr(build(made))


# The text


@given(nets, st.booleans())
def test_what_is_written_is_read_back_as_it_was(blocks: tuple[Block, ...], short: bool) -> None:
    assert parse(write(blocks, short=short)) == blocks


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("c64k3s2p1 r p2", "conv 64 k3 s2 p1 | relu | pool 2"),
        ("Conv2d 64 K3 relu maxpool 3 s2 p1 dense 7", "conv 64 k3 | relu | pool 3 s2 p1 | linear 7"),
        ("| conv |\n bn || d0.25 f |", "conv 16 k3 | norm | dropout 0.25 | flatten"),
        ("c8 p2", "conv 8 k3 | pool 2"),
        ("conv 8 p2", "conv 8 k3 p2"),
        ("conv 8 g gap", "conv 8 k3 | gap | gap"),
        ("c6k2d2 Conv2d 2 d2", "conv 6 k2 d2 | conv 2 k3 d2"),
    ],
)
def test_short_long_and_mixed_forms_are_understood(text: str, written: str) -> None:
    assert write(parse(text)) == written


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [
        ("", 0, "the net has no block"),
        ("conv 8 | cnv 8", 9, "there is no block “cnv”: did you mean conv?"),
        ("conv 8 | zebra", 9, "there is no block “zebra”: there are conv, norm"),
        ("conv 8 k40", 8, "kernel goes from 1 to 31, not 40"),
        ("conv 8 k3 k5", 11, "kernel is given twice"),
        ("conv 8 k", 7, "k needs its number behind it: k3, say"),
        ("conv 8 9", 7, "9 stands alone"),
        ("conv 8q3", 6, "conv has no number q: it may have k (kernel), s (stride)"),
        ("conv 8.5", 5, "filters is a whole number"),
        ("relu 3", 5, "relu has no numbers: leave 3 out"),
        ("relu | 7", 7, "7 belongs to no block"),
        ("relu % pool", 5, "“%” means nothing in a net"),
        ("relu " * 41, 200, "a net has at most 40 blocks"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_do(text: str, at: int, line: str) -> None:
    with pytest.raises(NetTextError) as caught:
        parse(text)
    assert caught.value.at == at
    assert f"at character {at + 1}: " in str(caught.value)
    assert line in str(caught.value)


def test_a_number_stops_at_its_limits_and_a_pools_stride_follows_its_kernel() -> None:
    pool, conv, drop = (parse(text)[0] for text in ("pool 2", "conv 8 k3", "dropout 0.5"))
    assert str(pool.with_number(0, 3)) == "pool 3"
    assert str(parse("pool 3 s2")[0].with_number(0, 4)) == "pool 4 s2"
    assert str(conv.with_number(1, 99)) == "conv 8 k31"
    assert str(conv.with_number(0, -4)) == "conv 1 k3"
    assert str(drop.with_number(0, 0.5 + 0.05)) == "dropout 0.55"


# What cannot be


@pytest.mark.parametrize(
    ("text", "place", "fault"),
    [
        ("conv 8 k3 | conv 8 k15", 1, "its window spans 15, and the padded map has only 14"),
        ("conv 8 k3 d9", 0, "its window spans 19, and the padded map has only 16"),
        ("conv 8 k3 | pool 15", 1, "its window spans 15"),
        ("conv 6 k3 g3 | conv 8 k3 g3", 1, "g3 must divide both the 6 channels that come in and the 8 filters"),
        ("pool 3 p2", 0, "at most half its kernel, 1"),
        ("linear 10", 0, "put flatten before it"),
        ("flatten | conv 8", 1, "put it before flatten"),
        ("flatten | gap", 1, "put it before flatten"),
    ],
)
def test_a_block_that_cannot_be_says_why_and_nothing_is_known_behind_it(text: str, place: int, fault: str) -> None:
    made = bill((*parse(text), kind("relu").usual()), TASK)
    assert made.faulty == place
    assert fault in made.rows[place].fault
    assert [bool(row.shape) for row in made.rows] == [at < place for at in range(len(made.rows))]
    with pytest.raises(UsageError, match=f"^net: block {place + 1} "):
        sound(text, TASK)
    with pytest.raises(UsageError):
        build(made)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("conv 8 k3", "the net ends with 8×14×14, but there are 10 classes: end with flatten and linear 10"),
        ("flatten | linear 12", "the net ends with 12 numbers, but there are 10 classes: end with linear 10"),
        ("conv 9 k3 | linear 10", "put flatten before it"),
    ],
)
def test_a_net_for_classes_must_end_with_their_scores(text: str, fault: str) -> None:
    assert fault in bill(parse(text), Task(3, 16, classes=10)).fault


def test_scores_need_no_linear_layer_but_something_that_learns() -> None:
    assert not bill(parse("conv 10 k3 | gap | flatten"), Task(3, 16, classes=10)).fault
    assert "nothing here can learn" in bill(parse("gap | flatten"), Task(10, 16, classes=10)).fault


def test_a_net_that_is_too_large_to_train_here_is_refused() -> None:
    assert not bill(parse("conv 8 k3 p1"), Task(3, 16, most_macs=216 * 256)).fault
    assert "55,296 MACs a picture" in bill(parse("conv 8 k3 p1"), Task(3, 16, most_macs=55_295)).fault


def test_the_receptive_field_is_that_of_the_last_maps() -> None:
    made = bill(parse("conv 8 k3 | pool 2 | conv 8 k3 | gap | conv 4 k1 | flatten | linear 10"), Task(1, 28))
    assert (made.receptive_field, str(made.rows[-1].sees)) == (8, "whole input")
    assert bill(parse("flatten | linear 10"), TASK).receptive_field == 1


def test_the_largest_block_of_each_bill_is_found_and_the_first_of_equals() -> None:
    made = bill(parse("c16k3s2p1 r c32k3s2p1 r f l10"), Task(3, 32))
    assert [made.largest(what) for what in ("params", "macs", "bytes")] == [5, 2, 0]
    assert shape_text(made.shape) == "10"
    assert shape_text(()) == "–"
