"""What can be turned on a demo: one pydantic model a demo, and what a control needs to know of each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from cnntutor.errors import UsageError
from cnntutor.vision import images


class Knobs(BaseModel):
    """Base of a demo's knobs. Fields are ints, floats, bools, Literals, enums, strings and `Picture`s.

    Every field has a default, a `description`, and where it applies `ge` and `le`. A field declared with
    `json_schema_extra=LIVE` may be turned while the demo runs: the demo reads `knobs.name` afresh whenever
    it needs it. Combinations that cannot be are refused by a `model_validator` that raises `UsageError` with
    a line naming the knob.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    def take(self, turned: Self) -> None:
        """Turn the live knobs to where they stand on `turned`."""
        for knob in describe(type(self)):
            if knob.live:
                setattr(self, knob.name, getattr(turned, knob.name))

    def can_become(self, other: Knobs) -> bool:
        """Whether a run with these knobs can take `other` without starting again: only live knobs differ."""
        if type(self) is not type(other):
            return False
        fixed = [knob.name for knob in describe(type(self)) if not knob.live]
        return all(getattr(self, name) == getattr(other, name) for name in fixed)

    @property
    def code_to_run(self) -> Path | None:
        """A file of the learner's whose code a run with these knobs would execute; front ends ask before."""
        return None

    def with_picture(self, picture: Path) -> Self:
        """These knobs with the learner's own picture.

        Raises:
            UsageError: the demo takes no picture, or there is no such file.
        """
        name = next((knob.name for knob in describe(type(self)) if knob.kind is KnobKind.PICTURE), None)
        if name is None:
            raise UsageError("This demo takes no picture: leave the picture out.")
        return type(self).model_validate(self.model_dump() | {name: str(images.path_given(str(picture)).absolute())})


LIVE: dict[str, Any] = {"live": True}
"""`Field(…, json_schema_extra=LIVE)`: the knob takes effect while the demo runs."""


def in_group(title: str, **more: Any) -> dict[str, Any]:
    """`Field(…, json_schema_extra=in_group("net"))`: knobs under a common heading; `in_group("step", **LIVE)`.

    Args:
        title: the heading, one or two words.
        more: other hints for the control.
    """
    return {"group": title, **more}


def matrix(size_from: str) -> dict[str, Any]:
    """`Field("1 0; 0 1", json_schema_extra=matrix("kernel_size"))`: a string field that holds a square of numbers.

    Rows are parted by semicolons, cells by blanks; the app edits it cell by cell.

    Args:
        size_from: the knob that says how many cells it has on a side.
    """
    return {"kind": KnobKind.MATRIX, "size_from": size_from}


def drawing() -> dict[str, Any]:
    """`Field("8,4 24,4 14,28", json_schema_extra=drawing())`: a string field that holds strokes of a pen.

    `vision.strokes` says how it is written; the app draws it on a pad, and every stroke takes effect at once.
    """
    return {"kind": KnobKind.DRAWING}


def program(lines_from: str) -> dict[str, Any]:
    """`Field("", json_schema_extra=program("lines"))`: a string field that changes one line of a program.

    Args:
        lines_from: the property of the knobs that gives the program's lines.
    """
    return {"kind": KnobKind.PROGRAM, "lines_from": lines_from}


def net(task_from: str) -> dict[str, Any]:
    """`Field("conv 8 k3 | relu", json_schema_extra=net("task"))`: a string field that holds a net, block by block.

    `vision.net_text` says how it is written; the app puts it together block by block.

    Args:
        task_from: the property of the knobs that gives the `vision.net_bill.Task` of the net.
    """
    return {"kind": KnobKind.NET, "task_from": task_from}


Picture = Annotated[
    str,
    AfterValidator(images.known),
    Field(json_schema_extra={"kind": "picture", "choices": list(images.SHIPPED)}),
]
"""A field for a picture: the name of a shipped one, or the path of the learner's own."""


