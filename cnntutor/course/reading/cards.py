"""cards.md: notes, each a heading with settings and sides below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cnntutor.course.cards import BasicCard, Card, CardId, ClozeCard, ComputedCard, Face
from cnntutor.course.cloze import Cloze, ClozeError
from cnntutor.course.lookup import nearest
from cnntutor.course.markup import blank_fences
from cnntutor.course.reading.items import Surroundings
from cnntutor.course.reading.located import Text
from cnntutor.course.reading.source import SLUG, Source

SETTINGS = ("section", "demo", "both", "draw", "answer", "note")
SIDES = ("Q", "A", "C", "Q2", "A2", "Why", "Hint")
_MEANT = {"question": "Q", "answer": "A", "cloze": "C", "because": "Why"}
_HEADING = re.compile(r"^##[ \t]+([^\n]+?)[ \t]*$", re.MULTILINE)
_SETTING = re.compile(r"(?P<key>[\w-]+):[ \t]*(?P<value>.*)")
_SIDE = re.compile(rf"({'|'.join(SIDES)}):(?:[ \t]+|$)")
_LIKE_A_SIDE = re.compile(r"([A-Za-z]+\d?):(?:[ \t]|$)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(slots=True)
class _Note:
    """A note as written."""

    id: Text
    settings: dict[str, Text] = field(default_factory=dict)
    draws: list[tuple[Text, Text]] = field(default_factory=list)
    sides: dict[str, Text] = field(default_factory=dict)
    sound: bool = True

    def setting(self, key: str) -> Text:
        return self.settings.get(key, Text("", self.id.line))

    def side(self, label: str) -> Text:
        return self.sides.get(label, Text("", self.id.line))

    @property
    def note(self) -> str:
        return self.setting("note").value or self.id.value


def read_cards(around: Surroundings) -> tuple[Card, ...]:
    """Read cards.md; a note that cannot be used is left out, and the others stay."""
    source = around.source
    source.text = _COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment[0]), source.text)
    source.check_fences()
    return tuple(card for note in _notes(source) for card in _cards(note, around))


# The notes as written


def _notes(source: Source) -> Iterator[_Note]:
    bare = blank_fences(source.text)
    matches = list(_HEADING.finditer(bare))
    opening = bare[: matches[0].start()] if matches else bare
    for number, text in enumerate(opening.split("\n"), start=1):
        if text.strip() and not text.startswith("# "):
            source.problem(number, "this belongs to no note", "start a note above it: `## its-id`")
            break
    for at, match in enumerate(matches):
        end = matches[at + 1].start() if at + 1 < len(matches) else len(bare)
        line = source.line_at(match.start())
        yield _NoteReader(source, _Note(Text(match[1], line))).read(match.end(), end, bare)


class _NoteReader:
    """Reads one note line by line: settings first, then sides."""

    def __init__(self, source: Source, note: _Note) -> None:
        self._source = source
        self._note = note
        self._in_draw = False
        self._label = ""
        self._lines: list[str] = []
        self._start = 0

    def read(self, start: int, end: int, bare: str) -> _Note:
        lines = self._source.text[start:end].split("\n")[1:]
        outline = bare[start:end].split("\n")[1:]
        previous = ""
        for number, (line, outlined) in enumerate(zip(lines, outline, strict=True), start=self._note.id.line + 1):
            self._read_line(number, line, outlined, after_blank=not previous.strip())
            previous = line
        self._end_side()
        return self._note

    def _wrong(self, line: int, message: str, fix: str) -> None:
        self._note.sound = False
        self._source.problem(line, message, fix)

    def _read_line(self, number: int, line: str, outlined: str, *, after_blank: bool) -> None:
        if side := _SIDE.match(outlined):
            self._end_side()
            self._label, self._start, self._lines = side[1], number, [line[side.end() :]]
        elif self._label:
            if after_blank:
                self._check_label(number, outlined)
            self._lines.append(line)
        elif line.strip():
            self._read_setting(number, line)

    def _check_label(self, number: int, line: str) -> None:
        """Report a label that was probably meant to be another."""
        found = _LIKE_A_SIDE.match(line)
        if found is None:
            return
        label = found[1]
        meant = _MEANT.get(label.lower()) or next((side for side in SIDES if side.lower() == label.lower()), "")
        meant = meant or (nearest(label, SIDES) if len(label) > 2 else "")
        if meant:
            self._wrong(number, f"“{label}:” is no side of a card", f"write `{meant}:`")

    def _read_setting(self, number: int, line: str) -> None:
        found = _SETTING.fullmatch(line.strip())
        if found is None:
            self._wrong(number, "this is neither a setting nor a side", "write `key: value` or `Q: question`")
            return
        key, value = found["key"], Text(found["value"].strip(), number)
        if self._in_draw and line[0].isspace():
            self._note.draws.append((Text(key, number), value))
            return
        self._in_draw = key == "draw"
        if key not in SETTINGS:
            self._unknown_setting(key, number)
        elif key in self._note.settings:
            self._wrong(number, f"`{key}` stands here twice", "keep one of them")
        else:
            self._note.settings[key] = value
        if self._in_draw and value.value:
            self._wrong(number, "nothing follows `draw:` on its line", "write `  name: 5..64` below it, indented")

    def _unknown_setting(self, key: str, number: int) -> None:
        side = _MEANT.get(key.lower()) or next((side for side in SIDES if side.lower() == key.lower()), "")
        near = side or nearest(key, (*SETTINGS, *SIDES))
        self._wrong(number, f"a card has no setting `{key}`", f"write {near}" if near else f"use {', '.join(SETTINGS)}")

    def _end_side(self) -> None:
        if not self._label:
            return
        text = "\n".join(self._lines)
        if self._label in self._note.sides:
            self._wrong(self._start, f"`{self._label}:` stands here twice", "keep one, or make two notes")
        elif not text.strip():
            self._wrong(self._start, f"`{self._label}:` is empty", "write it, or take it out")
        else:
            indented = len(text) - len(text.lstrip())
            line = self._start + text.count("\n", 0, indented)
            self._note.sides[self._label] = Text(text.strip(), line)


# From notes to cards


def _cards(note: _Note, around: Surroundings) -> list[Card]:
    if not around.claim_id(note.id, "note"):
        return []
    section = around.section(note.settings.get("section", Text("", note.id.line)), "note")
    if not _named_well(note, around) or not note.sound:
        return []
    if "C" in note.sides:
        return _cloze(note, section, around)
    if "draw" in note.settings or "answer" in note.settings:
        return _computed(note, section, around)
    return _basic(note, section, around)


def _named_well(note: _Note, around: Surroundings) -> bool:
    shared = note.setting("note")
    if shared.value and not SLUG.fullmatch(shared.value):
        around.source.problem(shared.line, f"“{shared.value}” is no id", "use lower-case letters, digits and dashes")
        return False
    return True


def _has_sides(note: _Note, around: Surroundings, wanted: tuple[str, ...], kind: str) -> bool:
    """Whether the note has the sides it needs and none that do not fit."""
    fitting = {*wanted, "Why", "Hint"}
    missing = [label for label in wanted if label not in note.sides]
    extra = [label for label in note.sides if label not in fitting]
    for label in missing:
        around.source.problem(note.id.line, f"the {kind} {note.id.value} has no `{label}:`", f"add `{label}: …`")
    for label in extra:
        fix = "take it out" if label not in ("Q2", "A2") else "add `both: yes`, or take it out"
        around.source.problem(note.sides[label].line, f"a {kind} has no `{label}:`", fix)
    return not missing and not extra


def _only_settings(note: _Note, around: Surroundings, fitting: tuple[str, ...], kind: str) -> None:
    for key, value in note.settings.items():
        if key not in ("section", "demo", "note", *fitting):
            around.source.problem(value.line, f"a {kind} has no use for `{key}`", "take it out")


def _basic(note: _Note, section: str, around: Surroundings) -> list[Card]:
    both = note.setting("both")
    if both.value not in ("", "yes", "no"):
        around.source.problem(both.line, f"`both` is yes or no, not “{both.value}”", "write `both: yes`")
        return []
    wanted = ("Q", "A", "Q2", "A2") if both.value == "yes" else ("Q", "A")
    if not _has_sides(note, around, wanted, "card"):
        return []
    shown = {label: around.markdown(text) for label, text in note.sides.items()}
    demo = around.fixed_demo(note.setting("demo"))
    why, hint, line = shown.get("Why", ""), shown.get("Hint", ""), note.id.line
    there = Face(shown["Q"], shown["A"], why, hint, demo)
    if both.value != "yes":
        return [BasicCard(CardId(note.id.value), note.note, section, line, there)]
    back = Face(shown["Q2"], shown["A2"], why, "", demo)
    return [
        BasicCard(CardId(f"{note.id.value}/{number}"), note.note, section, line, face)
        for number, face in enumerate((there, back), start=1)
    ]


def _cloze(note: _Note, section: str, around: Surroundings) -> list[Card]:
    _only_settings(note, around, (), "cloze")
    if not _has_sides(note, around, ("C",), "cloze"):
        return []
    text = note.sides["C"]
    try:
        cloze = Cloze.parse(text.value)
    except ClozeError as error:
        around.source.problem(text.line, str(error), "write `{{c1::what is asked}}`")
        return []
    around.source.markdown(cloze.back(0), text.line)
    shown = {label: around.markdown(side) for label, side in note.sides.items() if label != "C"}
    demo = around.fixed_demo(note.setting("demo"))
    return [
        ClozeCard(
            id=CardId(f"{note.id.value}/{number}"),
            note=note.note,
            section=section,
            line=note.id.line,
            cloze=cloze,
            gap=number,
            why=shown.get("Why", ""),
            hint=shown.get("Hint", ""),
            demo=demo,
        )
        for number in cloze.numbers
    ]


def _computed(note: _Note, section: str, around: Surroundings) -> list[Card]:
    _only_settings(note, around, ("draw", "answer"), "computed card")
    if not note.draws:
        around.source.problem(note.setting("draw").line, "nothing is drawn", "add `draw:` and, indented, `name: 5..64`")
        return []
    if not _has_sides(note, around, ("Q", "A"), "computed card"):
        return []
    begun = around.computation(note.draws, note.settings.get("answer"))
    if begun is None:
        return []
    texts = {label: around.template(note.side(label), begun.names) for label in ("Q", "A", "Why", "Hint")}
    if begun.answer and not texts["A"].expressions:
        around.source.problem(note.side("A").line, "the answer side shows no answer", "write {answer} in it")
    demo = around.demo(note.setting("demo"), begun.names)
    every = [*texts.values(), *(demo.knobs.values() if demo else ())]
    computation = around.completed(begun, every, note.setting("answer").line)
    if computation is None:
        return []
    card = ComputedCard(
        id=CardId(note.id.value),
        note=note.note,
        section=section,
        line=note.id.line,
        computation=computation,
        front=texts["Q"],
        back=texts["A"],
        why=texts["Why"],
        hint=texts["Hint"],
        demo=demo,
    )
    return [card]
