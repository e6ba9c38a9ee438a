"""Grad-CAM++: only slopes upwards count, and places are weighted so that several objects all show."""

from __future__ import annotations

from torch import Tensor, nn

from cnntutor.vision.cam.checks import Targets
from cnntutor.vision.cam.recording import Recording, record
from cnntutor.vision.cam.scaling import laid_over, raw_map


def grad_cam_plus_plus(model: nn.Module, layer: nn.Module | str, images: Tensor, targets: Targets = None) -> Tensor:
    """L = ReLU(Σₖ wₖ·Aᵏ), wₖ = Σᵢⱼ aᵏᵢⱼ·ReLU(gᵏᵢⱼ), aᵏᵢⱼ = g² / (2·g² + Σₐᵦ Aᵏₐᵦ·g³) and g = ∂y/∂A.

    Chattopadhyay et al. (2018), "Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks",
    arXiv:1710.11063, equations 5 and 19: they take exp(y) as the score, whose derivatives are powers of g times exp(y);
    that factor is the same at every place and goes when the map is scaled. Arguments, result and errors are those of
    `grad_cam`.
    """
    return laid_over(raw_map(contributions(record(model, layer, images, targets))), images)


def weights(recording: Recording) -> Tensor:
    """wₖ, [N, K]."""
    slopes = recording.gradients
    mass = recording.activations.sum((2, 3), keepdim=True)  # [N, K, 1, 1]
    # g² goes out of the fraction, or small slopes would vanish in it; where g is 0, ReLU(g) is too.
    below = 2 + mass * slopes
    places = (1 / below).where(below != 0, 0)
    return (places * slopes.relu()).sum((2, 3))


def contributions(recording: Recording) -> Tensor:
    """wₖ·Aᵏ, [N, K, h, w]."""
    return weights(recording)[:, :, None, None] * recording.activations
