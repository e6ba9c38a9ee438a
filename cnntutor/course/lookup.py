"""The one line for a name that does not exist, with the nearest names that do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from cnntutor.errors import UsageError
from cnntutor.wording import printable


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names that `name` was probably meant to be, joined by “or”; empty if none is near."""
    return " or ".join(difflib.get_close_matches(name, list(known), n=3, cutoff=0.5))


def unknown(kind: str, name: str, known: Iterable[str], where: str) -> UsageError:
    """The error for `name`, which is no `kind` we have; `where` is the command that lists them."""
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else f"`{where}` lists them."
    return UsageError(f"There is no {kind} “{printable(name)}”: {hint}")
