"""The picture of the demo `patches`: cut, embedded twice, and shown to attention in two orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._patches_knobs import PatchesKnobs
from cnntutor.vision import images

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A picture as tokens. On the processor."""

    picture: Tensor
    """[3, side, side], from 0 to 1."""
    shuffled: Tensor
    """The same with its patches in another order."""
    tokens: Tensor
    """By a convolution, [tokens, width]."""
    by_hand: Tensor
    """By cutting and multiplying, [tokens, width]."""
    conv_difference: float
    """Largest distance between the tokens by hand and those of the convolution."""
    order_difference: float
    """How far attention's mean answer moves when the patches are shuffled."""
    places_difference: float
    """The same where each token was told its place first."""


def cut_up(knobs: PatchesKnobs, device: torch.device) -> Cut:
    """Cut the picture and embed it; all weights are as they are drawn.

    Raises:
        UsageError: the picture cannot be read.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    from cnntutor.vision import patches

    picture = images.as_tensor(images.square(knobs.image, knobs.side)).to(device)[None]  # [1, 3, side, side]
    embed = nn.Conv2d(3, knobs.width, knobs.patch, knobs.patch).to(device)
    mix = nn.MultiheadAttention(knobs.width, 4, batch_first=True).to(device)
    places = torch.randn(knobs.tokens, knobs.width).to(device)
    order = torch.randperm(knobs.tokens).to(device)

    def answer(tokens: Tensor) -> Tensor:
        """The mean over all tokens of what attention makes of them."""
        mixed: Tensor = mix(tokens, tokens, tokens, need_weights=False)[0]
        return mixed.mean(1)

    with torch.no_grad():
        tokens: Tensor = embed(picture).flatten(2).transpose(1, 2)  # [1, tokens, width]
        by_hand = functional.linear(patches.cut(picture, knobs.patch), embed.weight.flatten(1), embed.bias)
        plain = answer(tokens[:, order]) - answer(tokens)
        placed = answer(tokens[:, order] + places) - answer(tokens + places)
        moved = patches.shuffled(picture, knobs.patch, order)
    return Cut(
        picture[0].cpu(),
        moved[0].cpu(),
        tokens[0].cpu(),
        by_hand[0].cpu(),
        conv_difference=float((by_hand - tokens).abs().max()),
        order_difference=float(plain.abs().max()),
        places_difference=float(placed.abs().max()),
    )
