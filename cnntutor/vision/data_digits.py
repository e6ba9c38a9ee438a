"""The digits that ship with the app; `scripts/make_digits.py` makes the file."""

from __future__ import annotations

from cnntutor import paths
from cnntutor.vision.data_set import Part

BRIGHTEST = 16
"""Ink of a pixel: how many of its 4×4 finer ones were black."""


def read() -> tuple[Part, Part]:
    """The 1,437 scans to learn from and the 360 held out, [N, 1, 8, 8]."""
    import numpy as np
    import torch

    with np.load(paths.assets_dir() / "data" / "digits.npz") as file:
        x = torch.from_numpy(file["images"])[:, None].float() / BRIGHTEST
        y = torch.from_numpy(file["labels"]).long()
        held_out = torch.from_numpy(file["held_out"])
    return Part(x[~held_out], y[~held_out]), Part(x[held_out], y[held_out])
