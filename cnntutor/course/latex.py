"""LaTeX → a line of Unicode, read the way TeX reads it: atoms, groups and scripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from cnntutor.course import glyphs
from cnntutor.course.glyphs import Role

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|[A-Za-z]+|\d+(?:\.\d+)?|.", re.DOTALL)
_OPERATES = re.compile(r"[\s+−±×÷·/∗=<>≤≥…]")
_BRACKETED = r"\([^()]*\)|\[[^\[\]]*\]|⌊[^⌊⌋]*⌋|⌈[^⌈⌉]*⌉|\|[^|]*\|"
_FACTOR = re.compile(rf"[√∛∜]?(?:{_BRACKETED})|\d[\d.,]*[⁰-⁹¹²³]*|[∂Δ√]?[^\W\d]\S?\w*(?:\[[^\]]*\])?")
_MATRICES = {"matrix": "[]", "bmatrix": "[]", "pmatrix": "()", "vmatrix": "||", "smallmatrix": "[]", "array": "[]"}
_SIGNS = ("−", "+", "±", "∓")
_SPELT_SUBSCRIPT = re.compile(r"_\w+$")
_NEIGHBOURS = (Role.ORDINARY, Role.WORD, Role.FRACTION)


@dataclass(slots=True)
class _Atom:
    text: str
    role: Role
    spaced: bool = False
    """Whether the author typed a space before it (or, for operators, on either side)."""


class Reader:
    """Reads one formula; `faults` says what it could not make sense of."""

    def __init__(self, latex: str) -> None:
        self._tokens = _TOKEN.findall(latex)
        self._at = 0
        self.faults: list[str] = []
        self._special = self._specials()

    def read(self) -> str:
        r"""The whole formula; lines that `\\` parts are parted by newlines."""
        text = _joined(self._atoms(()))
        while self._at < len(self._tokens):
            self._fault("a closing brace has no opening one")
            self._at += 1
            text += _joined(self._atoms(()))
        return text

    # Tokens

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _skip_space(self) -> bool:
        spaced = self._peek().isspace()
        if spaced:
            self._at += 1
        return spaced

    def _fault(self, what: str) -> None:
        if what not in self.faults:
            self.faults.append(what)

    # Atoms

    def _atoms(self, stops: tuple[str, ...]) -> list[_Atom]:
        """Atoms up to a closing brace, one of `stops`, or the end; the stop itself is left."""
        atoms: list[_Atom] = []
        while True:
            spaced = self._skip_space()
            token = self._peek()
            if not token or token == "}" or token in stops:
                return atoms
            if token in ("_", "^", "'"):
                self._script(atoms)
                continue
            self._at += 1
            atom = self._atom(token)
            if atom is None:
                continue
            atom.spaced = spaced or (atom.role is Role.OPERATOR and self._peek().isspace())
            if atom.role is Role.OPERATOR and not _ends_operand(atoms):
                atom.role = Role.ORDINARY
            atoms.append(atom)

    def _atom(self, token: str) -> _Atom | None:
        if token == "{":
            return self._group()
        if token == "&":
            return None
        if token == "~":
            return _Atom(" ", Role.SPACE)
        if token.startswith("\\") and len(token) > 1:
            return self._command(token[1:].rstrip("*"))
        role = Role.WORD if token.isalpha() and len(token) > 1 else glyphs.ROLES.get(token, Role.ORDINARY)
        if unicodedata.category(token[0]) == "Co":  # a caller's own mark, which stands for no sign
            role = Role.AS_TYPED
        sign = glyphs.glyph(token) if token in "*-'|" else None
        return _Atom(sign or token, role)

    def _group(self) -> _Atom:
        atoms = self._atoms(())
        if self._take() != "}":
            self._fault("an opening brace is never closed")
        if len(atoms) == 1 and atoms[0].role is not Role.COMMA:
            return _Atom(atoms[0].text, atoms[0].role)
        text = _joined(atoms)
        return _Atom(text, Role.WORD if text.isalpha() and len(text) > 1 else Role.ORDINARY)

    def _argument(self, command: str) -> str:
        """The next group, or the next single sign, in Unicode."""
        self._skip_space()
        token = self._peek()
        if not token or token == "}":
            self._fault(f"\\{command} lacks what it applies to")
            return ""
        if token[0].isalnum() and len(token) > 1:
            self._tokens[self._at] = token[1:]
            return token[0]
        self._at += 1
        atom = self._atom(token)
        return atom.text if atom else ""

    def _raw_argument(self) -> str:
        """The next group as typed, for text whose spaces count."""
        self._skip_space()
        if self._peek() != "{":
            return self._take()
        depth, start = 0, self._at
        while self._at < len(self._tokens):
            token = self._take()
            depth += (token == "{") - (token == "}")
            if not depth:
                return "".join(self._tokens[start + 1 : self._at - 1])
        self._fault("an opening brace is never closed")
        return "".join(self._tokens[start + 1 :])

    # Commands

    def _command(self, name: str) -> _Atom | None:
        special = self._special.get(name)
        if special is not None:
            return special(name)
        if name in glyphs.IGNORED:
            self._drop_empty_delimiter(name)
            return None
        if name == "\\":
            return _Atom("\n", Role.SPACE)
        if glyphs.space(name) is not None:
            return _Atom(glyphs.space(name) or "", Role.SPACE)
        if not name.isalpha() and name not in "|{}":
            return _Atom(name, Role.ORDINARY)
        return self._sign(name)

    def _specials(self) -> dict[str, Callable[[str], _Atom | None]]:
        return {
            **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), self._fraction),
            **dict.fromkeys(glyphs.UPRIGHT, self._upright),
            **dict.fromkeys(glyphs.ALPHABETS, self._styled),
            **dict.fromkeys(glyphs.MARKS, self._accent),
            "sqrt": self._root,
            "binom": self._binomial,
            "begin": self._environment,
            "end": self._stray_end,
            "not": self._negated,
        }

    def _sign(self, name: str) -> _Atom:
        if name == "|":
            return _Atom("‖", Role.AS_TYPED)
        sign = glyphs.glyph(name)
        if sign is None and name not in "{}":
            self._fault(f"\\{name} is no command we can show")
        return _Atom(sign or name, glyphs.ROLES.get(name, Role.ORDINARY))

    def _drop_empty_delimiter(self, name: str) -> None:
        self._skip_space()
        if name in ("left", "right") and self._peek() == ".":
            self._at += 1

    def _fraction(self, name: str) -> _Atom:
        above, below = self._argument(name), self._argument(name)
        if re.search(r"[\s+−±=]", _outside_brackets(above)):
            above = f"({above})"
        if not _is_factor(below):
            below = f"({below})"
        return _Atom(f"{above}/{below}", Role.FRACTION)

    def _root(self, name: str) -> _Atom:
        degree = ""
        if self._peek() == "[":
            self._at += 1
            degree = _joined(self._atoms(("]",)))
            self._at += 1
        inner = self._argument(name)
        sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree) or f"{glyphs.script('^', degree) or degree}√"
        return _Atom(sign + (inner if _is_factor(inner) else f"({inner})"), Role.ORDINARY)

    def _binomial(self, name: str) -> _Atom:
        return _Atom(f"C({self._argument(name)}, {self._argument(name)})", Role.ORDINARY)

    def _upright(self, name: str) -> _Atom:
        text = re.sub(r"\s+", " ", re.sub(r"\\(.)", r"\1", self._raw_argument()))
        role = Role.FUNCTION if name == "operatorname" else Role.WORD if len(text) > 1 else Role.ORDINARY
        return _Atom(text, role)

    def _styled(self, name: str) -> _Atom:
        return _Atom("".join(glyphs.styled(name, letter) for letter in self._raw_argument()), Role.ORDINARY)

    def _accent(self, name: str) -> _Atom:
        text = self._argument(name)
        mark = glyphs.MARKS[name]
        everywhere = name in ("overline", "underline")
        marked = "".join(c + mark for c in text) if everywhere else text[:1] + mark + text[1:]
        return _Atom(unicodedata.normalize("NFC", marked), Role.ORDINARY)

    def _negated(self, name: str) -> _Atom:
        text = unicodedata.normalize("NFC", self._argument(name) + "\u0338")
        return _Atom(text, Role.RELATION)

    def _stray_end(self, name: str) -> None:
        self._fault(f"\\{name}{{{self._raw_argument()}}} has no \\begin")

    def _environment(self, _: str) -> _Atom:
        kind = self._raw_argument()
        rows = [self._row()]
        while self._peek() == "\\\\":
            self._at += 1
            rows.append(self._row())
        if self._take() != "\\end":
            self._fault(f"\\begin{{{kind}}} is never ended")
        else:
            self._raw_argument()
        return _Atom(_laid_out(kind.rstrip("*"), [row for row in rows if any(row)]), Role.ORDINARY)

    def _row(self) -> list[str]:
        stops = ("&", "\\\\", "\\end")
        cells = [_joined(self._atoms(stops))]
        while self._peek() == "&":
            self._at += 1
            cells.append(_joined(self._atoms(stops)))
        return cells

    # Scripts

    def _script(self, atoms: list[_Atom]) -> None:
        base = atoms[-1] if atoms else _Atom("", Role.ORDINARY)
        if not atoms:
            atoms.append(base)
        below, above = "", ""
        while (mark := self._peek()) in ("_", "^", "'") and mark:
            self._at += 1
            if mark == "'":
                above += "′"
            elif mark == "_":
                below = self._script_text(mark)
            else:
                above += self._script_text(mark)
        if base.role is Role.FRACTION:
            base.text = f"({base.text})"
            base.role = Role.ORDINARY
        base.text += _limits(below, above) if base.role is Role.FUNCTION else _sub(below) + _super(above)

    def _script_text(self, mark: str) -> str:
        self._skip_space()
        if self._peek() != "{":
            return self._argument(mark)
        self._at += 1
        text = _joined(self._atoms(()), tight=True)
        if self._take() != "}":
            self._fault("an opening brace is never closed")
        return text


def _ends_operand(atoms: list[_Atom]) -> bool:
    roles = (*_NEIGHBOURS, Role.CLOSE, Role.AS_TYPED)
    return bool(atoms) and atoms[-1].role in roles


def _sub(text: str) -> str:
    if not text:
        return ""
    small = glyphs.script("_", text)
    if small is not None:
        return small
    if "," in text:
        return f"[{text}]"
    return f"_{text}" if text.isalnum() else f"_({text})"


def _super(text: str) -> str:
    if not text:
        return ""
    small = glyphs.script("^", text)
    if small is not None:
        return small
    return f"^{text}" if len(text) == 1 else f"^({text})"


def _limits(below: str, above: str) -> str:
    low, high = glyphs.script("_", below), glyphs.script("^", above)
    if low is not None and high is not None:
        return low + high
    if below and above:
        return f"[{below}…{above}]"
    return f"[{below}]" if below else _super(above)


def _joined(atoms: list[_Atom], *, tight: bool = False) -> str:
    text = ""
    for index, atom in enumerate(atoms):
        left = atoms[index - 1] if index else None
        right = atoms[index + 1] if index + 1 < len(atoms) else None
        text += " " if left is not None and _gap(left, atom, tight) else ""
        text += f"({atom.text})" if _needs_brackets(left, atom, right, tight) else atom.text
    return text.strip(" ")


def _needs_brackets(left: _Atom | None, atom: _Atom, right: _Atom | None, tight: bool) -> bool:
    """A fraction that touches a factor would swallow it: 1/k x is not (1/k)·x."""
    if atom.role is not Role.FRACTION:
        return False
    touches = (*_NEIGHBOURS, Role.OPEN)
    after = right is not None and right.role in touches and not _gap(atom, right, tight)
    before = left is not None and left.role in (*_NEIGHBOURS, Role.CLOSE) and not _gap(left, atom, tight)
    return after or before


def _gap(left: _Atom, right: _Atom, tight: bool) -> bool:
    """Whether a space parts two neighbours."""
    roles = {left.role, right.role}
    if Role.SPACE in roles or left.role is Role.OPEN or right.role in (Role.CLOSE, Role.COMMA):
        return False
    if left.role is Role.COMMA:
        return right.spaced or not right.text[:1].isdigit() or tight
    if tight:
        return False
    if Role.RELATION in roles:
        return True
    if right.role is Role.OPERATOR:
        return right.spaced
    if left.role is Role.OPERATOR:
        return left.spaced
    if Role.PRODUCT in roles:
        return False
    if Role.AS_TYPED in roles:
        return right.spaced
    if Role.FUNCTION in roles:
        if left.role is Role.ORDINARY and left.text in _SIGNS:
            return False
        return right.role is not Role.OPEN
    if right.role is not Role.OPEN and _SPELT_SUBSCRIPT.search(left.text):
        return True
    return Role.WORD in roles and right.spaced and right.role is not Role.OPEN and not left.text.endswith(" ")


def _outside_brackets(text: str) -> str:
    """The text with everything in brackets left out."""
    previous = ""
    while previous != text:
        previous, text = text, re.sub(_BRACKETED, "", text)
    return text


def _is_factor(text: str) -> bool:
    """Whether the text can stand behind a slash or under a root without brackets."""
    return bool(_FACTOR.fullmatch(text)) and not _OPERATES.search(_outside_brackets(text))


def _laid_out(kind: str, rows: list[list[str]]) -> str:
    if kind in _MATRICES:
        brackets = _MATRICES[kind]
        return brackets[0] + "; ".join(", ".join(row) for row in rows) + brackets[1]
    if kind == "cases":
        return "{ " + "; ".join(" ".join(cell.rstrip(",") for cell in row) for row in rows) + " }"
    return "\n".join(" ".join(cell for cell in row if cell) for row in rows)
