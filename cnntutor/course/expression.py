"""Arithmetic written in course files: `output_size(size, kernel, stride=stride) * c_out`. Nothing else runs.

The text is read by Python's own parser and walked by hand: numbers, names, tuples and lists, `+ - * / // % **`,
indices, and calls of the functions below. There is no way from it to files, attributes or imports.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from types import FunctionType
from typing import Any

from cnntutor.course.lookup import nearest
from cnntutor.vision import arithmetic

Value = Any
"""A number, a tuple of values, or a result of `cnntutor.vision.arithmetic`."""

LONGEST_TEXT = 400
LARGEST_NUMBER = 10**18
LARGEST_EXPONENT = 64
LONGEST_SEQUENCE = 1000
FIELDS: Mapping[type, frozenset[str]] = {arithmetic.ReceptiveField: frozenset({"size", "jump", "start"})}
"""What may be read from a result, as in `receptive_field(…).size`."""

_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_BUILT_IN: Mapping[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": round,
    "sum": sum,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "floor": math.floor,
    "ceil": math.ceil,
}


class ExpressionError(ValueError):
    """The text is no expression we know; the message says what is wrong."""


class ImpossibleError(ValueError):
    """The expression is sound, but has no value for these numbers."""


@lru_cache(maxsize=1)
def functions() -> Mapping[str, Callable[..., Any]]:
    """Every function an expression may call: those of `cnntutor.vision.arithmetic`, and a few of Python's own."""
    own = {
        name: function
        for name, function in vars(arithmetic).items()
        if isinstance(function, FunctionType) and not name.startswith("_")
    }
    return own | dict(_BUILT_IN)


@dataclass(frozen=True, slots=True)
class Expression:
    """Arithmetic over names, ready to be worked out."""

    text: str
    names: frozenset[str]
    """The names it needs values for."""
    _body: ast.expr = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Expression:
        """Read an expression.

        Raises:
            ExpressionError: it cannot be read, or does more than arithmetic.
        """
        if len(text) > LONGEST_TEXT:
            raise ExpressionError(f"the expression is longer than {LONGEST_TEXT} characters")
        try:
            body = ast.parse(text.strip(), mode="eval").body
            names = frozenset(_names(body))
        except (SyntaxError, RecursionError, MemoryError) as error:
            what = f" ({error.msg})" if isinstance(error, SyntaxError) else ""
            raise ExpressionError(f"“{text.strip()}” is no arithmetic we can read{what}") from None
        return cls(text.strip(), names, body)

    def value(self, values: Mapping[str, Value]) -> Value:
        """What the expression comes to.

        Args:
            values: a value for each of `names`.

        Raises:
            ExpressionError: a function is called with arguments it does not take, or a name has no value.
            ImpossibleError: there is no result for these values (a kernel larger than its input, a division by 0).
        """
        try:
            return _value(self._body, values)
        except (ExpressionError, ImpossibleError):
            raise
        except (ValueError, ArithmeticError, IndexError) as error:
            raise ImpossibleError(str(error)) from None
        except (TypeError, RecursionError) as error:
            raise ExpressionError(f"“{self.text}” does not work out: {error}") from None


def _names(node: ast.expr) -> set[str]:
    """The names below a node; refuses everything that is not arithmetic."""
    match node:
        case ast.Constant(value=int() | float()):
            return set()
        case ast.Name(id=name):
            return {name}
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return _all_names(parts)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS or isinstance(op, ast.Pow):
            return _all_names([left, right])
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _names(operand)
        case ast.Subscript(value=sequence, slice=index) if not isinstance(index, ast.Slice):
            return _all_names([sequence, index])
        case ast.Attribute(value=ast.Call() as call, attr=field) if any(field in fields for fields in FIELDS.values()):
            return _names(call)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            _check_function(name)
            if any(keyword.arg is None for keyword in keywords):
                raise ExpressionError("** cannot stand in a call here")
            return _all_names([*args, *(keyword.value for keyword in keywords)])
        case _:
            raise ExpressionError(f"“{ast.unparse(node)}” is more than arithmetic")


def _all_names(nodes: Sequence[ast.expr]) -> set[str]:
    return {name for node in nodes for name in _names(node)}


def _check_function(name: str) -> None:
    if name not in functions():
        near = nearest(name, functions())
        hint = f"did you mean {near}?" if near else f"there are {', '.join(sorted(functions()))}"
        raise ExpressionError(f"there is no function “{name}”: {hint}")


def _value(node: ast.expr, values: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=constant):
            return constant
        case ast.Name(id=name):
            if name not in values:
                raise ExpressionError(f"“{name}” has no value")
            return values[name]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(_value(part, values) for part in parts)
        case ast.UnaryOp(op=op, operand=operand):
            number = _value(operand, values)
            return -number if isinstance(op, ast.USub) else +number
        case ast.BinOp(left=left, op=op, right=right):
            return _bounded(_operated(op, _value(left, values), _value(right, values)))
        case ast.Subscript(value=sequence, slice=index):
            return _value(sequence, values)[_value(index, values)]
        case ast.Attribute(value=call, attr=field):
            return _field(_value(call, values), field)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            given = {str(keyword.arg): _value(keyword.value, values) for keyword in keywords}
            return _bounded(functions()[name](*(_value(arg, values) for arg in args), **given))
        case _:
            raise ExpressionError(f"“{ast.unparse(node)}” is more than arithmetic")


def _operated(op: ast.operator, left: Value, right: Value) -> Value:
    if isinstance(op, ast.Pow):
        return _power(left, right)
    if isinstance(op, ast.Mult) and (isinstance(left, tuple) or isinstance(right, tuple)):
        return _repeated(left, right)
    return _OPERATORS[type(op)](left, right)


def _power(base: Value, exponent: Value) -> Value:
    if abs(exponent) > LARGEST_EXPONENT:
        raise ImpossibleError(f"an exponent may be at most {LARGEST_EXPONENT}")
    result = base**exponent
    if isinstance(result, complex):
        raise ImpossibleError(f"{base} has no real power {exponent}")
    return result


def _repeated(left: Value, right: Value) -> Value:
    parts, times = (left, right) if isinstance(left, tuple) else (right, left)
    if isinstance(times, int) and len(parts) * times > LONGEST_SEQUENCE:
        raise ImpossibleError(f"a list may have at most {LONGEST_SEQUENCE} parts")
    return parts * times


def _bounded(value: Value) -> Value:
    """The value, unless it is too large to be meant, or no number at all."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ImpossibleError("the result is not finite")
    if isinstance(value, int | float | Fraction) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        raise ImpossibleError("the result is larger than 10¹⁸")
    return value


def _field(result: Value, name: str) -> Value:
    if name not in FIELDS.get(type(result), frozenset()):
        raise ExpressionError(f"the result has no “.{name}”")
    return getattr(result, name)
