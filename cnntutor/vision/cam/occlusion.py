"""Occlusion: cover a window of the picture, and see how far the score falls. It needs no layer and no gradients."""

from __future__ import annotations

from torch import Tensor, nn

from cnntutor.errors import UsageError
from cnntutor.vision.cam.checks import Targets, chosen, scores_of, taken, wide
from cnntutor.vision.cam.scaling import scaled
from cnntutor.vision.cam.steps import Steps, finished
from cnntutor.vision.cam.undisturbed import undisturbed

BATCH = 16
"""Squares that go through the net together."""


def occlusion(
    model: nn.Module,
    images: Tensor,
    targets: Targets = None,
    *,
    window: int = 16,
    stride: int = 8,
    fill: float = 0.0,
) -> Tensor:
    """Where covering hurts the class: ReLU of the mean fall of its score over all windows that cover a pixel.

    Zeiler & Fergus (2014), "Visualizing and Understanding Convolutional Networks", arXiv:1311.2901, section 4.2, who
    slide a grey square. The score is that before the softmax. Each image's map is divided by its own maximum; where
    covering never hurts it is zero everywhere.

    Args:
        model: images [N, C, H, W] → scores [N, classes]; run in evaluation mode and left as it was.
        images: float [N, C, H, W], normalised as the net wants them.
        targets: class indices [N], one for all, or None for each image's top class.
        window: side of the square in pixels.
        stride: from one square to the next in pixels; at most `window`, so that every pixel is covered.
        fill: what the square holds; 0 is the mean colour of images that were normalised.

    Returns:
        [N, H, W] in [0, 1].

    Raises:
        UsageError: the images, the targets or the window do not fit, or the map is not finite.
    """
    return scaled(finished(falls(model, images, targets, window=window, stride=stride, fill=fill)).relu())


def falls(
    model: nn.Module,
    images: Tensor,
    targets: Targets = None,
    *,
    window: int,
    stride: int,
    fill: float = 0.0,
) -> Steps[Tensor]:
    """The mean fall of the score over the windows that cover each pixel, [N, H, W], a few windows a step."""
    before = _scores(model, taken(model, images))
    corners = _corners(images, window, stride)
    classes = chosen(targets, before)
    total = before.new_zeros(len(images), *images.shape[-2:])
    covers = total.new_zeros(images.shape[-2:])
    for start in range(0, len(corners), BATCH):
        squares = [_square(corner, window) for corner in corners[start : start + BATCH]]
        after = _scores(model, _covered(model, images, squares, fill)).reshape(len(squares), *before.shape)
        for square, scores in zip(squares, after, strict=True):
            total[:, *square] += (before - scores).gather(1, classes[:, None])[:, :, None]
            covers[square] += 1
        yield min(1.0, (start + BATCH) / len(corners))
    return total / covers


def _corners(images: Tensor, window: int, stride: int) -> list[tuple[int, int]]:
    """(top, left) of every square; the last ones may hang over the border."""
    if not 1 <= stride <= window:
        raise UsageError(f"stride must be from 1 to window ({window}), not {stride}.")
    if window > min(images.shape[-2:]):
        raise UsageError(f"window must be at most {min(images.shape[-2:])}, the side of the images, not {window}.")
    tops, lefts = (range(0, side - window + stride, stride) for side in images.shape[-2:])
    return [(top, left) for top in tops for left in lefts]


def _square(corner: tuple[int, int], window: int) -> tuple[slice, slice]:
    top, left = corner
    return slice(top, top + window), slice(left, left + window)


def _covered(model: nn.Module, images: Tensor, squares: list[tuple[slice, slice]], fill: float) -> Tensor:
    """All images under the first square, then all under the second, …: [squares·N, C, H, W]."""
    copies = taken(model, images).repeat(len(squares), 1, 1, 1, 1)  # [squares, N, C, H, W]
    for copy, square in zip(copies, squares, strict=True):
        copy[:, :, *square] = fill
    return copies.flatten(0, 1)


def _scores(model: nn.Module, images: Tensor) -> Tensor:
    with undisturbed(model, gradients=False):
        return wide(scores_of(model(images), len(images)))
