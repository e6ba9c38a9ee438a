"""Constants and imports that nothing in a script uses any more, and how to leave them out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence, Set

from cnntutor.demos.prune_branches import without_lines
from cnntutor.demos.source_text import Edit, SourceText, is_literal


def used(tree: ast.AST) -> Set[str]:
    """The names that are read anywhere."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def unused(source: SourceText, once_used: Set[str]) -> list[Edit]:
    """Edits that leave out what is not read.

    Args:
        source: the script.
        once_used: names that were read before it was pruned; what nothing ever read is there for a reason.
    """
    idle = once_used - used(source.tree)
    return [edit for statement in source.tree.body for edit in _edits(source, statement, idle)]


def _edits(source: SourceText, statement: ast.stmt, idle: Set[str]) -> Iterator[Edit]:
    names = _defined(statement)
    kept = [place for place, name in enumerate(names) if name not in idle]
    if len(kept) == len(names) or not _alone(source, statement):
        return
    if not kept:
        yield without_lines(source, statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        return
    for row in _rows(statement):
        start, end = source.span(row[0])[0], source.span(row[-1])[1]
        yield Edit(start, end, ", ".join(source.of(row[place]) for place in kept))


def _defined(statement: ast.stmt) -> list[str]:
    """What an import or an assignment of constants defines, and nothing else than defines."""
    match statement:
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return [alias.asname or alias.name.partition(".")[0] for alias in aliases]
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper() and is_literal(value):
            return [name]
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if is_literal(statement.value):
            found = [name.id for name in names if isinstance(name, ast.Name) and name.id.isupper()]
            return found if len(found) == len(names) == len(values) else []
    return []


def _rows(statement: ast.stmt) -> Iterator[Sequence[ast.expr | ast.alias]]:
    """The lists in which each name has its place: the names, and of an assignment the values too."""
    match statement:
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield aliases
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            yield names
            yield values


def _alone(source: SourceText, statement: ast.stmt) -> bool:
    """Whether no other statement stands in the same lines."""
    start, end = source.span(statement)
    return ";" not in (source.before(start).text, source.after(end).text)
