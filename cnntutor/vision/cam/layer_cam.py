"""LayerCAM: every single cell counts as much as its own slope, so early and fine layers give maps too."""

from __future__ import annotations

from torch import Tensor, nn

from cnntutor.vision.cam.checks import Targets
from cnntutor.vision.cam.recording import Recording, record
from cnntutor.vision.cam.scaling import laid_over, raw_map


def layer_cam(model: nn.Module, layer: nn.Module | str, images: Tensor, targets: Targets = None) -> Tensor:
    """L = ReLU(Σₖ ReLU(∂y/∂Aᵏᵢⱼ)·Aᵏᵢⱼ).

    Jiang, Zhang, Hou, Cheng & Wei (2021), "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization",
    IEEE Transactions on Image Processing 30, doi:10.1109/TIP.2021.3089943. Arguments, result and errors are those of
    `grad_cam`.
    """
    return laid_over(raw_map(contributions(record(model, layer, images, targets))), images)


def contributions(recording: Recording) -> Tensor:
    """ReLU(∂y/∂Aᵏᵢⱼ)·Aᵏᵢⱼ, [N, K, h, w]."""
    return recording.gradients.relu() * recording.activations
