"""The door to the data: pictures and labels by the name of their source.

`load("digits")` has `train` and `held_out` pictures, [1437, 1, 8, 8] and [360, 1, 8, 8], without any network.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from cnntutor.vision import data_digits, data_download, data_folder
from cnntutor.vision.data_set import DataSet, Part
from cnntutor.vision.data_sources import Source, source

SUBSET_SEED = 0
"""Which pictures a smaller training part keeps is the same in every run, so that runs can be compared."""

_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, and how much of it is done."""

    what: str
    share: float | None
    """0 to 1; None where the end is unknown."""


def load(name: str, *, side: int = 0, pictures: int = 0) -> DataSet:
    """The data set of this name, downloaded if need be.

    Args:
        name: digits, mnist, fashion-mnist or cifar-10, or the path of a folder with one subfolder of pictures a class.
        side: pixels a side to resize to; 0 leaves them as they come, and a folder's at 32.
        pictures: to learn from at most; 0 for all.

    Raises:
        UsageError: there is no such source, it cannot be downloaded or read, or it has too few pictures.
    """
    steps = loading(name, side=side, pictures=pictures)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            data: DataSet = done.value
            return data


def loading(name: str, *, side: int = 0, pictures: int = 0) -> Generator[Progress, None, DataSet]:
    """As `load`, but yields how far it is, and returns the data set."""
    origin = source(name)
    skipped = 0
    if origin.folder is not None:
        found = yield from _from_folder(origin, side)
        train, held_out, skipped = found.train, found.held_out, found.skipped
    elif origin.name == "digits":
        train, held_out = data_digits.read()
    else:
        yield from _download(origin)
        train, held_out = data_download.read(origin.name)
    train, held_out = _resized(_first(train, pictures), side), _resized(held_out, side)
    return DataSet.of(name, train, held_out, origin.class_names, mirrors=origin.mirrors, skipped=skipped)


def _from_folder(origin: Source, side: int) -> Generator[Progress, None, data_folder.Folder]:
    assert origin.folder
    reading = data_folder.read(origin.folder, origin.class_names, side or origin.side)
    while True:
        try:
            yield Progress(f"Reading the pictures of {origin.title}", next(reading))
        except StopIteration as done:
            found: data_folder.Folder = done.value
            return found


def _download(origin: Source) -> Generator[Progress, None, None]:
    for fetched in data_download.fetch(origin.name):
        yield Progress(f"Downloading {origin.title}: {fetched}", fetched.share)


def _first(part: Part, pictures: int) -> Part:
    """So many of the pictures, drawn at random."""
    import torch

    if not 0 < pictures < len(part):
        return part
    chosen = torch.randperm(len(part), generator=torch.Generator().manual_seed(SUBSET_SEED))[:pictures]
    return Part(part.x[chosen], part.y[chosen])


def _resized(part: Part, side: int) -> Part:
    import torch
    from torch.nn.functional import interpolate

    if side in (0, part.x.shape[-1]):
        return part
    pieces = [interpolate(x, (side, side), mode="bilinear", antialias=True) for x in torch.split(part.x, _BATCH)]
    return Part(torch.cat(pieces).clamp(0, 1), part.y)
