"""What goes through the pipe between the app and its worker process.

A message is eight bytes (length of the header and of the body, big-endian), a header in JSON, and a body of
raw bytes, which holds the pixels of a frame one picture after the other. No pickle: the pipe carries data,
never code.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import asdict, dataclass, fields
from math import prod
from typing import TYPE_CHECKING, Any, BinaryIO

from cnntutor.demos.frame import Curve, Frame, Grid, Table

if TYPE_CHECKING:
    from cnntutor.demos.frame import Pixels

_LENGTHS = struct.Struct(">II")


# From the app to the worker


@dataclass(frozen=True, slots=True)
class Start:
    """Run a demo; a run in progress ends."""

    run: int
    """Number of the run; every later message about it carries it."""
    demo: str
    knobs: str
    """The knobs as JSON."""
    device: str
    seed: int
    window: int
    """Frames that may be sent before the first `More`."""


@dataclass(frozen=True, slots=True)
class More:
    """One frame was taken: another may be sent."""

    run: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn the live knobs of the run."""

    run: int
    knobs: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Make no more frames until `Resume` or `Step`."""

    run: int


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on."""

    run: int


@dataclass(frozen=True, slots=True)
class Step:
    """Make one more frame, then pause."""

    run: int


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run, even in the middle of a frame."""

    run: int


# From the worker to the app


@dataclass(frozen=True, slots=True)
class Ready:
    """torch is imported; from here on a run starts at once."""

    devices: tuple[str, ...] = ("cpu",)
    """The devices there are, the slowest first."""


@dataclass(frozen=True, slots=True)
class Made:
    """A frame of the run."""

    run: int
    frame: Frame


@dataclass(frozen=True, slots=True)
class Done:
    """The run is over: the demo came to its end, or was stopped."""

    run: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The run is over because the demo raised an exception."""

    run: int
    line: str
    """What went wrong and what to do, for the learner."""
    usage: bool
    """Whether what the learner asked for was at fault, rather than the demo."""
    fatal: bool = False
    """Whether the worker ends over it: after running out of memory only a new process gets all of it back."""


Order = Start | More | Turn | Pause | Resume | Step | Stop
News = Ready | Made | Done | Failed
Message = Order | News

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Start, More, Turn, Pause, Resume, Step, Stop, Ready, Made, Done, Failed)
}


def encode(message: Message) -> bytes:
    """The bytes of a message."""
    header: dict[str, Any] = {"kind": type(message).__name__}
    body = b""
    for field in fields(message):
        value = getattr(message, field.name)
        header[field.name] = _frame_header(value) if isinstance(value, Frame) else value
    if isinstance(message, Made):
        body = b"".join(pixels.tobytes() for pixels in message.frame.images.values())
    text = json.dumps(header, default=_number, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(text), len(body)) + text + body


def decode(header: bytes, body: bytes) -> Message:
    """The message of a header and a body."""
    values = json.loads(header)
    kind = _KINDS[values.pop("kind")]
    if kind is Made:
        values["frame"] = _frame(values["frame"], body)
    if kind is Ready:
        values["devices"] = tuple(values["devices"])
    message: Message = kind(**values)
    return message


def read(stream: BinaryIO) -> Message | None:
    """The next message of a blocking stream, or None at its end."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header, body = _LENGTHS.unpack(lengths)
    content = stream.read(header + body)
    return decode(content[:header], content[header:]) if len(content) == header + body else None


async def receive(stream: asyncio.StreamReader) -> Message | None:
    """The next message of an asyncio stream, or None at its end."""
    try:
        header, body = _LENGTHS.unpack(await stream.readexactly(_LENGTHS.size))
        return decode(await stream.readexactly(header), await stream.readexactly(body))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def _frame_header(frame: Frame) -> dict[str, Any]:
    return {
        "images": {title: pixels.shape for title, pixels in frame.images.items()},
        "curves": {legend: asdict(curve) for legend, curve in frame.curves.items()},
        "grids": {title: asdict(grid) for title, grid in frame.grids.items()},
        "tables": {title: asdict(table) for title, table in frame.tables.items()},
        "views": dict(frame.views),
        "figures": dict(frame.figures),
        "caption": frame.caption,
        "formulas": frame.formulas,
        "progress": frame.progress,
        "hold": frame.hold,
        "choices": dict(frame.choices),
    }


def _frame(header: dict[str, Any], body: bytes) -> Frame:
    return Frame(
        images=_images(header["images"], body),
        curves={legend: _curve(values) for legend, values in header["curves"].items()},
        grids={title: _grid(values) for title, values in header["grids"].items()},
        tables={title: _table(values) for title, values in header["tables"].items()},
        views=_tuples(header["views"]),
        figures=header["figures"],
        caption=header["caption"],
        formulas=tuple(header["formulas"]),
        progress=header["progress"],
        hold=header["hold"],
        choices=_tuples(header["choices"]),
    )


def _images(shapes: dict[str, list[int]], body: bytes) -> dict[str, Pixels]:
    import numpy as np

    images, start = {}, 0
    for title, shape in shapes.items():
        count = prod(shape)
        images[title] = np.frombuffer(body, np.uint8, count, start).reshape(shape)
        start += count
    return images


def _curve(values: dict[str, Any]) -> Curve:
    return Curve(**values | {"x": tuple(values["x"]), "y": tuple(values["y"])})


def _table(values: dict[str, Any]) -> Table:
    return Table(tuple(values["columns"]), tuple(tuple(row) for row in values["rows"]))


def _grid(values: dict[str, Any]) -> Grid:
    return Grid(
        rows=tuple(tuple(row) for row in values["rows"]),
        marked=tuple((row, column) for row, column in values["marked"]),
        row_names=tuple(values["row_names"]),
        column_names=tuple(values["column_names"]),
        digits=values["digits"],
    )


def _tuples(lists: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(items) for name, items in lists.items()}


def _number(value: Any) -> Any:
    """JSON knows no scalars of numpy or torch; both turn themselves into Python's."""
    return value.item()
