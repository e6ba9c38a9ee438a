"""Labelled pictures, those to learn from and those held out, as tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Pictures and what they show."""

    x: Tensor
    """float32 [N, C, side, side] from 0 to 1"""
    y: Tensor
    """int64 [N], places in `class_names`"""

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """All that a net is trained and judged on."""

    name: str
    train: Part
    held_out: Part
    """Never trained on."""
    class_names: tuple[str, ...]
    mean: tuple[float, ...]
    """Of each channel over the training pictures."""
    std: tuple[float, ...]
    mirrors: bool = True
    """Whether a picture still shows the same thing in a mirror."""
    skipped: int = 0
    """Files that were no pictures."""

    @property
    def channels(self) -> int:
        """Of each picture."""
        return self.train.x.shape[1]

    @property
    def side(self) -> int:
        """Height and width in pixels."""
        return self.train.x.shape[-1]

    @classmethod
    def of(
        cls,
        name: str,
        train: Part,
        held_out: Part,
        class_names: tuple[str, ...],
        *,
        mirrors: bool = True,
        skipped: int = 0,
    ) -> DataSet:
        """A data set whose mean and deviation are those of its training pictures.

        Raises:
            UsageError: there are fewer than two pictures to learn from, or none held out.
        """
        if len(train) < 2 or not len(held_out):
            raise UsageError(f"{name} has too few pictures: two to learn from and one held out are the least.")
        mean, std = train.x.mean((0, 2, 3)), train.x.std((0, 2, 3)).clamp(min=1e-3)  # [C]
        return cls(name, train, held_out, class_names, tuple(mean.tolist()), tuple(std.tolist()), mirrors, skipped)
