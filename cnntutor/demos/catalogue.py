"""Which demos there are, in three grains: their names, one of them, all of them. Never torch.

A demo is a file in `gallery/`; names are read off the folder, and only a demo that is asked for is imported.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cnntutor.demos.knobs import Knob, KnobKind
from cnntutor.demos.protocol import Demo, Knobs
from cnntutor.errors import UsageError

GALLERY = "cnntutor.demos.gallery"
"""The package whose modules are the demos."""


def names(gallery: str = GALLERY) -> tuple[str, ...]:
    """The names of all demos in alphabetical order; imports none of them."""
    modules = iter_modules(import_module(gallery).__path__)
    return tuple(sorted(m.name.replace("_", "-") for m in modules if not m.name.startswith("_")))


def load(name: str, gallery: str = GALLERY) -> Demo:
    """One demo.

    Raises:
        UsageError: there is none of this name; the line names the nearest.
    """
    known = names(gallery)
    if name not in known:
        raise UsageError(f"There is no demo “{name}”{_nearest(name, known, '`cnntutor demo list` lists them.')}")
    attribute = name.replace("-", "_")
    found = getattr(import_module(f"{gallery}.{attribute}"), attribute, None)
    if not isinstance(found, Demo) or found.name != name:
        raise TypeError(f'{gallery}.{attribute} must define `{attribute}` with @demo("{name}", …)')
    return found


def all_demos(gallery: str = GALLERY) -> tuple[Demo, ...]:
    """Every demo in alphabetical order."""
    return tuple(load(name, gallery) for name in names(gallery))


def parse_settings(settings: Iterable[str]) -> dict[str, str]:
    """`["stride=2", "kernel=box"]`, as after `--set`, taken apart.

    Raises:
        UsageError: one of them is not `knob=value`.
    """
    parsed = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not (name.strip() and equals):
            raise UsageError(f"“{setting}” sets nothing: write knob=value, for instance stride=2.")
        parsed[name.strip()] = value.strip()
    return parsed


def parse_knobs(demo: Demo, values: Mapping[str, object]) -> Knobs:
    """The demo's knobs, turned to these values; what is not named stands at its default.

    Args:
        demo: whose knobs they are.
        values: by knob, as typed (`"2"`) or as they are (`2`).

    Raises:
        UsageError: a knob does not exist, a value is out of range, or the combination is impossible.
    """
    try:
        return demo.knobs.model_validate(dict(values))
    except ValidationError as error:
        raise UsageError(_explain(demo, error.errors()[0])) from None


def as_json(demos: Iterable[Demo] | None = None) -> list[dict[str, Any]]:
    """The document that `cnntutor demo list --json` prints.

    Args:
        demos: which ones; all of them unless told.
    """
    return [
        {
            "name": demo.name,
            "title": demo.title,
            "topic": demo.topic,
            "topics": [demo.topic, *demo.also],
            "promise": demo.promise,
            "knobs": {knob.name: _knob_json(knob) for knob in demo.controls},
        }
        for demo in (all_demos() if demos is None else demos)
    ]


def _knob_json(knob: Knob) -> dict[str, Any]:
    described: dict[str, Any] = {"type": knob.kind.value, "default": knob.default}
    optional = {"min": knob.low, "max": knob.high, "choices": list(knob.choices) or None}
    described |= {key: value for key, value in optional.items() if value is not None}
    return described | {"live": knob.live, "description": knob.description}


def _explain(demo: Demo, error: ErrorDetails) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    knob = next((k for k in demo.controls if k.name == name), None)
    if error["type"] == "extra_forbidden" or knob is None:
        return f"The demo {demo.name} has no knob “{name}”{_nearest_knob(demo, name)}" if name else error["msg"]
    given = error["input"]
    if error["type"] == "greater_than_equal":
        return f"{name} must be at least {knob.low:g}, not {given}"
    if error["type"] == "less_than_equal":
        return f"{name} must be at most {knob.high:g}, not {given}"
    if knob.kind is KnobKind.CHOICE:
        return f"{name} must be {knob.allowed}, not “{given}”"
    wanted = {KnobKind.INT: "a whole number", KnobKind.FLOAT: "a number", KnobKind.BOOL: "on or off"}
    return f"{name} must be {wanted.get(knob.kind, 'text')}, not “{given}”"


def _nearest_knob(demo: Demo, name: str) -> str:
    known = [knob.name for knob in demo.controls]
    return _nearest(name, known, f"it has {', '.join(known)}." if known else "it has none.")


def _nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f": did you mean {near[0]}?" if near else f": {otherwise}"
