"""Times, amounts and names in the few words that fit on a button or a line."""

from __future__ import annotations

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def distance(seconds: float) -> str:
    """A stretch of time, short: `<1 min`, `10 min`, `3 h`, `5 d`, `2.1 mo`, `1.4 y`."""
    if seconds < MINUTE:
        return "<1 min"
    if seconds < HOUR:
        return f"{round(seconds / MINUTE)} min"
    if seconds < DAY:
        return f"{round(seconds / HOUR)} h"
    days = seconds / DAY
    if days < 30.5:
        return f"{round(days)} d"
    if days < 365:
        return f"{days / 30.44:.1f} mo"
    return f"{days / 365.25:.1f} y"


def clock(seconds: float) -> str:
    """A playing time: `3:20`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def percent(share: float) -> str:
    """A share from 0 to 1: `75 %`."""
    return f"{share:.0%}".replace("%", " %")


def plural(count: int, noun: str) -> str:
    """`1 card`, `2 cards`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def sentence(text: str) -> str:
    """The text with a full stop, unless it already ends like a sentence: a title may be a question."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def printable(text: str) -> str:
    r"""The text with what would steer a terminal written out: an escape character as `\x1b`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
