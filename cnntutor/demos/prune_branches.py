"""If statements as text: their branches line by line, and what is left of them once some tests are decided."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnntutor.demos.source_text import Edit, SourceText


@dataclass(frozen=True, slots=True)
class Branch:
    """One arm of an if statement. Lines count from 1; ends are excluded."""

    test: ast.expr | None
    """None after else."""
    above: int
    """Its first line, that of its keyword or of comments above it."""
    keyword: int
    """Where if, elif or else stands, in characters."""
    colon: int
    """Behind the colon, in characters."""
    body: int
    """The line after the colon's."""
    end: int


def branches_of(source: SourceText, statement: ast.If) -> Iterator[Branch]:
    """The branches of an if statement in their order."""
    above, keyword = statement.lineno, source.span(statement)[0]
    while True:
        branch = _branch(source, statement.test, statement.body, above, keyword)
        yield branch
        if not statement.orelse:
            return
        above, keyword = branch.end, source.after(source.span(statement.body[-1])[1]).start
        match statement.orelse:
            case [ast.If() as other] if source.span(other)[0] == keyword:  # an elif
                statement = other
            case otherwise:
                yield _branch(source, None, otherwise, above, keyword)
                return


def decided(source: SourceText, branches: Sequence[Branch], verdicts: Sequence[bool | None]) -> Edit:
    """An edit after which only those branches are left that may be taken; one without text if none is.

    Args:
        source: the script.
        branches: of one if statement, in their order.
        verdicts: of their tests; None where nobody knows.
    """
    kept = list(_reached(branches, verdicts))
    lines = [line for place, branch in enumerate(kept) for line in _written_out(source, *branch, first=place == 0)]
    if not lines:
        return without_lines(source, branches[0].above, branches[-1].end)
    start, end = source.start_of(branches[0].above), source.start_of(branches[-1].end)
    return Edit(start, end, "".join(f"{line}\n" for line in lines))


def without_lines(source: SourceText, first: int, end: int) -> Edit:
    """An edit that leaves out whole lines, and the comment right above them."""
    while source.is_comment(first - 1) and source.indent(first - 1) == source.indent(first):
        first -= 1
    return Edit(source.start_of(first), source.start_of(end))


def _branch(source: SourceText, test: ast.expr | None, body: Sequence[ast.stmt], above: int, keyword: int) -> Branch:
    colon = source.find(":", source.span(test)[1] if test else keyword).end
    end = source.line_of(source.span(body[-1])[1]) + 1
    end = _past_comments(source, end, source.indent(source.line_of(keyword)))
    return Branch(test, above, keyword, colon, source.line_of(colon) + 1, end)


def _past_comments(source: SourceText, line: int, indent: int) -> int:
    """The line after comments that are indented further than this, as those of a body are."""
    following = line
    while source.is_blank(following) or (source.is_comment(following) and source.indent(following) > indent):
        following += 1
        if source.is_comment(following - 1):
            line = following
    return line


def _reached(branches: Sequence[Branch], verdicts: Sequence[bool | None]) -> Iterator[tuple[Branch, bool]]:
    """The branches that may be taken; with the first that is taken for sure they end."""
    for branch, verdict in zip(branches, verdicts, strict=True):
        sure = verdict is True or branch.test is None
        if verdict is not False:
            yield branch, sure
        if sure:
            return


def _written_out(source: SourceText, branch: Branch, sure: bool, first: bool) -> list[str]:
    """The lines of a branch that is kept, with the keyword that it needs now."""
    comments = [source.line(line) for line in range(branch.above, source.line_of(branch.keyword))]
    if sure and first:
        return comments + _moved_left(source, branch)
    keyword = "else" if sure else "if" if first else "elif"
    return comments + _header(source, branch, keyword) + [source.line(line) for line in range(branch.body, branch.end)]


def _moved_left(source: SourceText, branch: Branch) -> list[str]:
    """The body of a branch, where the branch stood."""
    indent = source.indent(source.line_of(branch.keyword))
    start = source.after(branch.colon).start
    if source.line_of(start) < branch.body:  # the body begins behind the colon
        return [" " * indent + _behind(source, branch).strip(), *source.dedented(range(branch.body, branch.end), 0)]
    return source.dedented(range(branch.body, branch.end), source.indent(source.line_of(start)) - indent)


def _header(source: SourceText, branch: Branch, keyword: str) -> list[str]:
    line = source.line_of(branch.keyword)
    indent = " " * source.indent(line)
    if keyword == "else":
        return [f"{indent}else:{_behind(source, branch)}"]
    test = source.text[source.after(branch.keyword).end : branch.colon]
    return f"{indent}{keyword}{test}{_behind(source, branch)}".split("\n")


def _behind(source: SourceText, branch: Branch) -> str:
    """What stands behind the colon in its line."""
    return source.text[branch.colon : source.start_of(branch.body)].rstrip("\n")
