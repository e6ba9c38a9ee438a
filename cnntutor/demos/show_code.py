"""Show code: the PyTorch behind a demo as a script that runs alone, and does what this run does and nothing else.

Each demo has a script of the same name in `scripts/`. Its constants at the top are the knobs in capitals, `SEED`,
`DEVICE` if it needs it, and what the demo's own `constants` add. Their values are filled in, and then everything goes
that these values rule out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from cnntutor.demos.knobs import KnobKind, Knobs, values_of
from cnntutor.demos.protocol import Demo
from cnntutor.demos.prune import prune
from cnntutor.demos.source_text import Edit, SourceText, assigned, edited
from cnntutor.errors import UsageError
from cnntutor.vision import images

SCREEN = 60
"""Lines that a script may have at most."""

_SCRIPTS = Path(__file__).parent / "scripts"


def show_code(demo: Demo, knobs: Knobs, seed: int = 0, device: str = "auto") -> str:
    """The demo's script as this run would have it.

    Args:
        demo: which one.
        knobs: where its knobs stand.
        seed: of the run.
        device: auto, cpu, cuda or mps.

    Raises:
        UsageError: the demo has no script, or a picture or net that it names is not there.
    """
    path = script_of(demo)
    if not path.is_file():
        raise UsageError(f"The demo {demo.name} has no code to show.")
    constants = _constants(demo, knobs) | {"SEED": seed, "DEVICE": device}
    own = demo.constants(knobs, seed) if demo.constants else {}
    return _on_a_screen(prune(fill(path.read_text(encoding="utf-8"), constants | dict(own))))


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
    source = SourceText(script)
    found = [(source.span(value), constants[name]) for name, value in assigned(source.tree) if name in constants]
    return edited(script, [Edit(*span, _literal(value)) for span, value in found])


def _constants(demo: Demo, knobs: Knobs) -> dict[str, object]:
    values: dict[str, object] = {name.upper(): value for name, value in values_of(knobs).items()}
    pictures = [knob.name for knob in demo.controls if knob.kind is KnobKind.PICTURE]
    return values | {name.upper(): str(images.path_of(getattr(knobs, name))) for name in pictures}


def _on_a_screen(script: str) -> str:
    """The script; one that is too long goes without its blank lines and what comments have lines of their own."""
    source = SourceText(script)
    lines = range(1, script.count("\n") + 1)
    if len(lines) <= SCREEN:
        return script
    return "".join(f"{source.line(line)}\n" for line in lines if not (source.is_blank(line) or source.is_comment(line)))


def _literal(value: object) -> str:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        parts = [_literal(part) for part in value]
        nested = any(isinstance(part, list | tuple) for part in value)
        return "[\n    " + ",\n    ".join(parts) + ",\n]" if nested else f"[{', '.join(parts)}]"
    if isinstance(value, str):
        return f'"""\\\n{value}"""' if _is_text(value) else json.dumps(value, ensure_ascii=False)
    return f"{value:.9g}" if isinstance(value, float) and not value.is_integer() else repr(value)


def _is_text(value: str) -> bool:
    """Whether it reads better line by line, and may be written so."""
    return "\n" in value and not set('"\\') & set(value)
