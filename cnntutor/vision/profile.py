"""What a net is made of, layer by layer: shapes, parameters, cost, and what each layer sees.

>>> from torch import nn
>>> net = nn.Sequential(nn.Conv2d(3, 64, 7, stride=2, padding=3), nn.MaxPool2d(2))
>>> for row in profile(net, (3, 224, 224)).rows:
...     print(row.name, row.kind, row.output_shape, row.params, row.macs, row.receptive_field)
0 Conv2d (64, 112, 112) 9472 118013952 7×7
1 MaxPool2d (64, 56, 56) 0 0 9×9
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnntutor.errors import UsageError
from cnntutor.vision import reach
from cnntutor.vision.cam.undisturbed import undisturbed
from cnntutor.vision.macs import function_macs, layer_macs
from cnntutor.vision.reach import Seen

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One call of one layer."""

    name: str
    """Its path in the net, e.g. `layer1.0.conv1`; empty if the net is a single layer."""
    kind: str
    """Its class, e.g. `Conv2d`."""
    output_shape: Shape
    """Of the first tensor that it gives; with the batch if the profile's input had one."""
    params: int
    """Learnt numbers that no row before it has; a layer that is called again, or shares its weights, adds none."""
    macs: int
    """Multiply–accumulates for one picture; `vision.macs` says what counts."""
    receptive_field: Seen | None = None
    """What one cell of its output sees of the net's input; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A net, layer by layer, in the order of the calls."""

    rows: tuple[Row, ...]
    params: int
    """Learnt numbers of the net, each counted once, those of layers that are never called among them."""
    macs_elsewhere: int
    """MACs for one picture outside the layers: matrix products and convolutions that the net calls as functions.
    What else it does there counts 0 and is in no row."""
    unused: tuple[str, ...] = ()
    """Layers with parameters of their own that the forward pass never calls; it may use their weights all the same."""

    @property
    def macs(self) -> int:
        """Multiply–accumulates of all layers for one picture; those elsewhere come on top."""
        return sum(row.macs for row in self.rows)


