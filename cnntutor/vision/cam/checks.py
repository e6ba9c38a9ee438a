"""What goes into a look and what the net answers, checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cnntutor.errors import UsageError
from cnntutor.wording import plural

Targets = Tensor | Sequence[int] | int | None
"""Which class of each image: [N] indices, one for all, or None for the class with the highest score."""


def taken(model: nn.Module, images: Tensor) -> Tensor:
    """A copy of the images, of the net's precision and on its device; the net may overwrite it.

    Raises:
        UsageError: they are no batch of images.
    """
    if images.ndim != 4 or not images.is_floating_point():
        raise UsageError(f"images must be float [N, C, H, W], not {images.dtype} {list(images.shape)}.")
    weight = next((tensor for tensor in model.parameters() if tensor.is_floating_point()), images)
    return images.detach().to(device=weight.device, dtype=weight.dtype, copy=True)


def scores_of(answer: object, count: int, classes: int | None = None) -> Tensor:
    """What the net answered, once it is sure that these are scores: [N, classes].

    Args:
        answer: of the net.
        count: images that it was shown.
        classes: how many there are; None where any number will do.

    Raises:
        UsageError: it is something else.
    """
    if isinstance(answer, Tensor) and answer.ndim == 2 and answer.shape == (count, classes or answer.shape[1]):
        return answer
    found = list(answer.shape) if isinstance(answer, Tensor) else type(answer).__name__
    wanted = f"[{count}, {classes or 'classes'}]"
    raise UsageError(f"The net must answer {plural(count, 'image')} with scores {wanted}, not {found}.")


def chosen(targets: Targets, scores: Tensor) -> Tensor:
    """The class of each image, int64 [N].

    Raises:
        UsageError: there are not as many as images, or one is no class of the net.
    """
    count, classes = scores.shape
    if targets is None:
        return scores.detach().argmax(1)
    indices = _tensor(targets).to(scores.device)
    if indices.is_floating_point() or indices.is_complex() or indices.dtype == torch.bool:
        raise UsageError(f"targets must be whole numbers, not {indices.dtype}.")
    if indices.ndim > 1 or (indices.ndim == 1 and len(indices) != count):
        raise UsageError(f"targets must be one class or {count}, one an image, not {list(indices.shape)}.")
    if bool(((indices < 0) | (indices >= classes)).any()):
        raise UsageError(f"targets must be from 0 to {classes - 1}, the classes of the net, not {indices.tolist()}.")
    return indices.long().expand(count)


def _tensor(targets: Tensor | Sequence[int] | int) -> Tensor:
    try:
        return torch.as_tensor(targets)
    except (TypeError, ValueError, RuntimeError):
        raise UsageError(f"targets must be whole numbers, not {targets!r}.") from None


def wide(values: Tensor) -> Tensor:
    """The same numbers in float32 or wider: halves have too few digits for sums over a whole map."""
    return values.detach().to(torch.promote_types(values.dtype, torch.float32))
