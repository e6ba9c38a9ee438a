"""Reading lines and writing text for the plain mode: nothing is ever redrawn."""

from __future__ import annotations

import re
import shutil
import textwrap


class EndOfInputError(Exception):
    """There is no more to read: the learner closed the input or pressed Ctrl+C, or the pipe ran dry."""


def ask(prompt: str) -> str:
    """One line from the learner.

    Raises:
        EndOfInputError: there are no more lines, or the learner pressed Ctrl+C.
    """
    try:
        return input(f"{prompt} ").strip()
    except (EOFError, KeyboardInterrupt, RuntimeError):  # RuntimeError: there is no standard input at all
        print()
        raise EndOfInputError from None


def say(markdown: str = "") -> None:
    """Print course text: plain words, wrapped; code and figures keep their lines."""
    in_fence = False
    for line in markdown.splitlines() or [""]:
        if line.lstrip().startswith("```"):
            in_fence = not in_fence
        elif in_fence or line.startswith(("    ", "|")):
            print(line)
        else:
            print(_wrapped(line))


def _wrapped(line: str) -> str:
    width = min(shutil.get_terminal_size((80, 24)).columns, 88)
    indent = re.match(r"\s*(?:[-*]|\d+\.)?\s*", line)
    hanging = " " * len(indent.group()) if indent else ""
    return textwrap.fill(_bare(line), width, subsequent_indent=hanging, break_long_words=False) if line.strip() else ""


def _bare(line: str) -> str:
    """A line without the marks of Markdown, which a screen reader would spell out."""
    line = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1 (\2)", line)
    line = re.sub(r"^#+\s*", "", line)
    line = re.sub(r"\*\*(.+?)\*\*", r"\1", line)
    line = re.sub(r"(?<!\w)[*_](\S(?:.*?\S)?)[*_](?!\w)", r"\1", line)
    return line.replace("`", "")