Value = str | int | float | bool


class KnobKind(StrEnum):
    """Which control fits a knob."""

    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    CHOICE = "choice"
    PICTURE = "picture"
    """One of `choices`, or the path of any picture."""
    MATRIX = "matrix"
    """A square of numbers, edited cell by cell."""
    DRAWING = "drawing"
    """Strokes of a pen, drawn on a pad."""
    PROGRAM = "program"
    """One changed line of a program, edited in it."""
    NET = "net"
    """A net in the language of `vision.net_text`, put together block by block."""
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Knob:
    """One knob, as a control, a help text or a command line needs it."""

    name: str
    kind: KnobKind
    default: Value
    description: str
    low: float | None = None
    """Least value of a number; None where there is none."""
    high: float | None = None
    choices: tuple[str, ...] = ()
    live: bool = False
    """Whether it may be turned while the demo runs; turning another one starts the run again."""
    group: str = ""
    """Heading under which it stands; empty for the first knobs."""
    size_from: str = ""
    """For a matrix: the knob that gives its side."""
    lines_from: str = ""
    """For a program: the property of the knobs that gives its lines."""
    task_from: str = ""
    """For a net: the property of the knobs that says what it is for."""

    @property
    def allowed(self) -> str:
        """What may be set, in words: `1–8`, `zeros, reflect or circular`, `on or off`."""
        if self.kind is KnobKind.BOOL:
            return "on or off"
        if self.choices:
            return _either(self.choices) + (" or a file" if self.kind is KnobKind.PICTURE else "")
        if self.low is not None and self.high is not None:
            return f"{self.low:g}–{self.high:g}"
        if self.low is not None:
            return f"at least {self.low:g}"
        return f"at most {self.high:g}" if self.high is not None else self.kind.value

    @property
    def help(self) -> str:
        """What it means and what it may be, in one line."""
        free = self.kind in (KnobKind.TEXT, KnobKind.MATRIX, KnobKind.NET, KnobKind.DRAWING) and not self.choices
        return self.description if free else f"{self.description} ({self.allowed})"


def describe(knobs: type[Knobs]) -> tuple[Knob, ...]:
    """The knobs of a demo in the order of their declaration."""
    return tuple(_knob(name, field) for name, field in knobs.model_fields.items())


def values_of(knobs: Knobs) -> dict[str, Value]:
    """Where every knob stands, as plain data: an enum's member as its value."""
    return {name: _plain(getattr(knobs, name)) for name in type(knobs).model_fields}


def _knob(name: str, field: FieldInfo) -> Knob:
    extra: Mapping[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    kind, choices = _kind(field.annotation)
    return Knob(
        name,
        KnobKind(extra.get("kind", kind)),
        _plain(field.default),
        field.description or "",
        low=_limit(field, "ge"),
        high=_limit(field, "le"),
        choices=tuple(extra.get("choices", choices)),
        live=bool(extra.get("live")),
        group=str(extra.get("group", "")),
        size_from=str(extra.get("size_from", "")),
        lines_from=str(extra.get("lines_from", "")),
        task_from=str(extra.get("task_from", "")),
    )


def _kind(annotation: Any) -> tuple[KnobKind, tuple[str, ...]]:
    if get_origin(annotation) is Literal:
        return KnobKind.CHOICE, tuple(str(choice) for choice in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return KnobKind.CHOICE, tuple(str(member.value) for member in annotation)
    kinds = {int: KnobKind.INT, float: KnobKind.FLOAT, bool: KnobKind.BOOL, str: KnobKind.TEXT}
    if annotation not in kinds:
        raise TypeError(f"{annotation} is no type for a knob: use int, float, bool, str, a Literal or an Enum")
    return kinds[annotation], ()


def _limit(field: FieldInfo, name: str) -> float | None:
    return next((getattr(rule, name) for rule in field.metadata if hasattr(rule, name)), None)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _either(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
