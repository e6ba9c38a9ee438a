"""What each layer of a net sees of its input, followed along the paths of the net.

Every layer moves the receptive field by `arithmetic.receptive_field`. Where paths meet (the sum of a residual block,
the concatenation of an inception module) a cell sees what any of them sees. The graph is found by `torch.fx`, which
runs the forward pass on symbols; nets that it cannot trace, and operations whose reach is not known here, give None
rather than a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from torch import Tensor, fx, nn

from cnntutor.vision.arithmetic import ReceptiveField, receptive_field

Shape = tuple[int, ...]
Axis = tuple[int, int, int, int]
"""Kernel, stride, padding and dilation along one axis."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one cell of a layer's output sees of the net's input, theoretically: the input may be smaller."""

    rows: ReceptiveField
    """Along the height."""
    columns: ReceptiveField
    """Along the width."""
    whole: bool = False
    """Every cell sees all of the input: after global pooling, say."""

    @property
    def size(self) -> int:
        """The longer side of the patch, in pixels of the input."""
        return max(self.rows.size, self.columns.size)

    def patch(self, row: int, column: int) -> tuple[int, int, int, int]:
        """The pixels that a cell sees: (top, left, bottom, right), the last two exclusive, also beyond the border."""
        (top, bottom), (left, right) = _span(self.rows, row), _span(self.columns, column)
        return floor(top), floor(left), ceil(bottom), ceil(right)

    def __str__(self) -> str:
        return "whole input" if self.whole else f"{self.rows.size}×{self.columns.size}"


def trace(module: nn.Module, images: Tensor) -> list[tuple[str, Seen | None]] | None:
    """The leaves of a net in the order of their calls, each with what it sees; None if the net cannot be traced.

    Args:
        module: the net; its forward pass is run once.
        images: its input, [N, C, H, W].
    """
    if is_leaf(module):
        shape = tuple(images.shape)
        return [("", _through_module(module, pixels(), shape, tuple(module(images).shape), shape))]
    try:
        walk = _Walk(module, graph=_Tracer().trace(module))
        walk.run(images)
    except Exception:
        # Forward passes that branch on values, or call what symbols cannot stand for, fail in any number of ways.
        return None
    return walk.calls


def is_leaf(module: nn.Module) -> bool:
    """Whether a module counts as one layer: it has no children, or computes with theirs behind their back."""
    children = [name for name, _ in module.named_children()]
    # weight_norm, spectral_norm and their like hang what makes the weight below the layer that uses it.
    return isinstance(module, nn.MultiheadAttention) or children in ([], ["parametrizations"])


def pixels() -> Seen:
    """What a pixel of the input sees: itself."""
    return Seen(receptive_field([]), receptive_field([]))


# Geometry


def _onto(seen: Seen, rows: Axis, columns: Axis) -> Seen:
    return replace(seen, rows=_further(seen.rows, rows), columns=_further(seen.columns, columns))


def _further(field: ReceptiveField, layer: Axis) -> ReceptiveField:
    """The field of a stack with one more layer on top."""
    own = receptive_field([layer])
    return ReceptiveField(
        field.size + (own.size - 1) * field.jump,
        field.jump * own.jump,
        field.start + (own.start - Fraction(1, 2)) * field.jump,
    )


def _union(seen: Iterable[Seen | None]) -> Seen | None:
    """What a cell sees along several paths; None if one is unknown or their cells lie apart differently."""
    paths = list(seen)
    if not paths or None in paths:
        return None
    known = [path for path in paths if path is not None]
    if any(path.whole for path in known):
        maps = [path for path in known if not path.whole] or known
        return replace(maps[0], whole=True)
    rows, columns = _either(path.rows for path in known), _either(path.columns for path in known)
    return Seen(rows, columns) if rows and columns else None


def _either(fields: Iterable[ReceptiveField]) -> ReceptiveField | None:
    paths = list(fields)
    if len({path.jump for path in paths}) > 1:
        return None
    low, high = min(_span(path, 0)[0] for path in paths), max(_span(path, 0)[1] for path in paths)
    return ReceptiveField(int(high - low), paths[0].jump, (low + high) / 2)


def _all_cells(seen: Seen, shape: Shape, image: Shape) -> Seen:
    """What all cells of a map see together: [N, C, h, w] of an input [N, C, H, W]."""
    if len(shape) != 4:
        return seen
    rows, columns = (_together(field, n) for field, n in zip((seen.rows, seen.columns), shape[2:], strict=True))
    covered = all(
        low <= 0 and high >= side
        for (low, high), side in zip((_span(rows, 0), _span(columns, 0)), image[2:], strict=True)
    )
    return Seen(rows, columns, seen.whole or covered)


