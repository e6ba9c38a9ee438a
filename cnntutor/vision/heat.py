"""Heat maps: amounts from 0 to 1 in colours whose brightness grows evenly, alone or over a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Pixels = NDArray[np.uint8]

RAMP = (
    (0, 0, 4),
    (12, 8, 38),
    (36, 12, 79),
    (66, 10, 104),
    (93, 18, 110),
    (120, 28, 109),
    (147, 38, 103),
    (174, 48, 92),
    (199, 62, 76),
    (221, 81, 58),
    (237, 105, 37),
    (248, 133, 15),
    (252, 165, 10),
    (250, 198, 45),
    (242, 230, 97),
    (252, 255, 164),
)
"""Every 17th of the 256 colours of “inferno” (Nathaniel Smith and Stéfan van der Walt, CC0, as in matplotlib): from
black over red to light yellow, in even steps of brightness, so that it reads the same in grey and to any eye."""


def heat(values: Tensor) -> Pixels:
    """A map of amounts as a picture.

    Args:
        values: [H, W], from 0 to 1; what lies beyond counts as the nearer end.

    Returns:
        uint8 [H, W, 3].
    """
    return _bytes(_colours(values))


def over(picture: Pixels, values: Tensor, share: float) -> Pixels:
    """A picture with a map laid over it; where the map is cold it darkens.

    Args:
        picture: uint8 [H, W, 3].
        values: [H, W], from 0 to 1.
        share: of the map's colours, 0 (only the picture) to 1 (only the map).

    Returns:
        uint8 [H, W, 3].
    """
    return _bytes((1 - share) * picture + share * _colours(values))


def _colours(values: Tensor) -> NDArray[np.float64]:
    """[H, W] → [H, W, 3], from 0 to 255."""
    import numpy as np

    places = np.linspace(0, 1, len(RAMP))
    amounts = values.detach().cpu().double().numpy()
    return np.stack([np.interp(amounts, places, channel) for channel in zip(*RAMP, strict=True)], axis=-1)


def _bytes(values: NDArray[np.float64]) -> Pixels:
    return values.round().astype("uint8")
