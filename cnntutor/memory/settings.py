"""What a learner can set, each with its range and a sentence of help; a screen can draw itself from that."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from cnntutor.errors import UsageError
from cnntutor.memory.parameters import HIGHEST, LOWEST

Value = bool | int | float | str | tuple[timedelta, ...] | tuple[float, ...]

UNITS = {"s": 1, "m": 60, "h": 3600}
LONGEST_STEP = timedelta(days=1)


class Kind(StrEnum):
    """What a setting holds, and so which control shows it."""

    SWITCH = "switch"
    WHOLE = "whole"
    NUMBER = "number"
    STEPS = "steps"
    PARAMETERS = "parameters"
    TEXT = "text"
    PATH = "path"
    """May be empty."""


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: its name, what it means, and what it may be."""

    name: str
    label: str
    help: str
    kind: Kind
    default: Value
    low: float
    high: float
    reschedules: bool
    """Cards are rescheduled by replaying the log when it changes."""

    def parse(self, text: str) -> Value:
        """The value that a learner typed.

        Raises:
            UsageError: it cannot be read or lies out of range.
        """
        return self.check(_READERS[self.kind](self, text.strip()))

    def show(self, value: Value) -> str:
        """The value as one would type it; `parse` reads it back."""
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, tuple):
            return " ".join(_show_step(v) if isinstance(v, timedelta) else _show_number(v) for v in value)
        return _show_number(value) if isinstance(value, float) else str(value)

    def check(self, value: Value) -> Value:
        """The value itself.

        Raises:
            UsageError: it lies out of range.
        """
        if self.kind in (Kind.WHOLE, Kind.NUMBER):
            self._check_range(value)
        elif self.kind is Kind.STEPS:
            self._check_steps(value)
        elif self.kind is Kind.PARAMETERS:
            self._check_parameters(value)
        elif self.kind is Kind.TEXT and not value:
            raise UsageError(f"{self.label}: it cannot be empty.")
        return value

    def _check_range(self, value: Value) -> None:
        if not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise UsageError(f"{self.label}: {value} is out of range; choose from {self.low:g} to {self.high:g}.")

    def _check_steps(self, value: Value) -> None:
        steps = [step for step in value if isinstance(step, timedelta)] if isinstance(value, tuple) else []
        if any(not timedelta(0) < step < LONGEST_STEP for step in steps):
            raise UsageError(f"{self.label}: a step takes from 1s to 23h; the days are planned by FSRS.")
        if steps != sorted(steps):
            raise UsageError(f"{self.label}: write the steps from short to long, like 1m 10m.")

    def _check_parameters(self, value: Value) -> None:
        if not isinstance(value, tuple) or len(value) not in (0, len(LOWEST)):
            raise UsageError(f"{self.label}: FSRS-6 has {len(LOWEST)} parameters; write all of them, or none.")
        for place, (number, low, high) in enumerate(zip(value, LOWEST, HIGHEST, strict=False), start=1):
            if not isinstance(number, float) or not low <= number <= high:
                raise UsageError(
                    f"{self.label}: number {place}, {number}, is out of bounds; choose from {low:g} to {high:g}."
                )


def _option(
    default: Any,
    kind: Kind,
    label: str,
    help: str,
    *,
    low: float = 0,
    high: float = math.inf,
    reschedules: bool = False,
) -> Any:
    told = {"label": label, "help": help, "kind": kind, "default": default, "low": low, "high": high}
    return field(default=default, metadata={"option": told | {"reschedules": reschedules}})