def _together(field: ReceptiveField, cells: int) -> ReceptiveField:
    reach = (cells - 1) * field.jump
    return ReceptiveField(field.size + reach, field.jump * cells, field.start + Fraction(reach, 2))


def _span(field: ReceptiveField, cell: int) -> tuple[Fraction, Fraction]:
    centre = field.start + cell * field.jump
    return centre - Fraction(field.size, 2), centre + Fraction(field.size, 2)


# Layers

_IN_PLACE = (nn.BatchNorm2d, nn.InstanceNorm2d, nn.Identity, nn.LocalResponseNorm, nn.CrossMapLRN2d)
_MIXING = (nn.MultiheadAttention, nn.Softmax, nn.Softmin, nn.LogSoftmax, nn.GLU)
"""Activations that look along a dimension, which may be one of the map's."""


def _through_module(layer: nn.Module, seen: Seen, before: Shape, after: Shape, image: Shape) -> Seen | None:
    """What a cell after the layer sees, given what one before it sees."""
    match layer:
        case _ if len(before) <= 2 and len(after) <= 2:
            return seen  # already flat: what one number sees, all see
        case nn.Conv2d() | nn.MaxPool2d() | nn.AvgPool2d() | nn.LPPool2d():
            return _onto(seen, *_window(layer))
        case nn.ZeroPad2d() | nn.ConstantPad2d() | nn.ReflectionPad2d() | nn.ReplicationPad2d():
            left, _, top, _ = layer.padding
            return _onto(seen, (1, 1, top, 1), (1, 1, left, 1)) if min(left, top) >= 0 else None
        case nn.AdaptiveAvgPool2d() | nn.AdaptiveMaxPool2d():
            return _adaptive(seen, before, after, image)
        case nn.Flatten():
            return _reshaped(seen, before, after, image)
        case nn.BatchNorm2d() | nn.InstanceNorm2d() if layer.running_mean is None:
            return replace(seen, whole=True)
        case nn.GroupNorm():
            return replace(seen, whole=True)
        case nn.LayerNorm() if type(layer) is nn.LayerNorm and len(layer.normalized_shape) == 3:
            return replace(seen, whole=True)
    return seen if _is_pointwise(layer) else None


def _is_pointwise(layer: nn.Module) -> bool:
    """Whether each cell of its output depends on the cell at the same place alone (normalisation in eval mode)."""
    module = type(layer).__module__
    activation = module == "torch.nn.modules.activation" and not isinstance(layer, _MIXING)
    dropout = module == "torch.nn.modules.dropout" or type(layer).__name__ == "StochasticDepth"
    return isinstance(layer, _IN_PLACE) or activation or dropout


