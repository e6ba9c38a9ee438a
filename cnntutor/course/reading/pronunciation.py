"""pronunciation.yaml: how the hosts say what is no plain word, as one flat mapping `written: words`."""

from __future__ import annotations

from pathlib import Path

from yaml.nodes import MappingNode, ScalarNode

from cnntutor.course.reading import located
from cnntutor.course.reading.located import Record
from cnntutor.course.reading.source import Report, Source, open_source
from cnntutor.course.spoken import is_plain_words


def read_pronunciation(path: Path, report: Report) -> dict[str, str]:
    """Read the table; entries that cannot be used are reported and left out.

    Args:
        path: the file; a course may do without it.
        report: told every problem.
    """
    if not path.exists():
        return {}
    source = open_source(path, report)
    node = located.parse(source) if source else None
    if source is None or node is None:
        return {}
    if not isinstance(node, MappingNode):
        source.problem(node.start_mark.line + 1, "a table is expected here", "write `written: words`, one a line")
        return {}
    record = Record(node, source, "table")
    written = dict.fromkeys(str(key.value) for key, _ in node.value if isinstance(key, ScalarNode))
    return {token: words for token in written if (words := _words(token, record, source))}


def _words(token: str, record: Record, source: Source) -> str:
    """How a token is said; empty, and a problem reported, if the entry cannot be used."""
    line = record.line_of(token)
    if not token or token.split() != [token]:
        source.problem(line, f"“{token}” is no single token", "write what stands between two blanks")
        return ""
    words = record.text(token).value
    if words and not is_plain_words(words):
        fix = "write words of letters with one blank between them, e.g. `C N N` or `ray loo`"
        source.problem(record.text(token).line, f"“{words}” is not plain words", fix)
        return ""
    return words