@dataclass(frozen=True, slots=True)
class Settings:
    """The learner's settings. Every field is described in `OPTIONS`; a value out of range is a UsageError."""

    desired_retention: float = _option(
        0.9,
        Kind.NUMBER,
        "Desired retention",
        "How likely you want to recall a card when it is due. Higher means more reviews.",
        low=0.7,
        high=0.97,
        reschedules=True,
    )
    new_per_day: int = _option(
        10, Kind.WHOLE, "New cards a day", "How many cards you meet for the first time each day.", high=9999
    )
    reviews_per_day: int = _option(
        200, Kind.WHOLE, "Reviews a day", "The rest waits; after a break, catching up is offered.", high=9999
    )
    learning_steps: tuple[timedelta, ...] = _option(
        (timedelta(minutes=1), timedelta(minutes=10)),
        Kind.STEPS,
        "Learning steps",
        "After which times a new card comes back before its first review, like 1m 10m.",
        reschedules=True,
    )
    relearning_steps: tuple[timedelta, ...] = _option(
        (timedelta(minutes=10),),
        Kind.STEPS,
        "Relearning steps",
        "After which times a forgotten card comes back before its next review, like 10m.",
        reschedules=True,
    )
    learn_ahead_minutes: int = _option(
        20,
        Kind.WHOLE,
        "Learn ahead, minutes",
        "When nothing else is left, steps due within this time are shown early.",
        high=1440,
    )
    two_button: bool = _option(
        False, Kind.SWITCH, "Two buttons", "Rate with Again and Good alone; Hard and Easy are hidden."
    )
    day_turns_at: int = _option(
        4, Kind.WHOLE, "The day turns at", "Hour of the night at which a new study day begins.", high=12
    )
    maximum_interval: int = _option(
        36500,
        Kind.WHOLE,
        "Longest interval, days",
        "No review is planned further ahead than this.",
        low=1,
        high=36500,
        reschedules=True,
    )
    fuzz: bool = _option(
        True,
        Kind.SWITCH,
        "Fuzz",
        "Vary intervals a little, so that cards learnt together do not stay together.",
        reschedules=True,
    )
    fuzz_seed: int = _option(
        0,
        Kind.WHOLE,
        "Fuzz seed",
        "Decides how intervals vary; give all your machines the same one.",
        high=2**31 - 1,
        reschedules=True,
    )
    parameters: tuple[float, ...] = _option(
        (),
        Kind.PARAMETERS,
        "FSRS parameters",
        "21 numbers fitted to your log by an FSRS optimiser; empty for the usual ones.",
        reschedules=True,
    )
    sound: bool = _option(
        True, Kind.SWITCH, "Sound", "The hosts are heard; without it the transcript runs at reading speed."
    )
    plays_on: bool = _option(
        False, Kind.SWITCH, "Next lesson by itself", "When a lesson has been heard to its end, the next one begins."
    )
    piper: str = _option(
        "",
        Kind.PATH,
        "Piper voices",
        "Neural voices of yours: two .onnx files with ; between them, or their folder. Empty: the voices that ship.",
    )
    theme: str = _option("cnntutor-dark", Kind.TEXT, "Theme", "The colours of the app.")

    def __post_init__(self) -> None:
        for option in OPTIONS:
            option.check(getattr(self, option.name))

    def changed(self, name: str, text: str) -> Self:
        """These settings with one of them set to what the learner typed.

        Raises:
            UsageError: there is no such setting, or the text does not fit it.
        """
        return replace(self, **{name: option(name).parse(text)})  # type: ignore[arg-type]

    def reschedules(self, other: Settings) -> bool:
        """Whether the same log gives other schedules under `other`."""
        return any(getattr(self, o.name) != getattr(other, o.name) for o in OPTIONS if o.reschedules)

    def changed_like(self, before: Settings, after: Settings) -> Self:
        """These settings with what differs between two others changed in the same way."""
        pairs = ((o.name, getattr(before, o.name), getattr(after, o.name)) for o in OPTIONS)
        return replace(self, **{name: new for name, old, new in pairs if new != old})

    def fingerprint(self) -> str:
        """A short text, the same for all settings under which the same log gives the same schedules."""
        planned = [getattr(self, o.name) for o in OPTIONS if o.reschedules]
        return hashlib.blake2b(repr(planned).encode(), digest_size=8).hexdigest()

    def as_json(self) -> dict[str, str]:
        """Every setting as a JSON text, as the database keeps it."""
        return {o.name: json.dumps(_plain(getattr(self, o.name))) for o in OPTIONS}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> Self:
        """The settings from what the database kept.

        Names unknown here are left alone and a value that no longer fits becomes the default: neither an
        older nor a newer app may keep a learner out.
        """
        values = {o.name: _unplain(o, kept[o.name]) for o in OPTIONS if o.name in kept}
        return cls(**values)  # type: ignore[arg-type]


def _options() -> tuple[Option, ...]:
    return tuple(Option(name=f.name, **f.metadata["option"]) for f in fields(Settings))


OPTIONS: tuple[Option, ...] = _options()
"""Every setting, in the order in which a screen shows them."""


def option(name: str) -> Option:
    """The setting of this name.

    Raises:
        UsageError: there is none.
    """
    for known in OPTIONS:
        if known.name == name:
            return known
    raise UsageError(f"There is no setting “{name}”; there are {', '.join(o.name for o in OPTIONS)}.")


def _read_switch(option: Option, text: str) -> Value:
    known = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
    if text.lower() not in known:
        raise UsageError(f"{option.label}: “{text}” is neither on nor off.")
    return known[text.lower()]


def _read_number(option: Option, text: str) -> Value:
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise UsageError(f"{option.label}: “{text}” is not a number.") from None
    if option.kind is Kind.NUMBER:
        return number
    if not number.is_integer():
        raise UsageError(f"{option.label}: “{text}” is not a whole number.")
    return int(number)


def _read_steps(option: Option, text: str) -> Value:
    return tuple(_read_step(option, word) for word in text.replace(",", " ").split())


def _read_step(option: Option, word: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([smh])", word.lower())
    if found is None:
        raise UsageError(f"{option.label}: “{word}” is not a time; write it like 30s, 10m or 1h.")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


def _read_parameters(option: Option, text: str) -> Value:
    try:
        return tuple(float(word) for word in text.replace(",", " ").split())
    except ValueError:
        raise UsageError(f"{option.label}: write numbers with a space between them.") from None


def _read_text(option: Option, text: str) -> Value:
    return text


_READERS = {
    Kind.SWITCH: _read_switch,
    Kind.WHOLE: _read_number,
    Kind.NUMBER: _read_number,
    Kind.STEPS: _read_steps,
    Kind.PARAMETERS: _read_parameters,
    Kind.TEXT: _read_text,
    Kind.PATH: _read_text,
}


def _show_step(step: timedelta) -> str:
    seconds = round(step.total_seconds())
    unit, size = next((unit, size) for unit, size in reversed(UNITS.items()) if seconds % size == 0)
    return f"{seconds // size}{unit}"


def _show_number(number: float) -> str:
    return str(number).removesuffix(".0")


def _plain(value: Value) -> object:
    if isinstance(value, tuple):
        return [v.total_seconds() if isinstance(v, timedelta) else v for v in value]
    return value


def _unplain(option: Option, text: str) -> Value:
    """A kept value, or the default where it does not fit."""
    try:
        plain = json.loads(text)
        if option.kind is Kind.STEPS:
            plain = tuple(timedelta(seconds=seconds) for seconds in plain)
        elif option.kind is Kind.PARAMETERS:
            plain = tuple(float(number) for number in plain)
        elif option.kind is Kind.NUMBER:
            plain = float(plain)
        elif type(plain) is not type(option.default):
            return option.default
        return option.check(plain)
    except (ValueError, TypeError, OverflowError, UsageError):
        return option.default
