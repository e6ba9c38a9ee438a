"""Numbers as people say them: `73,728`, `0.5`, `2012`, `21st`, `1990s`, `1e-3`, `²`. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import inflect

WRITTEN = r"""
    (?:\d+(?:\.\d+)?|\.\d+)e[-−]?\d+ (?![^\W_])
  | \d+(?:st|nd|rd|th|s) (?![^\W_])
  | (?:\d{1,3}(?:,\d{3})+(?![\d])|\d*)(?:\.\d+)+
  | \d{1,3}(?:,\d{3})+(?!\d)
  | \d+
  | [⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+
  | [₀₁₂₃₄₅₆₇₈₉]+
"""
"""Every form that `number_aloud` takes: a verbose pattern, with `re.ASCII` for its digits."""

LONGEST = 15
"""A longer row of digits is read out digit by digit."""

YEARS = range(1100, 2100)
"""Four bare digits in this range are said as a year."""

_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉−", "0123456789+-0123456789-")
_SCIENTIFIC = re.compile(r"([\d.]+)e(-?)(\d+)")


def number_aloud(written: str) -> str:
    """A number in words.

    Args:
        written: in one of the forms of `WRITTEN`.

    Returns:
        Words of letters and hyphens, without commas: `seventy-three thousand seven hundred and twenty-eight`,
        `zero point five`, `nineteen eighty-nine`, `squared`.
    """
    plain = written.translate(_LOWERED).replace(",", "")
    if written[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻":
        return _power(plain)
    if match := _SCIENTIFIC.fullmatch(plain):
        return f"{_decimal(match[1])} E {_signed(match[2] + match[3])}"
    if plain.endswith(("st", "nd", "rd", "th")):
        return _words(_inflect().ordinal(_words_of(plain[:-2])))
    if plain.endswith("s"):
        return _plural(_bare(plain[:-1]))
    return _bare(written) if written.isdecimal() else _decimal(plain)


def _bare(digits: str) -> str:
    return _year(int(digits)) if len(digits) == 4 and int(digits) in YEARS else _words_of(digits)


def _year(year: int) -> str:
    century, rest = divmod(year, 100)
    if year in range(2000, 2010):
        return _words_of(str(year))
    if rest == 0:
        return f"{_words_of(str(century))} hundred"
    return f"{_words_of(str(century))} {'oh ' if rest < 10 else ''}{_words_of(str(rest))}"


def _decimal(digits: str) -> str:
    """Digits with any number of points; `1.10.2` is a version, whose parts are numbers."""
    whole, *decimals = digits.split(".")
    if len(decimals) > 1:
        return " point ".join(_words_of(part or "0") for part in digits.split("."))
    said = [_words_of(whole or "0")]
    if decimals:
        said += ["point", *(_words_of(digit) for digit in decimals[0])]
    return " ".join(said)


def _power(digits: str) -> str:
    return {"2": "squared", "3": "cubed"}.get(digits) or f"to the {_signed(digits)}"


def _signed(digits: str) -> str:
    sign = {"-": "minus ", "+": "plus "}.get(digits[0], "") if digits else ""
    return sign + _words_of(digits.lstrip("+-"))


def _plural(words: str) -> str:
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith("x") else "s")


@lru_cache(maxsize=1024)
def _words_of(digits: str) -> str:
    if len(digits) > LONGEST:
        return " ".join(_words_of(digit) for digit in digits)
    return _words(_inflect().number_to_words(digits))


def _words(said: object) -> str:
    """What the library says, without its commas: they would make the voice pause within a number."""
    return str(said).replace(",", "")


@lru_cache(maxsize=1)
def _inflect() -> inflect.engine:
    import inflect

    return inflect.engine()
