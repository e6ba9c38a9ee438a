"""Pieces of the photographed surfaces as a data set: small colour pictures that a small net learns within a second."""

from __future__ import annotations

import random

from cnntutor.vision import mosaics, textures
from cnntutor.vision.data_set import DataSet, Part


def data(side: int, count: int, held_out: int, seed: int = 0) -> DataSet:
    """Pieces to learn from, and others from parts of the surfaces that no piece to learn from shows.

    Args:
        side: of a piece, in pixels.
        count: pieces to learn from.
        held_out: pieces to judge by.
        seed: from where they are cut.
    """
    parts = pieces("train", count, side, seed), pieces("held-out", held_out, side, seed)
    return DataSet.of("textures", *parts, textures.NAMES)


def pieces(part: textures.Part, count: int, side: int, seed: int = 0) -> Part:
    """Pieces of one part, the surfaces in turn: [count, 3, side, side]."""
    import numpy as np
    import torch

    chance = random.Random(f"{part} {side} {seed}")
    surfaces = [textures.texture(name, part) for name in textures.NAMES]
    labels = [number % len(surfaces) for number in range(count)]
    cut = np.stack([mosaics.patch(surfaces[label], side, side, chance) for label in labels])  # [count, side, side, 3]
    return Part(torch.from_numpy(cut).permute(0, 3, 1, 2).float() / 255, torch.tensor(labels))
