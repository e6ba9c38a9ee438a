"""Which pictures a net takes, found by looking at its first layer and by trying."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isqrt

import torch
from torch import nn

from cnntutor.errors import UsageError
from cnntutor.vision.cam.checks import taken
from cnntutor.vision.cam.undisturbed import undisturbed

USUAL_SIDES = (224, 32, 28, 64, 96, 128, 8, 16, 48, 160, 192, 227, 256, 299, 320, 384, 512)
"""Sides of pictures that people make nets for, in the order in which they are tried."""


Explain = Callable[[Exception], str]
"""An exception in one line, without what a picture has to do with it."""

_ABOUT_SIZES = (RuntimeError, ValueError, AssertionError, IndexError)
"""What a net raises when a picture does not fit; anything else is a mistake in its code, whatever the picture."""


def in_a_line(error: Exception) -> str:
    """The first line of an exception."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def input_shape(module: nn.Module, side: int = 0, explain: Explain = in_a_line) -> tuple[int, int, int]:
    """The shape (C, H, W) of one picture for a net, which is tried on it and left as it was.

    Args:
        module: the net.
        side: height and width that it is meant to take; 0 to try the usual ones.
        explain: puts an exception of the net into words.

    Raises:
        UsageError: the net fails on this side, or on all of them; the line names a side that works if there is one.
    """
    trial = _Trial(module, _channels(module), explain)
    wanted = (side,) if side else _sides_for(module, trial.channels)
    found = trial.first_that_works(wanted)
    if found is None:
        raise UsageError(f"{trial.failures[wanted[0]]}{_advice(trial, side)}")
    return trial.channels, found, found


class _Trial:
    """A net that is shown black pictures."""

    def __init__(self, module: nn.Module, channels: int, explain: Explain) -> None:
        self._module = module
        self._explain = explain
        self.channels = channels
        self.failures: dict[int, str] = {}
        """By side, what the net said."""

    def first_that_works(self, sides: Iterable[int]) -> int | None:
        """The first side that the net takes, or None.

        Raises:
            UsageError: the net fails for a reason that no other side will mend.
        """
        return next((side for side in sides if self._works(side)), None)

    def _works(self, side: int) -> bool:
        picture = taken(self._module, torch.zeros(1, self.channels, side, side))
        try:
            with undisturbed(self._module, gradients=False):
                self._module(picture)
        except _ABOUT_SIZES as error:
            shape = f"{self.channels} × {side} × {side}"
            self.failures[side] = f"The net cannot take a picture of {shape} ({self._explain(error)})"
            return False
        except Exception as error:
            raise UsageError(self._explain(error)) from error
        return True


def _sides_for(module: nn.Module, channels: int) -> tuple[int, ...]:
    """The sides to try; a net that begins with a linear layer says its own."""
    features = _first_features(module)
    convolves = any(isinstance(layer, nn.Conv2d) for layer in module.modules())
    if convolves or features is None or not _is_square(features, channels):
        return USUAL_SIDES
    return (isqrt(features // channels), *USUAL_SIDES)


def _advice(trial: _Trial, side: int) -> str:
    if side == 0:
        return ", nor any other usual side: set side to its own."
    works = trial.first_that_works(USUAL_SIDES)
    return f": set side to {works}." if works else ": set side to what its linear layers are made for."


def _channels(module: nn.Module) -> int:
    """Input channels of the first convolution; without one 3 or 1, whichever makes a square for the first linear layer.

    Layers are asked in the order of their definition.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            return layer.in_channels or 3  # a lazy one does not know yet
    features = _first_features(module)
    return 1 if features and not _is_square(features, 3) and _is_square(features, 1) else 3


def _first_features(module: nn.Module) -> int | None:
    linear = next((layer for layer in module.modules() if isinstance(layer, nn.Linear)), None)
    return linear.in_features or None if linear else None


def _is_square(features: int, channels: int) -> bool:
    pixels, rest = divmod(features, channels)
    return not rest and isqrt(pixels) ** 2 == pixels
