"""Score-CAM: no gradients. Each channel masks the picture, and counts as much as the score that is left."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from cnntutor.vision.cam.checks import Targets, scores_of, taken
from cnntutor.vision.cam.recording import Recording, record
from cnntutor.vision.cam.scaling import laid_over, raw_map
from cnntutor.vision.cam.steps import Steps, finished
from cnntutor.vision.cam.undisturbed import undisturbed

BATCH = 16
"""Masked pictures that go through the net together."""


def score_cam(model: nn.Module, layer: nn.Module | str, images: Tensor, targets: Targets = None) -> Tensor:
    """L = ReLU(Σₖ αₖ·Aᵏ), α = softmax over the channels of yₖ = f(x ∘ Hₖ), the score of the picture under a mask.

    Hₖ is Aᵏ enlarged bilinearly and stretched to [0, 1]. Wang et al. (2020), "Score-CAM: Score-Weighted Visual
    Explanations for Convolutional Neural Networks", arXiv:1910.01279, algorithm 1; the score of the baseline picture
    that it takes off every yₖ changes nothing under the softmax. It costs a forward pass for every channel.
    Arguments, result and errors are those of `grad_cam`.
    """
    recording = record(model, layer, images, targets)
    return laid_over(raw_map(finished(contributions(recording, model, images))), images)


def weights(recording: Recording, model: nn.Module, images: Tensor) -> Steps[Tensor]:
    """αₖ, [N, K], a few channels a step."""
    count, channels = recording.activations.shape[:2]
    scores = recording.activations.new_empty(count, channels)
    for number in range(count):
        for start in range(0, channels, BATCH):
            some = slice(start, start + BATCH)
            scores[number, some] = _masked(recording, model, images, number, some)
            yield (number + min(1.0, (start + BATCH) / channels)) / count
    return scores.softmax(1)


def contributions(recording: Recording, model: nn.Module, images: Tensor) -> Steps[Tensor]:
    """αₖ·Aᵏ, [N, K, h, w], a few channels a step."""
    alpha = yield from weights(recording, model, images)
    return alpha[:, :, None, None] * recording.activations


def _masked(recording: Recording, model: nn.Module, images: Tensor, number: int, some: slice) -> Tensor:
    """The scores of one image under the masks of some channels, [channels]."""
    with undisturbed(model, gradients=False):
        image = taken(model, images[number : number + 1])  # [1, C, H, W]
        masked = image * _masks(recording.activations[number, some], images).to(image)[:, None]
        scores = scores_of(model(masked), len(masked))
    return scores[:, int(recording.targets[number])].to(recording.activations.dtype)


def _masks(maps: Tensor, images: Tensor) -> Tensor:
    """[k, h, w] → [k, H, W], each from 0 to 1; a flat map masks everything."""
    large = functional.interpolate(maps[:, None], images.shape[-2:], mode="bilinear", align_corners=False)[:, 0]
    low, high = large.amin((1, 2), keepdim=True), large.amax((1, 2), keepdim=True)
    span = high - low
    return (large - low) / span.where(span > 0, 1)
