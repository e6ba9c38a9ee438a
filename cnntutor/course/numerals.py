"""Numbers as people write them: how we show them, and how we read what a learner typed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction

from cnntutor.errors import UsageError

Number = int | float | Fraction

_GROUPED = {
    ",": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"),
    ".": re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+,\d+|[1-9]\d{0,2}(?:\.\d{3}){2,}"),
}
_SPACED = re.compile(r"(?<=\d)[ _'’\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_TYPED = re.compile(r"(?P<number>[-+]?[\d., _'’\u00a0\u2009\u202f]*\d\.?(?:e[-+]?\d{1,3})?)\s*(?P<rest>.*)", re.DOTALL)
_POWER = re.compile(r"\s*(?:[x×·*]\s*10\s*(?:\^|\*\*)\s*)([-+]?\d{1,2})")
LONGEST = 60


def show_number(value: Number) -> str:
    """A number for prose: `1,204,000`, `−3`, `0.3333`.

    Whole numbers from 10,000 on have commas; others have at most four decimals, or four significant digits below
    one, and no trailing zeros.
    """
    text = show_raw(value)
    whole, _, decimals = text.removeprefix("-").partition(".")
    if whole.isdigit() and int(whole) >= 10_000:
        whole = f"{int(whole):,}"
    sign = "−" if text.startswith("-") else ""
    return sign + whole + ("." + decimals if decimals else "")


def show_raw(value: Number) -> str:
    """The same number for code and commands: no commas, an ordinary minus."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return str(value)
    number = float(value)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    if abs(number) < 1e-6 or abs(number) >= 1e15:
        mantissa, exponent = f"{number:.3e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    decimals = 4 if abs(number) >= 1 else 3 - math.floor(math.log10(abs(number)))
    return f"{number:.{decimals}f}".rstrip("0").rstrip(".")


def show_grid_raw(rows: Iterable[Iterable[Number]]) -> str:
    """Rows of numbers on one line, as demos read a matrix: `1 0 -1; 2 0 -2; 1 0 -1`."""
    return "; ".join(" ".join(map(show_raw, row)) for row in rows)


def read_number(text: str, unit: str = "") -> Fraction:
    """What a learner typed, exactly: `1,204`, `1 204`, `1e3`, `−0.5`, `0,5`, `1/3`, `12 px`, `5 %`.

    A comma or point before exactly three digits parts thousands if it is a comma and is decimal if it is a point,
    as in the course's own text; `0,333` and `12,5` can only be decimals. Per cent are hundredths, unless the
    question asks for per cent.

    Args:
        text: as typed.
        unit: the unit the question asks for; typing it is allowed, another one is not.

    Raises:
        UsageError: it is no number, or has another unit; one line that says what to type.
    """
    cleaned = text.strip().replace("−", "-").replace("–", "-")
    if not cleaned:
        raise UsageError("Type a number first.")
    above, slash, below = cleaned.partition("/")
    numerator, rest = _read_one(above, text)
    if not slash or rest:
        return numerator * _factor(rest + slash + below, unit, text)
    denominator, rest = _read_one(below, text)
    if denominator == 0:
        raise UsageError("Nothing can be divided by 0.")
    return numerator / denominator * _factor(rest, unit, text)


def _read_one(part: str, typed: str) -> tuple[Fraction, str]:
    """The number at the start, and what follows it."""
    match = _TYPED.fullmatch(part.strip().lower()) if len(part) <= LONGEST else None
    number = _plain_digits(match["number"]) if match else None
    if match is None or number is None:
        raise UsageError(f"“{_short(typed)}” is no number: type digits, such as 1204, 0.5 or 1/3.")
    rest = match["rest"]
    if power := _POWER.match(rest):
        return Fraction(number) * Fraction(10) ** int(power[1]), rest[power.end() :].strip()
    return Fraction(number), rest.strip()


def _plain_digits(text: str) -> str | None:
    """The number as Python reads it, or None if its commas and points make no sense."""
    digits, mark, exponent = _SPACED.sub("", text.strip()).partition("e")
    sign = "-" if digits.startswith("-") else ""
    digits = digits.lstrip("+-")
    if _GROUPED[","].fullmatch(digits):
        digits = digits.replace(",", "")
    elif _GROUPED["."].fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d+", digits):
        digits = digits.replace(",", ".")
    if not re.fullmatch(r"\d+\.?\d*|\.\d+", digits):
        return None
    return sign + digits.rstrip(".") + mark + exponent


def _factor(rest: str, unit: str, typed: str) -> Fraction:
    """What the text after the number makes of it: 1 for the unit asked for, 1/100 for per cent."""
    rest = rest.strip().rstrip(".").strip()
    if not rest or _is_unit(rest, unit):
        return Fraction(1)
    if rest == "%":
        return Fraction(1, 100)
    wanted = f"the number of {unit}" if unit else "the number alone"
    raise UsageError(f"“{_short(typed)}” cannot be read: type {wanted}.")


def _is_unit(rest: str, unit: str) -> bool:
    """Whether the text is the unit, in the singular or plural or cut short: parameters, parameter, params."""
    wanted, given = unit.casefold().strip(), rest.casefold()
    if given in (wanted, wanted.removesuffix("s"), wanted + "s"):
        return bool(wanted)
    return len(given) >= 3 and wanted.startswith(given.removesuffix("s"))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 30 else line[:29] + "…"
