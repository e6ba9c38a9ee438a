"""What each LaTeX command looks like in Unicode, and how it keeps its distance from its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache


class Role(Enum):
    """How a sign stands among its neighbours, after TeX's classes (Knuth 1984, "The TeXbook", chapter 17)."""

    ORDINARY = auto()
    WORD = auto()
    """Several letters that belong together; keeps the author's spaces."""
    FRACTION = auto()
    OPERATOR = auto()
    """Spaced on both sides if the author spaced it."""
    PRODUCT = auto()
    """The raised dot; never spaced."""
    RELATION = auto()
    """Always spaced, save in sub- and superscripts."""
    COMMA = auto()
    OPEN = auto()
    CLOSE = auto()
    FUNCTION = auto()
    """log, max, ∑ and their like, which may carry limits."""
    AS_TYPED = auto()
    SPACE = auto()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _group(role: Role, names: str) -> dict[str, Role]:
    return dict.fromkeys(_names(names), role)


FUNCTIONS = _names(
    "log ln exp max min arg argmax argmin sup inf lim sin cos tan tanh sinh cosh det dim deg gcd Pr softmax"
)
LIMITS = _names("sum prod int iint oint coprod bigcup bigcap bigoplus bigotimes")
ROLES: Mapping[str, Role] = {
    **_group(
        Role.RELATION,
        "leq le geq ge neq ne lt gt approx sim simeq cong equiv propto in notin ni to rightarrow leftarrow "
        "leftrightarrow longrightarrow mapsto gets Rightarrow Leftarrow Leftrightarrow implies iff ll gg subset "
        "subseteq supset supseteq perp parallel models = < >",
    ),
    **_group(
        Role.OPERATOR, "times div pm mp ast star odot oplus ominus otimes circ bullet cup cap setminus wedge vee + - *"
    ),
    **_group(Role.PRODUCT, "cdot"),
    **_group(Role.OPEN, "lfloor lceil langle lbrace lbrack lvert lVert { ( ["),
    **_group(Role.CLOSE, "rfloor rceil rangle rbrace rbrack rvert rVert } ) ]"),
    **_group(Role.AS_TYPED, "mid colon vert Vert | / : !"),
    **_group(Role.COMMA, ", ;"),
    **dict.fromkeys(FUNCTIONS | LIMITS, Role.FUNCTION),
}
"""Command without its backslash, or a sign as typed → role. Everything else is ordinary."""

_OWN = {
    "cdot": "·", "ast": "∗", "*": "∗", "-": "−", "dots": "…", "ldots": "…", "cdots": "…", "vdots": "⋮", "ddots": "⋱",
    "langle": "⟨", "rangle": "⟩", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "|": "|", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "colon": ":", "lt": "<",
    "gt": ">", "'": "′", "sim": "~", "top": "⊤", "backslash": "\\", "implies": "⇒",
}  # fmt: skip
_SPACES = {"quad": "  ", "qquad": "    ", ",": " ", ":": " ", ";": " ", " ": " ", "~": " ", "!": "", "enspace": " "}
MARKS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0305", "tilde": "\u0303",
    "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "underline": "\u0332",
}  # fmt: skip
"""Accents, as combining marks."""
ALPHABETS = frozenset({"mathbb", "mathcal", "mathfrak", "mathscr"})
UPRIGHT = _names("text textrm textbf textit texttt mathrm mathbf mathit mathsf mathtt boldsymbol operatorname mbox")
IGNORED = _names(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr middle displaystyle textstyle limits "
    "nolimits nonumber notag"
)
_RAISED = {"⊤": "ᵀ", "′": "′", "∗": "*", "†": "†", "∘": "°", "ᵀ": "ᵀ"}


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    from unicodeit.data import REPLACEMENTS

    return dict(REPLACEMENTS)


def glyph(command: str) -> str | None:
    """The sign of a command given without its backslash, or None if nobody knows it."""
    if command in _OWN:
        return _OWN[command]
    if command in FUNCTIONS:
        return command
    found = _known().get("\\" + command)
    return found if found and "\\" not in found else None


def space(command: str) -> str | None:
    """The space that a command like `quad` makes, or None if it makes none."""
    return _SPACES.get(command)


def styled(alphabet: str, letter: str) -> str:
    """A letter of another alphabet, e.g. ℝ of `mathbb` and R; the plain letter where Unicode has none."""
    name = "mathcal" if alphabet == "mathscr" else alphabet
    return _known().get(f"\\{name}{{{letter}}}", letter)


@lru_cache(maxsize=1)
def _scripts() -> dict[str, str]:
    from unicodeit.data import SUBSUPERSCRIPTS

    raised = {"^" + plain: sign for plain, sign in _RAISED.items()}
    return {typed: sign for typed, sign in SUBSUPERSCRIPTS if sign != typed[1]} | raised


def script(mark: str, text: str) -> str | None:
    """`text` in subscripts (`mark` is `_`) or superscripts (`^`); None if Unicode lacks one of its signs."""
    signs = [_scripts().get(mark + char) for char in text]
    return "".join(sign or "" for sign in signs) if all(signs) else None