def _window(layer: Any) -> tuple[Axis, Axis]:
    """Kernel, stride, padding and dilation of a convolution or pooling, along the height and along the width."""
    kernel, stride, dilation = _pair(layer.kernel_size), _pair(layer.stride), _pair(getattr(layer, "dilation", 1))
    padding = getattr(layer, "padding", 0)
    if padding == "same":
        padding = tuple(d * (k - 1) // 2 for d, k in zip(dilation, kernel, strict=True))
    padding = _pair(0 if padding == "valid" else padding)
    rows, columns = zip(kernel, stride, padding, dilation, strict=True)
    return rows, columns


def _pair(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else tuple(value)


def _adaptive(seen: Seen, before: Shape, after: Shape, image: Shape) -> Seen | None:
    """Windows as large as it takes; all alike where the sides divide, and one where there is one cell left."""
    if after[2:] == (1, 1):
        return _all_cells(seen, before, image)
    if any(b % a for b, a in zip(before[2:], after[2:], strict=True)):
        return None
    (high, wide) = (b // a for b, a in zip(before[2:], after[2:], strict=True))
    return _onto(seen, (high, high, 0, 1), (wide, wide, 0, 1))


def _reshaped(seen: Seen, before: Shape, after: Shape, image: Shape) -> Seen | None:
    """Maps stay maps while their last two sides do; a flat row holds all cells."""
    if len(after) <= 2:
        return _all_cells(seen, before, image)
    return seen if before[-2:] == after[-2:] and len(before) > 2 else None


# Functions between the layers

_POINTWISE = frozenset(
    {
        "add",
        "iadd",
        "sub",
        "isub",
        "mul",
        "imul",
        "truediv",
        "div",
        "neg",
        "abs",
        "pow",
        "sqrt",
        "exp",
        "minimum",
        "maximum",
        "clamp",
        "clip",
        "relu",
        "relu6",
        "leaky_relu",
        "elu",
        "selu",
        "celu",
        "gelu",
        "silu",
        "mish",
        "sigmoid",
        "logsigmoid",
        "tanh",
        "softplus",
        "softsign",
        "hardtanh",
        "hardswish",
        "hardsigmoid",
        "dropout",
        "dropout2d",
        "alpha_dropout",
        "feature_alpha_dropout",
        "stochastic_depth",
        "contiguous",
        "clone",
        "detach",
        "float",
        "to",
        "local_response_norm",
    }
)
_ALONG_CHANNELS = {"cat": 1, "concat": 1, "chunk": 2, "split": 2}
"""What joins or parts maps, by the position of the argument that says along which dimension."""

_RESHAPING = frozenset({"flatten", "view", "reshape", "squeeze", "unsqueeze"})
_POOLING = frozenset({"max_pool2d", "avg_pool2d"})


def _through_function(node: fx.Node, seen: Seen, before: Shape, after: Shape, image: Shape) -> Seen | None:
    name = _name_of(node)
    if len(before) <= 2 and len(after) <= 2:
        return seen
    if name in _POINTWISE or (name in _ALONG_CHANNELS and _dim(node, _ALONG_CHANNELS[name]) == 1):
        return seen
    if name in _RESHAPING or (name in ("transpose", "getitem") and _leaves_sides(node, len(before))):
        return _reshaped(seen, before, after, image)
    if name in _POOLING:
        return _onto(seen, *_window(_Pooling.of(node)))
    if name in ("adaptive_avg_pool2d", "adaptive_max_pool2d"):
        return _adaptive(seen, before, after, image)
    if name in ("mean", "amax") and (len(after) <= 2 or after[2:] == (1, 1)):
        return _all_cells(seen, before, image)
    return None


@dataclass(frozen=True, slots=True)
class _Pooling:
    """A call of functional pooling, with the names that the layer has for its arguments."""

    kernel_size: Any
    stride: Any
    padding: Any = 0
    dilation: Any = 1

    @classmethod
    def of(cls, node: fx.Node) -> _Pooling:
        names = ("input", "kernel_size", "stride", "padding", "dilation")
        given = dict(zip(names, node.args, strict=False)) | dict(node.kwargs)
        if _name_of(node) == "avg_pool2d":
            given["dilation"] = 1  # its fifth argument is ceil_mode
        kernel = given["kernel_size"]
        return cls(kernel, given.get("stride") or kernel, given.get("padding", 0), given.get("dilation", 1))


def _name_of(node: fx.Node) -> str:
    """`relu` for `torch.relu`, `F.relu`, `x.relu()` and `x.relu_()`."""
    name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")
    return name.rstrip("_")


def _dim(node: fx.Node, position: int) -> Any:
    return node.args[position] if len(node.args) > position else node.kwargs.get("dim", 0)


def _leaves_sides(node: fx.Node, dimensions: int) -> bool:
    """Whether a transposition or an index has to do with the dimensions before the last two alone."""
    if _name_of(node) == "transpose":
        return all(
            isinstance(dim, int) and 0 <= dim < dimensions - 2 for dim in (*node.args[1:], *node.kwargs.values())
        )
    index = node.args[1] if isinstance(node.args[1], tuple) else (node.args[1],)
    return len(index) <= dimensions - 2 and all(isinstance(part, int | slice) for part in index)


# The walk


class _Tracer(fx.Tracer):
    """Follows a forward pass down to the layers that the profile counts, the learner's own among them."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return is_leaf(m)


class _Walk(fx.Interpreter):
    """Runs a traced net and carries along what every value sees."""

    def __init__(self, module: nn.Module, graph: fx.Graph) -> None:
        super().__init__(module, graph=graph)
        self.calls: list[tuple[str, Seen | None]] = []
        self._seen: dict[fx.Node, Seen | None] = {}
        """For every value that comes from the input; parameters and sizes see nothing."""
        self._shapes: dict[fx.Node, Shape] = {}
        self._image: Shape = ()

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        tensor = first_tensor(value)
        if tensor is not None and n.op != "get_attr":
            self._shapes[n] = tuple(tensor.shape)
            self._image = self._image or self._shapes[n]
            self._seen[n] = self._see(n)
        if n.op == "call_module":
            self.calls.append((str(n.target), self._seen.get(n)))
        return value

    def _see(self, n: fx.Node) -> Seen | None:
        if n.op == "placeholder":
            return pixels()
        sources = [source for source in n.all_input_nodes if source in self._seen]
        joined = _union(self._seen[source] for source in sources)
        if joined is None:
            return None
        before = max((self._shapes[source] for source in sources), key=len)
        if n.op == "call_module":
            layer = self.fetch_attr(str(n.target))
            return _through_module(layer, joined, before, self._shapes[n], self._image)
        return _through_function(n, joined, before, self._shapes[n], self._image)


def first_tensor(value: Any) -> Tensor | None:
    """The first tensor in what a layer gave: itself, or in a tuple, list or mapping."""
    if isinstance(value, Tensor):
        return value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
    return next((tensor for tensor in map(first_tensor, parts) if tensor is not None), None)
