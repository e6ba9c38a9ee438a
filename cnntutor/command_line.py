"""What the commands share: groups of them, options, JSON on standard output. Nothing heavy but Typer."""

from __future__ import annotations

import codecs
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from cnntutor.errors import UsageError

if TYPE_CHECKING:
    from cnntutor.course.models import Course

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


class CommandGroup(typer.core.TyperGroup):
    """Commands under one word; the word alone is wrong usage, answered with what there is."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args:
            print(ctx.get_help(), file=sys.stderr)
            ctx.exit(2)
        return super().parse_args(ctx, args)


def print_json(document: object) -> None:
    """Print one JSON document, in letters that standard output can carry."""
    print(json.dumps(document, ensure_ascii=not _takes_every_letter(), indent=2))


def _takes_every_letter() -> bool:
    return codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"


def load_the_course(folder: Path | None = None) -> Course:
    """The course in a folder; the app's own by default.

    Raises:
        CourseError: it cannot be opened.
    """
    from cnntutor import paths
    from cnntutor.course.find import find_course
    from cnntutor.course.load import load_course

    return load_course(find_course(folder if folder is not None else paths.content_dir()))


def path_given(option: str, text: str | None) -> Path | None:
    """A path as typed.

    Raises:
        UsageError: it is empty, which would stand for the current folder.
    """
    if text is not None and not text.strip():
        raise UsageError(f"{option} is empty: give a path, or leave it out.")
    return Path(text) if text is not None else None
