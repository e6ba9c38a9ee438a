"""The pictures of the demo `augment`: a photograph and a digit, and how they look at each showing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._augment_knobs import AugmentKnobs
from cnntutor.vision import colour, images

if TYPE_CHECKING:
    from torch import Tensor

SIDE = 64
"""Of a photograph, in pixels."""


AS_IT_IS, NOW, ALL = "as it is", "at this showing", "every showing"
DIGIT_NOW, ALL_DIGITS = "shown", "as digits"


class Pictures:
    """The photograph and the digit, as they are and at every showing."""

    def __init__(self, knobs: AugmentKnobs, digit: Tensor, partner: Tensor, seed: int) -> None:
        """Draw all showings; the digit and what is mixed into it are [1, 8, 8]."""
        self.digit_title = f"a {knobs.digit}"
        self.digits = _showings(knobs, digit, partner, seed)
        """[showings, 1, 8, 8]"""
        photo, other = _photographs(knobs)
        self._photos = _showings(knobs, photo, other, seed)
        self._still = {
            AS_IT_IS: colour.rgb(photo),
            self.digit_title: colour.rgb(digit),
            ALL: _sheet(self._photos),
            ALL_DIGITS: _sheet(self.digits),
        }

    def at(self, showing: int) -> dict[str, colour.Pixels]:
        """The pictures of a frame."""
        now = {NOW: colour.rgb(self._photos[showing]), DIGIT_NOW: colour.rgb(self.digits[showing])}
        return self._still | now


def _photographs(knobs: AugmentKnobs) -> tuple[Tensor, Tensor]:
    """The photograph and the one that is mixed into it, [3, SIDE, SIDE] each."""
    names = images.SHIPPED
    after = names[(names.index(knobs.image) + 1) % len(names)] if knobs.image in names else names[0]
    first, second = (images.as_tensor(images.square(name, SIDE)) for name in (knobs.image, after))
    return first, second


def _showings(knobs: AugmentKnobs, picture: Tensor, other: Tensor, seed: int) -> Tensor:
    """One picture as often as it is shown, [showings, C, H, W].

    With Mixup and CutMix the share of the other one grows from the first showing to the last, up to the strength.
    """
    import torch

    from cnntutor.vision import changes

    copies, mixing = picture.expand(knobs.showings, -1, -1, -1), knobs.mixing
    if not mixing:
        return changes.varied(copies, knobs.alone, knobs.strength, seed)
    shares = [knobs.strength * number / knobs.showings for number in range(1, knobs.showings + 1)]
    return torch.cat([changes.two_in_one(copies[:1], other[None], mixing, share)[0] for share in shares])


def _sheet(x: Tensor) -> colour.Pixels:
    """Pictures [N, C, H, W] on one sheet, about as wide as high."""
    columns = next(side for side in range(1, len(x) + 1) if side * side >= len(x))
    return colour.mosaic([colour.rgb(picture) for picture in x], columns)
