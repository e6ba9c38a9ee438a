"""The seven sides of a lesson, as commands name them."""

from __future__ import annotations

from cnntutor.errors import UsageError

TABS: dict[str, str] = {
    "summary": "Summary",
    "listen": "Listen",
    "read": "Read",
    "cards": "Cards",
    "quiz": "Quiz",
    "demo": "Demo",
    "links": "Links",
}
"""Name in commands → label on the screen, in order."""


def check_tab(name: str) -> str:
    """The name of a lesson's tab, if it is one.

    Raises:
        UsageError: it is not.
    """
    if name not in TABS:
        raise UsageError(f"A lesson has no tab “{name}”: choose {', '.join(TABS)}.")
    return name
