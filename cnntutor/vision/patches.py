"""Pictures as patches, and a small vision transformer that reads them.

Dosovitskiy et al. (2020), "An Image is Worth 16x16 Words", arXiv:2010.11929.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional


def cut(pictures: Tensor, side: int) -> Tensor:
    """Pictures cut into square patches that do not overlap: [N, C, H, W] → [N, patches, C·side²], row by row.

    Args:
        pictures: whose height and width `side` divides.
        side: of a patch, in pixels.
    """
    return functional.unfold(pictures, side, stride=side).transpose(1, 2)


def join(patches: Tensor, side: int, height: int, width: int) -> Tensor:
    """The pictures that patches were cut from: [N, patches, C·side²] → [N, C, height, width]."""
    return functional.fold(patches.transpose(1, 2), (height, width), side, stride=side)


def shuffled(pictures: Tensor, side: int, order: Tensor) -> Tensor:
    """Pictures whose patches lie in another order: where patch i lay, patch `order[i]` does now."""
    return join(cut(pictures, side)[:, order], side, *pictures.shape[-2:])


class TinyViT(nn.Module):
    """Patches, positions or none, transformer blocks, and a linear layer on the mean of all tokens."""

    def __init__(self, side: int, patch: int, width: int, blocks: int, classes: int, *, positions: bool) -> None:
        """Build it with weights from torch's global generator; grey pictures only.

        Args:
            side: of the pictures, in pixels.
            patch: side of a patch, which divides it.
            width: numbers in a token; a multiple of four, the heads of attention.
            blocks: of attention and MLP.
            classes: scores to give.
            positions: whether each token is told where its patch lay.
        """
        super().__init__()
        self.embed = nn.Conv2d(1, width, patch, patch)
        self.blocks = nn.Sequential(*(_block(width) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)
        # As large as this, places are told apart from the first step on; with ViT's own 0.02 it takes epochs.
        self.positions = nn.Parameter(0.5 * torch.randn((side // patch) ** 2, width)) if positions else None

    def forward(self, x: Tensor) -> Tensor:
        """Pictures [N, 1, side, side] → a score for each class [N, classes]."""
        return cast("Tensor", self.head(self.norm(self.blocks(self._tokens(x))).mean(1)))

    def looked_at(self, x: Tensor) -> Tensor:
        """How much the tokens together attend to each patch in the last block: [N, patches], each row adds up to 1."""
        last = cast("nn.TransformerEncoderLayer", self.blocks[-1])
        normed = last.norm1(self.blocks[:-1](self._tokens(x)))
        weights: Tensor = last.self_attn(normed, normed, normed)[1]  # [N, queries, keys], the mean of the heads
        return weights.mean(1)

    def _tokens(self, x: Tensor) -> Tensor:
        """What the first block is given, [N, patches, width]."""
        tokens: Tensor = self.embed(x).flatten(2).transpose(1, 2)
        return tokens if self.positions is None else tokens + self.positions


def _block(width: int) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        width, 4, 2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )
