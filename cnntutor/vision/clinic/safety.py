"""Only harmless code runs in the clinic: a line comes typed, or with a course, and nobody reads it before.

A program may use the words that training programs are made of, and no others; it cannot loop, import, open anything, or
reach what a name does not say. So it needs no question whether its author is to be trusted.
"""

from __future__ import annotations

import ast

from cnntutor.errors import UsageError

LARGEST = 100_000
"""Of the numbers in a program."""

LONGEST_TEXT = 20

NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.Pass,
    ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div,
    ast.FloorDiv, ast.Mod, ast.UnaryOp, ast.USub, ast.UAdd, ast.Not, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE,
    ast.Gt, ast.GtE, ast.Tuple, ast.List, ast.Subscript, ast.Slice, ast.With, ast.withitem, ast.Load, ast.Store,
    ast.If, ast.IfExp, ast.BoolOp, ast.And, ast.Or,
)  # fmt: skip

TORCH = frozenset(
    {"arange", "no_grad", "inference_mode", "randperm", "zeros_like", "ones_like", "enable_grad", "optim"}
)
LAYERS = frozenset(
    {
        "Sequential", "Conv2d", "ReLU", "LeakyReLU", "GELU", "ELU", "SiLU", "Tanh", "Sigmoid", "MaxPool2d", "AvgPool2d",
        "Flatten", "Dropout", "Linear", "Softmax", "LogSoftmax", "BatchNorm2d", "Identity", "init",
    }
)  # fmt: skip
STARTS = frozenset(
    {"constant_", "zeros_", "ones_", "kaiming_normal_", "kaiming_uniform_", "xavier_uniform_", "normal_"}
)
METHODS = frozenset(
    {
        "parameters", "train", "eval", "zero_grad", "step", "backward", "softmax", "log_softmax", "argmax", "float",
        "mean", "sum", "item", "detach", "clone", "flip", "view", "reshape", "flatten", "long", "max", "min", "clamp",
        "bias", "weight", "shape", "size", "requires_grad_", "relu", "sigmoid", "std", "SGD", "Adam", "AdamW",
    }
)  # fmt: skip
ATTRIBUTES = TORCH | LAYERS | STARTS | METHODS

GIVEN = frozenset(
    {"torch", "nn", "SGD", "Adam", "AdamW", "cross_entropy", "nll_loss", "MEAN", "STD", "len", "float", "int"}
)
"""The names that a program finds; the others are its own."""


def parsed(lines: tuple[str, ...]) -> ast.Module:
    """The program as a tree, if it is Python and harmless.

    Raises:
        UsageError: it is not; the line says where and what.
    """
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        number = getattr(error, "lineno", None) or 1
        raise UsageError(f"line {min(number, len(lines))} is no Python: {getattr(error, 'msg', error)}") from None
    known = GIVEN | _own(tree)
    for node in ast.walk(tree):
        if (what := _wrong(node, known)) is not None:
            raise UsageError(f"line {getattr(node, 'lineno', 1)}: the clinic knows no {what}")
    return tree


def _own(tree: ast.Module) -> frozenset[str]:
    nodes = list(ast.walk(tree))
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return frozenset(names | {node.arg for node in nodes if isinstance(node, ast.arg)})


def _wrong(node: ast.AST, known: frozenset[str]) -> str | None:
    """What is not allowed about a node, in a word or two; None if nothing is."""
    match node:
        case ast.Name(id=name) if name not in known:
            return f"“{name}”"
        case ast.Attribute(attr=name) if name not in ATTRIBUTES:
            return f"“.{name}”"
        case ast.Constant(value=value) if not _is_plain(value):
            return "such value"
        case ast.FunctionDef(decorator_list=[_, *_]):
            return "decorators"
        case _ if not isinstance(node, NODES):
            return f"“{type(node).__name__.lower()}”"
    return None


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    if isinstance(value, bool) or value is None:
        return True
    return isinstance(value, int | float) and abs(value) <= LARGEST
