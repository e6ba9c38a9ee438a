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

        Args:
            name: what to call it.
            train: float [N, C, side, side] from 0 to 1, and a whole number for each.
            held_out: likewise, of the same shape but for N.
            class_names: one for each number that a label may be.
            mirrors: whether a picture still shows the same thing in a mirror.
            skipped: files that were no pictures.

        Raises:
            UsageError: there are fewer than two pictures to learn from or none held out, or pictures, labels and names
                do not go together.
        """
        if len(train) < 2 or not len(held_out):
            raise UsageError(f"{name} has too few pictures: two to learn from and one held out are the least.")
        train, held_out = (_checked(name, part, len(class_names)) for part in (train, held_out))
        if train.x.shape[1:] != held_out.x.shape[1:]:
            shapes = f"{list(train.x.shape[1:])} and {list(held_out.x.shape[1:])}"
            raise UsageError(f"{name} has pictures of {shapes}: give both parts one shape.")
        mean, std = train.x.mean((0, 2, 3)), train.x.std((0, 2, 3)).clamp(min=1e-3)  # [C]
        return cls(name, train, held_out, class_names, tuple(mean.tolist()), tuple(std.tolist()), mirrors, skipped)


def _checked(name: str, part: Part, classes: int) -> Part:
    """The part as float32 and int64."""
    x, y = part.x, part.y
    if x.ndim != 4 or x.shape[-1] != x.shape[-2] or not x.is_floating_point():
        raise UsageError(f"{name} needs pictures as float [N, C, side, side], not {x.dtype} {list(x.shape)}.")
    # Written so that NaN, which compares as false, is refused too.
    if not (float(x.min()) >= 0 and float(x.max()) <= 1):
        raise UsageError(f"{name} needs pictures from 0 to 1, not from {float(x.min()):g} to {float(x.max()):g}.")
    if y.shape != x.shape[:1] or y.is_floating_point():
        raise UsageError(f"{name} needs one whole number a picture as its label, not {y.dtype} {list(y.shape)}.")
    if int(y.min()) < 0 or int(y.max()) >= classes:
        raise UsageError(f"{name} has labels from {int(y.min())} to {int(y.max())}, but names for {classes} classes.")
    return Part(x.float(), y.long())
