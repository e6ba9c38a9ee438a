"""A learner's own pictures: one folder a class."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnntutor.errors import UsageError
from cnntutor.vision import images
from cnntutor.vision.data_set import Part

if TYPE_CHECKING:
    from torch import Tensor

HELD_OUT = 0.2
"""Share of each class that is held out."""

SPLIT_SEED = 0
"""The split is the same whatever the run's seed, so that runs can be compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Folder:
    """What was found."""

    train: Part
    held_out: Part
    skipped: int
    """Files that were no pictures."""


def read(folder: Path, class_names: tuple[str, ...], side: int) -> Generator[float, None, Folder]:
    """Read every picture, cut to its middle square; yields the share that is done.

    Args:
        folder: holds a folder of each class's name.
        class_names: the classes, in the order of their numbers.
        side: height and width of the pictures in pixels.

    Raises:
        UsageError: a class has fewer than two pictures that can be read.
    """
    files = [(path, number) for number, name in enumerate(class_names) for path in _files(folder / name)]
    pictures: list[list[Tensor]] = [[] for _ in class_names]
    for count, (path, number) in enumerate(files, 1):
        picture = _picture(path, side)
        if picture is not None:
            pictures[number].append(picture)
        yield count / len(files)
    _refuse_too_few(folder, class_names, pictures)
    train, held_out = _split(pictures)
    return Folder(train, held_out, len(files) - sum(map(len, pictures)))


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != ".")
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be looked at: {error.strerror}.") from None


def _picture(path: Path, side: int) -> Tensor | None:
    """[3, side, side] as bytes, a quarter of what floats would take; None where it is no picture."""
    import torch

    try:
        picture = images.square(path.absolute(), side)
    except UsageError:
        return None
    return (images.as_tensor(picture) * 255).round().to(torch.uint8)


def _refuse_too_few(folder: Path, class_names: tuple[str, ...], pictures: list[list[Tensor]]) -> None:
    for name, found in zip(class_names, pictures, strict=True):
        if len(found) < 2:
            raise UsageError(f"{folder / name} needs at least two pictures that can be read, not {len(found)}.")


def _split(pictures: list[list[Tensor]]) -> tuple[Part, Part]:
    import torch

    shuffle = torch.Generator().manual_seed(SPLIT_SEED)
    train: list[tuple[Tensor, int]] = []
    held_out: list[tuple[Tensor, int]] = []
    for number, found in enumerate(pictures):
        order = torch.randperm(len(found), generator=shuffle).tolist()
        labelled = [(found[index], number) for index in order]
        count = max(1, round(HELD_OUT * len(found)))
        held_out += labelled[:count]
        train += labelled[count:]
    return _part(train), _part(held_out)


def _part(labelled: list[tuple[Tensor, int]]) -> Part:
    import torch

    x = torch.stack([picture for picture, _ in labelled]).float() / 255
    return Part(x, torch.tensor([number for _, number in labelled]))
