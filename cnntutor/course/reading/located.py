"""YAML whose every value knows its line. Scalars stay the text that was written: `yes` is no truth, `1e3` no number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cnntutor.course.lookup import nearest
from cnntutor.course.reading.source import Source

LONGEST_NUMBER = 9
"""Digits of a whole number, at most."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar and the line on which it starts."""

    value: str
    line: int


def parse(source: Source) -> Node | None:
    """The file's one document; None, and a problem reported, if it is no YAML."""
    try:
        node = yaml.compose(source.text, _LOADER)
    except yaml.MarkedYAMLError as error:
        _report(source, error)
        return None
    except yaml.YAMLError as error:
        source.problem(1, f"this is no YAML: {str(error).splitlines()[0]}", "delete what cannot be read")
        return None
    if node is None:
        source.problem(1, f"{source.path.name} holds nothing", "write it; CONTRIBUTING.md shows the format")
    return node


def _report(source: Source, error: yaml.MarkedYAMLError) -> None:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    what = error.problem or error.context or "it cannot be read"
    lines = source.text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        source.problem(line, "a tab indents this line", "indent with spaces")
    elif "mapping values are not allowed" in what:
        source.problem(line, "a colon stands in unquoted text", "put the text in quotes, or below a `|`")
    else:
        fix = "mind the indentation, and put text that starts with a sign (* & ! % @ ` [ {) in quotes"
        source.problem(line, f"this is no YAML: {what}", fix)


class Record:
    """A mapping that is read key by key; `close` reports the keys nobody asked for."""

    def __init__(self, node: MappingNode, source: Source, what: str) -> None:
        self.source = source
        self.what = what
        """What it is, for messages: `question`, `topic`."""
        self.line = node.start_mark.line + 1
        self.sound = True
        """Whether everything asked for so far was there and of the right kind."""
        self._values: dict[str, Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: set[str] = set()
        for key, value in node.value:
            self._add(key, value)

    def _add(self, key: Node, value: Node) -> None:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            self.source.problem(line, f"a key of the {self.what} is no text", "write `key: value`")
        elif key.value in self._values:
            first = self._lines[key.value]
            self.source.problem(line, f"`{key.value}` stands here twice (first on line {first})", "keep one of them")
        else:
            self._values[key.value] = value
            self._lines[key.value] = line

    def wrong(self, line: int, message: str, fix: str) -> None:
        """Report a mistake that makes the record unusable."""
        self.sound = False
        self.source.problem(line, message, fix)

    def has(self, key: str) -> bool:
        """Whether the key is there; asking makes it a known one."""
        self._asked.add(key)
        return key in self._values

    def line_of(self, key: str) -> int:
        """The line of a key, or of the record if it has none such."""
        return self._lines.get(key, self.line)

    def text(self, key: str, *, required: bool = True) -> Text:
        """The text under a key; empty, and the record unsound if it was required, where there is none."""
        node = self._node(key, required)
        if node is None:
            return Text("", self.line)
        line = node.start_mark.line + 1
        if not isinstance(node, ScalarNode):
            fix = f"write `{key}: …`, in quotes if it starts with {{ or ["
            self.wrong(line, f"`{key}` of the {self.what} should be text", fix)
            return Text("", line)
        value = str(node.value).strip()
        if required and not value:
            self.wrong(self.line_of(key), f"`{key}` of the {self.what} is empty", "write it after the colon")
        return Text(value, line)

    def whole_number(self, key: str) -> int:
        """The whole number under a required key; 0, and the record unsound, if it is none."""
        text = self.text(key)
        if text.value.isdecimal() and len(text.value) <= LONGEST_NUMBER:
            return int(text.value)
        if text.value:
            self.wrong(text.line, f"`{key}` should be a whole number, not “{text.value}”", f"write `{key}: 12`")
        return 0

    def texts(self, key: str) -> list[Text]:
        """The texts of a list; empty where there is none."""
        node = self._node(key, required=False)
        if node is None or (isinstance(node, ScalarNode) and not node.value):
            return []
        if not isinstance(node, SequenceNode):
            self.source.problem(
                node.start_mark.line + 1, f"`{key}` should be a list", f"write `{key}: [first, second]`"
            )
            return []
        return list(self._scalars(key, node))

    def _scalars(self, key: str, node: SequenceNode) -> Iterator[Text]:
        for item in node.value:
            line = item.start_mark.line + 1
            if isinstance(item, ScalarNode):
                yield Text(str(item.value).strip(), line)
            else:
                self.source.problem(line, f"`{key}` should list texts", f"write `{key}: [first, second]`")

    def records(self, key: str, what: str, *, required: bool = True) -> list[Record]:
        """The mappings of a list."""
        node = self._node(key, required)
        return [] if node is None else records(node, self.source, what)

    def pairs(self, key: str, *, required: bool = True) -> list[tuple[Text, Text]]:
        """The entries of a mapping from text to text; a list of texts as value is joined by commas."""
        node = self._node(key, required)
        if node is None:
            return []
        if not isinstance(node, MappingNode):
            self.wrong(node.start_mark.line + 1, f"`{key}` should be `name: value` pairs", "write one pair a line")
            return []
        inner = Record(node, self.source, key)
        return [(Text(name, inner.line_of(name)), inner._joined(name)) for name in inner._values]

    def _joined(self, key: str) -> Text:
        node = self._values[key]
        if isinstance(node, SequenceNode):
            texts = self.texts(key)
            return Text(", ".join(text.value for text in texts), node.start_mark.line + 1)
        return self.text(key)

    def _node(self, key: str, required: bool) -> Node | None:
        self._asked.add(key)
        if key not in self._values and required:
            self.wrong(self.line, f"the {self.what} has no `{key}`", f"add `{key}: …`")
        return self._values.get(key)

    def close(self) -> bool:
        """Report unknown keys, and say whether the record can be used."""
        for key in self._values.keys() - self._asked:
            near = nearest(key, self._asked)
            fix = f"write {near}" if near else f"use {', '.join(sorted(self._asked))}"
            self.source.problem(self._lines[key], f"a {self.what} has no key `{key}`", fix)
        return self.sound


def records(node: Node, source: Source, what: str) -> list[Record]:
    """The mappings of a list; whatever else stands in it is reported and left out."""
    if not isinstance(node, SequenceNode):
        source.problem(node.start_mark.line + 1, f"a list of {what}s is expected here", f"start each {what} with `- `")
        return []
    found = []
    for item in node.value:
        if isinstance(item, MappingNode):
            found.append(Record(item, source, what))
        else:
            line = item.start_mark.line + 1
            source.problem(line, f"a {what} is expected here", "write its keys below each other, the first after `- `")
    return found
