from __future__ import annotations

import asyncio
import io
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.demos import wire
from cnntutor.demos.frame import LONGEST_HOLD, Curve, Frame, Grid, Table

names = st.text(max_size=12)
numbers = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False))
cells = st.one_of(st.none(), st.booleans(), numbers, names)


@st.composite
def pictures(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    shape += draw(st.sampled_from([(), (3,)]))
    size = math.prod(shape)
    return np.frombuffer(draw(st.binary(min_size=size, max_size=size)), np.uint8).reshape(shape)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    points = draw(st.lists(st.tuples(numbers, numbers), max_size=4))
    chart = "chart " + draw(names)
    return Curve(tuple(x for x, _ in points), tuple(y for _, y in points), chart, draw(names), draw(names))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(names, max_size=3))
    row = st.tuples(*[cells] * len(columns))
    return Table(tuple(columns), tuple(draw(st.lists(row, max_size=3))))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    rows, columns = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    cell = st.one_of(st.none(), numbers)
    shape = st.tuples(*[st.tuples(*[cell] * columns)] * rows)
    cells_of_it = [(row, column) for row in range(rows) for column in range(columns)]
    named = rows and draw(st.booleans())
    return Grid(
        draw(shape),
        tuple(draw(st.lists(st.sampled_from(cells_of_it), max_size=3))) if rows else (),
        tuple(draw(names) for _ in range(rows)) if named else (),
        tuple(draw(names) for _ in range(columns)) if named else (),
        draw(st.integers(0, 6)),
    )


def titled(kind: str) -> st.SearchStrategy[str]:
    """Titles that no other part of the frame has."""
    return names.map(lambda name: f"{kind} {name}")


@st.composite
def viewed(draw: st.DrawFn, frame: Frame) -> Frame:
    """The frame with some views of what it has."""
    items = [*frame.images, *frame.charts, *frame.grids, *frame.tables]
    some = st.lists(st.sampled_from(items), max_size=3).map(tuple) if items else st.just(())
    return replace(frame, views=draw(st.dictionaries(names, some, max_size=2)))


frames = st.builds(
    Frame,
    images=st.dictionaries(titled("picture"), pictures(), max_size=3),
    curves=st.dictionaries(names, curves(), max_size=2),
    grids=st.dictionaries(titled("grid"), grids(), max_size=2),
    tables=st.dictionaries(titled("table"), tables(), max_size=2),
    figures=st.dictionaries(names, numbers, max_size=3),
    caption=names,
    formulas=st.lists(names, max_size=2).map(tuple),
    progress=st.one_of(st.none(), st.floats(0, 1)),
    hold=st.floats(0, LONGEST_HOLD),
    choices=st.dictionaries(names, st.lists(names, max_size=3).map(tuple), max_size=2),
).flatmap(viewed)


def through_the_pipe(*messages: wire.Message) -> list[wire.Message | None]:
    stream = io.BytesIO(b"".join(wire.encode(message) for message in messages))
    return [wire.read(stream) for _ in range(len(messages) + 1)]


@given(frames)
def test_a_frame_comes_through_the_pipe_as_it_went_in(frame: Frame) -> None:
    made, end = through_the_pipe(wire.Made(3, frame))
    assert isinstance(made, wire.Made)
    assert end is None
    assert made.run == 3
    other = made.frame
    assert list(other.images) == list(frame.images)
    assert all(np.array_equal(other.images[title], frame.images[title]) for title in frame.images)
    assert (other.curves, other.tables, other.figures) == (frame.curves, frame.tables, frame.figures)
    assert (other.grids, other.views, other.hold, other.choices) == (
        frame.grids,
        frame.views,
        frame.hold,
        frame.choices,
    )
    assert (other.caption, other.formulas, other.progress) == (frame.caption, frame.formulas, frame.progress)


def test_figures_that_are_not_finite_survive() -> None:
    made = through_the_pipe(wire.Made(1, Frame(figures={"loss": math.nan, "scale": math.inf})))[0]
    assert isinstance(made, wire.Made)
    assert math.isnan(made.frame.figures["loss"])
    assert made.frame.figures["scale"] == math.inf


def test_scalars_of_numpy_count_as_numbers() -> None:
    made = through_the_pipe(wire.Made(1, Frame(figures={"mean": np.float32(0.5)})))[0]
    assert isinstance(made, wire.Made)
    assert made.frame.figures == {"mean": 0.5}


@pytest.mark.parametrize(
    "message",
    [
        wire.Start(1, "convolve", '{"side": 8}', "cpu", 7, 2),
        wire.More(1),
        wire.Turn(1, "{}"),
        wire.Pause(1),
        wire.Resume(1),
        wire.Step(1),
        wire.Stop(1),
        wire.Ready(),
        wire.Done(1),
        wire.Failed(1, "“quoted”", usage=True, fatal=False),
    ],
    ids=lambda message: type(message).__name__,
)
def test_every_other_message_comes_through_too(message: wire.Message) -> None:
    assert through_the_pipe(message, message) == [message, message, None]


@given(st.integers(0, 200))
def test_a_message_cut_off_is_the_end_of_the_stream(length: int) -> None:
    whole = wire.encode(wire.Made(1, Frame(images={"grey": np.zeros((9, 9), np.uint8)})))
    assert wire.read(io.BytesIO(whole[: min(length, len(whole) - 1)])) is None


async def test_the_asyncio_side_reads_the_same() -> None:
    stream = asyncio.StreamReader()
    stream.feed_data(wire.encode(wire.Done(1)) + wire.encode(wire.Ready())[:5])
    stream.feed_eof()
    assert await wire.receive(stream) == wire.Done(1)
    assert await wire.receive(stream) is None
