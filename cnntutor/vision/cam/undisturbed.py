"""A net lent out for a look: whatever happens, it comes back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn


@contextmanager
def undisturbed(model: nn.Module, *, gradients: bool) -> Iterator[None]:
    """Evaluation mode inside; afterwards every submodule's mode and the state of the random generators are as before.

    Args:
        model: the net.
        gradients: whether autograd records inside, even if the caller is under `no_grad` or `inference_mode`.
    """
    modes = [(module, module.training) for module in model.modules()]
    with ExitStack() as stack:
        stack.callback(_restore, modes)
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.set_grad_enabled(gradients))
        stack.enter_context(torch.random.fork_rng(_cards(model)))
        model.eval()
        yield


def _restore(modes: list[tuple[nn.Module, bool]]) -> None:
    # Module.train() would set every submodule alike, and a net may have frozen some.
    for module, training in modes:
        module.training = training


def _cards(model: nn.Module) -> list[torch.device]:
    """The graphics cards that hold the net, whose generators it may draw from."""
    return list({tensor.device for tensor in model.parameters() if tensor.device.type == "cuda"})
