"""From what the channels contribute to a map that lies on the picture."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from cnntutor.errors import UsageError


def raw_map(contributions: Tensor) -> Tensor:
    """ReLU(Σₖ …): what speaks for the class, as coarse as the layer; [N, K, h, w] → [N, h, w]."""
    return contributions.sum(1).relu()


def laid_over(raw: Tensor, images: Tensor) -> Tensor:
    """A map as large as the images, each one scaled by its own maximum.

    Upsampling is bilinear (`align_corners=False`). A map that is zero everywhere stays zero everywhere; any other has 1
    as its largest value.

    Args:
        raw: [N, h, w], none negative.
        images: [N, C, H, W].

    Returns:
        [N, H, W] in [0, 1].

    Raises:
        UsageError: a value is not finite.
    """
    large = functional.interpolate(raw[:, None], images.shape[-2:], mode="bilinear", align_corners=False)[:, 0]
    return scaled(large)


def scaled(maps: Tensor) -> Tensor:
    """Each map divided by its maximum, [N, H, W]; one that is zero everywhere is left as it is.

    Raises:
        UsageError: a value is not finite.
    """
    if not bool(maps.isfinite().all()):
        raise UsageError("The map is not finite: the net's weights or the images hold NaN, or are far too large.")
    peak = maps.amax((1, 2), keepdim=True)
    return maps / peak.where(peak > 0, 1)
