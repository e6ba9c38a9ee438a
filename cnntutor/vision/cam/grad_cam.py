"""Grad-CAM: every channel counts as much as the class score's mean slope over its map."""

from __future__ import annotations

from torch import Tensor, nn

from cnntutor.vision.cam.checks import Targets
from cnntutor.vision.cam.recording import Recording, record
from cnntutor.vision.cam.scaling import laid_over, raw_map


def grad_cam(model: nn.Module, layer: nn.Module | str, images: Tensor, targets: Targets = None) -> Tensor:
    """Where the class is seen: L = ReLU(Σₖ αₖ·Aᵏ) with αₖ = 1/Z·Σᵢⱼ ∂y/∂Aᵏᵢⱼ, Z = h·w.

    Selvaraju et al. (2017), "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization",
    arXiv:1610.02391, equations 1 and 2. y is the score before the softmax. The map is enlarged bilinearly and each
    image's is divided by its own maximum; where nothing speaks for the class it is zero everywhere.

    The net comes back exactly as it was: modes, `requires_grad`, `.grad`, hooks and random generators.

    Args:
        model: images [N, C, H, W] → scores [N, classes]; run in evaluation mode.
        layer: a submodule or its dotted name, with feature maps [N, K, h, w]; usually the last convolution.
        images: float [N, C, H, W], normalised as the net wants them.
        targets: class indices [N], one for all, or None for each image's top class.

    Returns:
        [N, H, W] in [0, 1].

    Raises:
        UsageError: as `recording.record`, or the map is not finite. What the net itself raises goes through.
    """
    return laid_over(raw_map(contributions(record(model, layer, images, targets))), images)


def weights(recording: Recording) -> Tensor:
    """αₖ, [N, K]."""
    return recording.gradients.mean((2, 3))


def contributions(recording: Recording) -> Tensor:
    """αₖ·Aᵏ, [N, K, h, w]."""
    return weights(recording)[:, :, None, None] * recording.activations