def profile(module: nn.Module, input_shape: Sequence[int]) -> Profile:
    """Run a net once or twice on noise, in eval mode and without gradients, and write down what its layers do.

    Modes, hooks, gradients and random generators are afterwards as they were. Lazy layers take their final shape.

    Args:
        module: any net that takes one tensor.
        input_shape: (C, H, W) of one picture, or (N, C, H, W); for 1-D and 3-D convolutions likewise.

    Raises:
        UsageError: the net cannot take such an input; the line says at which layer it stops.
    """
    shape = tuple(input_shape)
    batched = _is_batched(module, shape)
    with undisturbed(module, gradients=False):
        images = _noise(module, shape if batched else (1, *shape))
        watch = _watched(module, images)
        seen = _seen(module, images, watch.calls)
    rows = tuple(_rows(watch.calls, seen, len(images), batched))
    params = sum(parameter.numel() for parameter in module.parameters())
    return Profile(rows, params, watch.macs_elsewhere // len(images), _unused(watch))


# The forward pass, watched


@dataclass(frozen=True, slots=True)
class _Call:
    name: str
    layer: nn.Module
    output_shape: Shape
    macs: int
    """For the whole batch."""


class _Watch(TorchFunctionMode):
    """Notes the calls of a net's layers, and the products that it makes without torch's own layers, while `on` is."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.layers = dict(_layers(module))
        self.calls: list[_Call] = []
        self.macs_elsewhere = 0
        """For the whole batch."""
        self.entered = ""
        """The leaf that was entered last."""
        self._inside = False
        """Whether it is still running."""
        self._products = 0
        """MACs of the functions that it has called so far."""

    @contextmanager
    def on(self) -> Iterator[None]:
        """Listen to the net; no hook stays, whatever happens."""
        with ExitStack() as hooks, self:
            for name, layer in self.layers.items():
                if reach.is_leaf(layer):
                    hooks.callback(layer.register_forward_pre_hook(partial(self._enter, name)).remove)
                leave = partial(self._leave, name)
                hooks.callback(layer.register_forward_hook(leave, with_kwargs=True).remove)
            yield

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Count what a function costs, for the learner's own layer that calls it, or for none."""
        output = func(*args, **(kwargs or {}))
        macs = function_macs(getattr(func, "__name__", ""), args, kwargs or {}, output)
        if self._inside:
            self._products += macs
        else:
            self.macs_elsewhere += macs
        return output

    def _enter(self, name: str, layer: nn.Module, inputs: Any) -> None:
        self.entered, self._inside, self._products = name, True, 0

    def _leave(self, name: str, layer: nn.Module, inputs: Any, named: dict[str, Any], output: Any) -> None:
        given = reach.first_tensor(output)
        taken = tuple(tensor for tensor in map(reach.first_tensor, (*inputs, *named.values())) if tensor is not None)
        # What holds layers of its own calls functions outside of them, which count as elsewhere.
        known = layer_macs(layer, taken, given) if given is not None and reach.is_leaf(layer) else None
        macs = self._products if known is None else known
        self.calls.append(_Call(name, layer, tuple(given.shape) if given is not None else (), macs))
        self._inside, self._products = False, 0


def _layers(module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The leaves of a net, and what holds parameters of its own beside its children; each module once."""
    found: set[nn.Module] = set()

    def walk(part: nn.Module, path: str) -> Iterator[tuple[str, nn.Module]]:
        if part in found:
            return
        found.add(part)
        leaf = reach.is_leaf(part)
        if leaf or next(part.parameters(recurse=False), None) is not None:
            yield path, part
        for name, child in () if leaf else part.named_children():
            yield from walk(child, f"{path}.{name}" if path else name)

    return walk(module, "")


def _watched(module: nn.Module, images: Tensor) -> _Watch:
    watch = _Watch(module)
    try:
        with watch.on():
            module(images)
    except Exception as error:
        raise UsageError(_refusal(images, watch, error)) from error
    return watch


def _refusal(images: Tensor, watch: _Watch, error: Exception) -> str:
    shape = " × ".join(map(str, images.shape[1:]))
    layer = watch.layers.get(watch.entered)
    where = f"; it stops at {watch.entered} ({type(layer).__name__})" if watch.entered and layer else ""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return f"The net cannot take an input of {shape} ({reason}){where}: give the shape that it was made for."


# The input


def _is_batched(module: nn.Module, shape: Shape) -> bool:
    """Whether the first number counts pictures: the net's first convolution says how many numbers a picture has."""
    dimensions = {"Conv1d": 2, "Conv2d": 3, "Conv3d": 4}
    kinds = (type(layer).__name__.replace("Transpose", "").replace("Lazy", "") for layer in module.modules())
    picture = next((dimensions[kind] for kind in kinds if kind in dimensions), 1 if len(shape) <= 2 else 3)
    if len(shape) not in (picture, picture + 1) or min(shape) < 1:
        raise UsageError(f"An input of this net has {picture} positive sizes, or one more for the batch, not {shape}.")
    return len(shape) > picture


def _noise(module: nn.Module, shape: Shape) -> Tensor:
    """Noise of the kind and at the place of the net's own numbers; the same whenever it is asked for."""
    like = next((parameter for parameter in module.parameters() if parameter.is_floating_point()), torch.zeros(0))
    return torch.rand(shape, generator=torch.Generator().manual_seed(0)).to(like)


# The rows


def _rows(calls: Sequence[_Call], seen: Sequence[Seen | None], pictures: int, batched: bool) -> Iterator[Row]:
    counted: set[nn.Parameter] = set()
    for call, field in zip(calls, seen, strict=True):
        fresh = set(call.layer.parameters(recurse=reach.is_leaf(call.layer))) - counted
        counted |= fresh
        shape = call.output_shape if batched else call.output_shape[1:]
        params = sum(parameter.numel() for parameter in fresh)
        yield Row(call.name, type(call.layer).__name__, shape, params, call.macs // pictures, field)


def _seen(module: nn.Module, images: Tensor, calls: Sequence[_Call]) -> list[Seen | None]:
    """What each call sees, if the traced graph calls the same layers in the same order as the net itself."""
    traced = reach.trace(module, images) if images.dim() == 4 else None
    leaves = [call.name for call in calls if reach.is_leaf(call.layer)]
    if traced is None or [name for name, _ in traced] != leaves:
        return [None] * len(calls)
    fields = iter([seen for _, seen in traced])
    return [next(fields) if reach.is_leaf(call.layer) else None for call in calls]


def _unused(watch: _Watch) -> tuple[str, ...]:
    called = {call.name for call in watch.calls}
    return tuple(
        name
        for name, layer in watch.layers.items()
        if name not in called and next(layer.parameters(), None) is not None
    )
