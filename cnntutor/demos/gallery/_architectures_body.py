"""The body of a net as a picture: a box for each size of its maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.vision import colour
from cnntutor.vision.heat import heat

if TYPE_CHECKING:
    import torch

    from cnntutor.vision.anatomy import Anatomy, Stage

HEIGHT = 64
"""Of the picture in pixels: the side of the net's input."""

THICKNESS = 0.75
"""Pixels of width for the square root of a channel."""

GAP = 4
DIMMEST = 0.18
"""Heat of a box with nothing in it: it must still be seen."""


def body(net: Anatomy, count: str) -> colour.Pixels:
    """Boxes from the input to the scores.

    Height grows with the square root of the side, width with that of the channels, and the share of work, or of learnt
    numbers, is the colour: from violet over red to yellow.

    Args:
        net: taken apart.
        count: `macs` or `params`.

    Returns:
        uint8 [HEIGHT, W, 3].
    """
    import torch

    largest = max(getattr(stage, count) for stage in net.stages)
    columns: list[torch.Tensor] = []
    for stage in net.stages:
        filled = DIMMEST + (1 - DIMMEST) * getattr(stage, count) / largest
        columns += [_box(net, stage, filled), torch.zeros(HEIGHT, GAP)]
    return heat(torch.cat(columns[:-1], dim=1))


def _box(net: Anatomy, stage: Stage, filled: float) -> torch.Tensor:
    """One stage, in the middle of the picture's height: [HEIGHT, width]."""
    import torch

    tall = max(2, round(HEIGHT * (max(stage.side, 0) / net.side) ** 0.5))
    wide = max(2, round(THICKNESS * stage.channels**0.5))
    box = torch.zeros(HEIGHT, wide)
    top = (HEIGHT - tall) // 2
    box[top : top + tall] = filled
    return box
