"""A picture on its way through a net: what every layer took and gave, in the order of the calls."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from cnntutor.errors import UsageError
from cnntutor.vision.cam.undisturbed import undisturbed
from cnntutor.vision.profile import Profile, Row
from cnntutor.vision.reach import first_tensor


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """One call of one layer."""

    row: Row
    """What it is and costs."""
    layer: nn.Module
    taken: Tensor
    """Its input, with the batch in front."""
    given: Tensor
    """Its output, likewise."""

    @property
    def passes_on(self) -> bool:
        """Whether it only hands on the numbers that it took."""
        return torch.equal(self.taken.flatten(), self.given.flatten())


def passage(module: nn.Module, images: Tensor, profile: Profile) -> tuple[list[Stop], Any]:
    """Run a net once, in eval mode and without gradients, and keep what passes through its layers.

    Args:
        module: the net; left as it was.
        images: [N, C, H, W], as the net wants them.
        profile: of the net for such images.

    Returns:
        A stop for every row of the profile whose layer gives a tensor, in the same order; and the net's answer.

    Raises:
        UsageError: for these images the net calls other layers than its profile says.
    """
    calls: list[tuple[str, nn.Module, Tensor | None, Tensor | None]] = []
    taken: dict[str, Tensor | None] = {}

    # Copies, since what follows may overwrite the maps in place, and an in-place ReLU even its own input.
    def before(name: str, _: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        taken[name] = _copy(first_tensor((*inputs, *named.values())))

    def after(name: str, layer: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        calls.append((name, layer, taken[name], _copy(first_tensor(output))))

    with undisturbed(module, gradients=False), ExitStack() as hooks:
        for name in dict.fromkeys(row.name for row in profile.rows):
            layer = module.get_submodule(name)
            hooks.callback(layer.register_forward_pre_hook(partial(before, name), with_kwargs=True).remove)
            hooks.callback(layer.register_forward_hook(partial(after, name)).remove)
        answer = module(images)
    if [name for name, *_ in calls] != [row.name for row in profile.rows]:
        raise UsageError("The net takes another way for this picture than for others, which cannot be followed here.")
    return [
        Stop(row, layer, taken, given)
        for row, (_, layer, taken, given) in zip(profile.rows, calls, strict=True)
        if taken is not None and given is not None
    ], answer


def _copy(values: Tensor | None) -> Tensor | None:
    return None if values is None else values.detach().clone()
