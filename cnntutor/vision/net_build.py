"""A net of `net_text` as PyTorch's own layers, one a block: as calls, as code, and built. torch only to build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.errors import UsageError
from cnntutor.vision.net_bill import Bill, Row
from cnntutor.vision.net_text import Block

if TYPE_CHECKING:
    from torch import nn

Argument = int | float | bool


@dataclass(frozen=True, slots=True)
class Option:
    """An argument that PyTorch has a value of its own for."""

    name: str
    value: Argument
    usual: Argument


@dataclass(frozen=True, slots=True)
class Call:
    """A layer as PyTorch is asked for it."""

    layer: str
    """A class of `torch.nn`."""
    plain: tuple[Argument, ...] = ()
    """The first arguments."""
    options: tuple[Option, ...] = ()
    """Those that follow them, in PyTorch's order."""

    @property
    def named(self) -> dict[str, Argument]:
        """The options that are not as usual."""
        return {option.name: option.value for option in self.options if option.value != option.usual}

    @property
    def positional(self) -> tuple[Argument, ...]:
        """All arguments in their order, as far as they are not as usual."""
        last = max((at for at, option in enumerate(self.options, 1) if option.name in self.named), default=0)
        return (*self.plain, *(option.value for option in self.options[:last]))

    def __str__(self) -> str:
        arguments = [*map(str, self.plain), *(f"{name}={value}" for name, value in self.named.items())]
        return f"nn.{self.layer}({', '.join(arguments)})"


def calls(made: Bill) -> tuple[Call, ...]:
    """The layers of a net that can be, in order.

    Args:
        made: its bill, which knows what reaches each block.
    """
    return tuple(map(_call, made.rows))


def build(made: Bill) -> nn.Sequential:
    """The net itself, with weights as PyTorch draws them from its global generator.

    Args:
        made: the bill of a net that can be.

    Raises:
        UsageError: it cannot be.
    """
    from torch import nn

    if made.fault:
        raise UsageError(made.fault)
    return nn.Sequential(*(getattr(nn, call.layer)(*call.positional) for call in calls(made)))


def code(made: Bill) -> tuple[str, ...]:
    """The lines of `nn.Sequential(…)`."""
    return ("nn.Sequential(", *(f"    {call}," for call in calls(made)), ")")


def _call(row: Row) -> Call:
    block, before = row.block, row.before
    match block.name:
        case "conv":
            return Call("Conv2d", (before[0], block[""], block["k"]), _conv_options(block))
        case "pool" | "avg":
            window = Option("stride", block["s"], block[""]), Option("padding", block["p"], 0)
            return Call("MaxPool2d" if block.name == "pool" else "AvgPool2d", (block[""],), window)
        case "linear":
            return Call("Linear", (*before, block[""]), (_bias(block),))
        case "norm":
            return Call("BatchNorm2d" if len(before) == 3 else "BatchNorm1d", (before[0],))
        case "dropout":
            return Call("Dropout", (block.numbers[0],))
        case "gap":
            return Call("AdaptiveAvgPool2d", (1,))
    return Call(_PLAIN[block.name])


def _conv_options(block: Block) -> tuple[Option, ...]:
    return (
        Option("stride", block["s"], 1),
        Option("padding", block["p"], 0),
        Option("dilation", block["d"], 1),
        Option("groups", block["g"], 1),
        _bias(block),
    )


def _bias(block: Block) -> Option:
    return Option("bias", bool(block["b"]), True)


_PLAIN = {
    "relu": "ReLU",
    "gelu": "GELU",
    "silu": "SiLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "flatten": "Flatten",
}
