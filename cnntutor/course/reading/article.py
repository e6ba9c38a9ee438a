"""article.md and summary.md: prose in sections, and the examples in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cnntutor.course.markup import PieceKind, blank_fences, count_words, pieces, plain
from cnntutor.course.models import Article, Example, Section
from cnntutor.course.reading.source import SLUG, Source

_HEADING = re.compile(
    r"^(?P<marks>#{1,3})[ \t]+(?P<title>[^\n]+?)[ \t]*(?:\{#(?P<anchor>[^}\n]*)\})?[ \t]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, and the text from it to the next one."""

    level: int
    title: str
    anchor: str
    """As given by hand; may be empty."""
    line: int
    body: str


def read_article(source: Source, title: str) -> Article:
    """Read article.md.

    Args:
        source: the file.
        title: the title to fall back on if the article has none.
    """
    source.check_fences()
    found = list(headings(source))
    if not found or found[0].level != 1 or source.text.lstrip()[:2] != "# ":
        source.problem(1, "the article has no title", "start it with `# Title`")
    else:
        title = plain(found[0].title)
    sections = tuple(_sections(source, found))
    words = count_words(re.sub(_HEADING, "", source.text))
    return Article(title, sections, words, tuple(_examples(source)))


def headings(source: Source) -> Iterator[Heading]:
    """The headings of levels 1 to 3 outside fences, each with what stands below it."""
    matches = list(_HEADING.finditer(blank_fences(source.text)))
    for at, match in enumerate(matches):
        end = matches[at + 1].start() if at + 1 < len(matches) else len(source.text)
        yield Heading(
            level=len(match["marks"]),
            title=match["title"].strip(),
            anchor=match["anchor"] or "",
            line=source.line_at(match.start()),
            body=source.text[match.end() : end],
        )


def _sections(source: Source, found: list[Heading]) -> Iterator[Section]:
    lines: dict[str, int] = {}
    for at, heading in enumerate(found):
        if heading.level == 1 and at:
            source.problem(heading.line, "an article has one title", "make this heading `##`")
        anchor = _anchor(source, heading)
        body = source.markdown(heading.body, heading.line)
        if anchor in lines:
            fix = "give one of them an anchor of its own: `## Heading {#anchor}`"
            source.problem(heading.line, f"the anchor {anchor} is taken (line {lines[anchor]})", fix)
        lines.setdefault(anchor, heading.line)
        if body or heading.level > 1:
            yield Section(anchor, plain(heading.title), heading.level, body, heading.line)


def _anchor(source: Source, heading: Heading) -> str:
    if not heading.anchor:
        return re.sub(r"[\W_]+", "-", plain(heading.title).lower()).strip("-")
    if not SLUG.fullmatch(heading.anchor):
        fix = "use lower-case letters, digits and single dashes"
        source.problem(heading.line, f"“{heading.anchor}” is no anchor", fix)
    return heading.anchor


def _examples(source: Source) -> Iterator[Example]:
    for piece in pieces(source.text):
        if piece.kind is PieceKind.FENCE and piece.info.startswith("python") and ">>>" in piece.body:
            yield Example(piece.body, source.line_at(piece.start) + 1)


def read_summary(source: Source) -> str:
    """Read summary.md."""
    source.check_fences()
    return source.markdown(source.text, 1)
