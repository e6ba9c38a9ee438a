"""Training pictures made a little different each time they are seen, a whole batch at once."""

from __future__ import annotations

from math import pi

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from cnntutor.vision.train_config import Augment


def augmented(x: Tensor, augment: Augment, generator: torch.Generator) -> Tensor:
    """Pictures shifted, turned, mirrored and made noisy, each in its own way.

    Args:
        x: [N, C, H, W] from 0 to 1.
        augment: how much.
        generator: draws the amounts, on the device of `x`.

    Returns:
        As `x`; what comes in from outside is the nearest pixel of the border.
    """
    if augment.moves:
        places = affine_grid(_moves(x, augment, generator), list(x.shape), align_corners=False)  # [N, H, W, 2]
        x = grid_sample(x, places, padding_mode="border", align_corners=False)
    if augment.noise:
        noise = torch.randn(x.shape, generator=generator, device=x.device)
        x = (x + augment.noise * noise).clamp(0, 1)
    return x


def _moves(x: Tensor, augment: Augment, generator: torch.Generator) -> Tensor:
    """Where each picture's pixels are fetched from, in coordinates from −1 to 1: [N, 2, 3].

    A turn by θ and a mirror s = ±1, then a shift t: [[s·cos θ, −sin θ, tx], [s·sin θ, cos θ, ty]].
    """
    turn, right, down, mirror = torch.rand(4, len(x), generator=generator, device=x.device)
    theta = (2 * turn - 1) * augment.rotate * pi / 180
    sign = torch.where(mirror < 0.5, -1.0, 1.0) if augment.flip else torch.ones_like(mirror)
    # The side is 2 long in these coordinates.
    shift_x, shift_y = ((2 * share - 1) * 2 * augment.shift for share in (right, down))
    first = torch.stack([sign * theta.cos(), -theta.sin(), shift_x], dim=1)
    second = torch.stack([sign * theta.sin(), theta.cos(), shift_y], dim=1)
    return torch.stack([first, second], dim=1)
