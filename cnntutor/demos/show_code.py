"""Show code: the PyTorch behind a demo as a script that runs alone, with this run's knobs filled in.

Each demo has a script of the same name in `scripts/`. Its constants at the top are the knobs in capitals, `SEED`,
and what the demo's own `constants` add; only their values are replaced.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from cnntutor.demos.knobs import KnobKind, Knobs, values_of
from cnntutor.demos.protocol import Demo
from cnntutor.errors import UsageError
from cnntutor.vision import images

_SCRIPTS = Path(__file__).parent / "scripts"


def show_code(demo: Demo, knobs: Knobs, seed: int = 0) -> str:
    """The demo's script as this run would have it.

    Args:
        demo: which one.
        knobs: where its knobs stand.
        seed: of the run.

    Raises:
        UsageError: the demo has no script.
    """
    path = script_of(demo)
    if not path.is_file():
        raise UsageError(f"The demo {demo.name} has no code to show.")
    return fill(path.read_text(encoding="utf-8"), _constants(demo, knobs, seed))


def script_of(demo: Demo) -> Path:
    """Where a demo's script lies; one that would hide a module of Python's own library has a name of its own."""
    name = demo.name.replace("-", "_")
    return _SCRIPTS / (f"{name}_.py" if name in sys.stdlib_module_names else f"{name}.py")


def fill(script: str, constants: Mapping[str, object]) -> str:
    """A script with the values of these constants in place of its own; names that it does not define are left out.

    Args:
        script: Python source.
        constants: values by name: numbers, strings, or (nested) sequences of numbers.
    """
    lines = script.splitlines(keepends=True)
    for name, value in reversed(list(_assigned(script))):
        if name in constants:
            _replace(lines, value, _literal(constants[name]))
    return "".join(lines)


def _constants(demo: Demo, knobs: Knobs, seed: int) -> dict[str, object]:
    values: dict[str, object] = {name.upper(): value for name, value in values_of(knobs).items()}
    pictures = [knob.name for knob in demo.controls if knob.kind is KnobKind.PICTURE]
    values |= {name.upper(): str(images.path_of(getattr(knobs, name))) for name in pictures}
    return values | {"SEED": seed} | dict(demo.constants(knobs, seed) if demo.constants else {})


def _assigned(script: str) -> Iterable[tuple[str, ast.expr]]:
    """The names and values of the script's own assignments in capitals, in the order of the text."""
    for statement in ast.parse(script).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                yield name, value


def _replace(lines: list[str], value: ast.expr, text: str) -> None:
    first, last = value.lineno - 1, (value.end_lineno or value.lineno) - 1
    # ast counts columns in bytes of UTF-8.
    before = lines[first].encode()[: value.col_offset].decode()
    after = lines[last].encode()[value.end_col_offset :].decode()
    lines[first : last + 1] = [f"{before}{text}{after}"]


def _literal(value: object) -> str:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        parts = [_literal(part) for part in value]
        nested = any(isinstance(part, list | tuple) for part in value)
        return "[\n    " + ",\n    ".join(parts) + ",\n]" if nested else f"[{', '.join(parts)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"{value:.9g}" if isinstance(value, float) and not value.is_integer() else repr(value)
