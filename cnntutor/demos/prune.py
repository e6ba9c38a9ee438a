"""A script without the alternatives that its own constants rule out.

    NORM = "batch"                                  layers.append(nn.BatchNorm2d(16))
    if NORM == "batch":                      →
        layers.append(nn.BatchNorm2d(16))
    elif NORM == "layer":
        layers.append(nn.GroupNorm(1, 16))

Constants are what the script assigns once, at its top level and in capitals, as a literal. A test is decided if it is
made of these, of literals, and of comparisons, `in`, `not`, `and` and `or`; of an `and` or `or` that is decided only in
part, the constants should come first. The branch that is taken moves to the left, the others go, and so do constants
and imports that only they have used. What stays is left as it was written. A comment right above a statement goes with
that statement, one above `elif` or `else` with its branch.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from cnntutor.demos.prune_branches import branches_of, decided
from cnntutor.demos.prune_unused import unused, used
from cnntutor.demos.source_text import Edit, SourceText, assigned, edited, gaps_closed, is_literal

_PURE = (
    *(ast.Constant, ast.Name, ast.Load, ast.Tuple, ast.List, ast.Set),
    *(ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.UnaryOp, ast.Not, ast.USub),
)
"""What a test that can be decided is made of."""


def prune(script: str) -> str:
    """The part of a script that runs with its constants as they are; it does and prints the same.

    Args:
        script: Python source; lines end with a line feed.

    Raises:
        SyntaxError: it is no Python.
    """
    once_used = used(ast.parse(script))
    script = _again_and_again(_undecided, script)
    script = _again_and_again(partial(unused, once_used=once_used), script)
    return script.rstrip("\n") + "\n"


def _again_and_again(find: Callable[[SourceText], list[Edit]], script: str) -> str:
    """Edit until there is nothing left to edit: only when a branch has been taken is there a way into it."""
    while edits := find(source := SourceText(script)):
        script = edited(script, gaps_closed(source, edits))
    return script


def _undecided(source: SourceText) -> list[Edit]:
    """Edits that decide what can be decided, the outermost places only."""
    finder = _Finder(source)
    finder.visit(source.tree)
    return list(finder.edits.values())


class _Finder(ast.NodeVisitor):
    """Walks through the tree and stops wherever something is decided."""

    def __init__(self, source: SourceText) -> None:
        self.edits: dict[ast.AST, Edit] = {}
        self._source = source
        self._constants = _constants(source.tree)
        self._tests = set(_tests(source.tree))

    def generic_visit(self, node: ast.AST) -> None:
        """Go on with what is within, and leave no body empty."""
        super().generic_visit(node)
        for _, part in ast.iter_fields(node):
            if isinstance(part, list) and not isinstance(node, ast.Module):
                self._keep_a_statement(part)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Stay out: before Python 3.12, what is within an f-string has no place of its own."""

    def visit_If(self, node: ast.If) -> None:
        """Keep the branches that may be taken."""
        branches = list(branches_of(self._source, node))
        verdicts = [None if branch.test is None else self._verdict(branch.test) for branch in branches]
        if any(verdict is not None for verdict in verdicts):
            self.edits[node] = decided(self._source, branches, verdicts)
        else:
            self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Keep one side of `a if test else b`."""
        verdict = self._verdict(node.test)
        if verdict is None:
            self.generic_visit(node)
            return
        source, (start, end) = self._source, self._source.span(node)
        if verdict:
            end = source.before(source.find("if", source.span(node.body)[1]).start).end
        else:
            start = source.after(source.find("else", source.span(node.test)[1]).end).start
        self._replace(node, source.text[start:end])

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Keep the operands that count."""
        if self._written_as_truth(node):
            return
        kept = self._operands_that_count(node)
        if len(kept) == len(node.values):
            self.generic_visit(node)
            return
        operands, word = list(_operands(self._source, node)), _word(node)
        self._replace(node, f" {word} ".join(operands[place] for place in kept))

    def visit_Compare(self, node: ast.Compare) -> None:
        """Write what comes out."""
        if not self._written_as_truth(node):
            self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Write what comes out of `not`."""
        if not self._written_as_truth(node):
            self.generic_visit(node)

    def _verdict(self, test: ast.expr) -> bool | None:
        """Whether a test is passed; None where nobody knows."""
        value = _value(test, self._constants)
        return None if value is _Unknown else bool(value)

    def _written_as_truth(self, node: ast.expr) -> bool:
        """Put True or False in place of an expression that is known to be it, and tell whether it is."""
        value = _value(node, self._constants)
        known = isinstance(value, bool)
        if known:
            self._replace(node, str(value))
        return known

    def _operands_that_count(self, node: ast.BoolOp) -> list[int]:
        """Places of those that `and` or `or` depends on: up to the first that ends it, without those that never do."""
        ends_it = isinstance(node.op, ast.Or)
        kept: list[int] = []
        for place, operand in enumerate(node.values):
            verdict = self._verdict(operand)
            is_answer = place == len(node.values) - 1 and not (kept and node in self._tests)
            if verdict in (None, ends_it) or is_answer:
                kept.append(place)
            if verdict is ends_it:
                break
        return kept

    def _replace(self, node: ast.expr, text: str) -> None:
        edit = _without_own_parentheses(self._source, Edit(*self._source.span(node), text))
        self.edits[node] = _without_parentheses_around(self._source, edit)

    def _keep_a_statement(self, body: Sequence[ast.AST]) -> None:
        """Write `pass` in a body from which everything goes."""
        statements = [part for part in body if isinstance(part, ast.stmt)]
        if statements and all(part in self.edits and not self.edits[part].text for part in statements):
            first = statements[0]
            edit = self.edits[first]
            self.edits[first] = Edit(edit.start, edit.end, f"{' ' * first.col_offset}pass\n")


# What is known


class _Unknown:
    """The value of a test of which nobody knows it."""


def _value(test: ast.expr, constants: Mapping[str, object]) -> object:
    parts = list(ast.walk(test))
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    if not (names <= constants.keys() and all(isinstance(part, _PURE) for part in parts)):
        return _Unknown
    try:
        # No more than literals, constants and comparisons get here.
        return eval(compile(ast.Expression(test), "<test>", "eval"), {"__builtins__": {}}, dict(constants))
    except TypeError:  # the script will say so itself
        return _Unknown


def _constants(tree: ast.Module) -> dict[str, object]:
    bound = [name for node in ast.walk(tree) for name in _bound(node)]
    return {
        name: ast.literal_eval(value) for name, value in assigned(tree) if is_literal(value) and bound.count(name) == 1
    }


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            yield name


def _tests(tree: ast.AST) -> Iterator[ast.expr]:
    """The expressions of which only the truth counts."""
    for node in ast.walk(tree):
        match node:
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                yield from _with_operands(test)
            case ast.UnaryOp(op=ast.Not(), operand=test):
                yield from _with_operands(test)


def _with_operands(test: ast.expr) -> Iterator[ast.expr]:
    yield test
    if isinstance(test, ast.BoolOp):
        for operand in test.values:
            yield from _with_operands(operand)


# Text


def _operands(source: SourceText, node: ast.BoolOp) -> Iterator[str]:
    """The text of each operand, with parentheses of its own."""
    start, end = source.span(node)
    for operand in node.values[:-1]:
        joint = source.find(_word(node), source.span(operand)[1])
        yield source.text[start : source.before(joint.start).end]
        start = source.after(joint.end).start
    yield source.text[start:end]


def _word(node: ast.BoolOp) -> str:
    return "and" if isinstance(node.op, ast.And) else "or"


def _without_own_parentheses(source: SourceText, edit: Edit) -> Edit:
    """The edit without the parentheses of its text, if it means the same without them."""
    if not (edit.text.startswith("(") and edit.text.endswith(")")):
        return edit
    bare = Edit(edit.start, edit.end, edit.text[1:-1].strip())
    return bare if _mean_the_same(source, edit, bare) else edit


def _without_parentheses_around(source: SourceText, edit: Edit) -> Edit:
    """The edit with the parentheses around it, if there is nothing left that they hold together."""
    opening, closing = source.before(edit.start), source.after(edit.end)
    between = source.text[opening.end : edit.start] + source.text[edit.end : closing.start]
    if opening.text != "(" or closing.text != ")" or between.strip():
        return edit
    wider = Edit(opening.start, closing.end, edit.text)
    return wider if _mean_the_same(source, edit, wider) else edit


def _mean_the_same(source: SourceText, edit: Edit, other: Edit) -> bool:
    try:
        first, second = (ast.parse(edited(source.text, [either])) for either in (edit, other))
    except SyntaxError:
        return False
    return ast.dump(first) == ast.dump(second)
