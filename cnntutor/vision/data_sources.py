"""What a net can learn from: the data sets that are known by name, and any folder of pictures. No torch."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from cnntutor.errors import UsageError
from cnntutor.vision.images import path_given

FOLDER_SIDE = 32
"""Pixels a side of a folder's pictures unless told."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where labelled pictures come from, and what they are like before any is read."""

    name: str
    """As it is asked for; of a folder its path."""
    title: str
    side: int
    """Height and width in pixels as they come."""
    channels: int
    class_names: tuple[str, ...]
    mirrors: bool
    """Whether a picture still shows the same thing in a mirror."""
    folder: Path | None = None


_DIGITS = tuple("0123456789")
_GARMENTS = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")
_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

KNOWN = {
    source.name: source
    for source in (
        Source("digits", "handwritten digits", 8, 1, _DIGITS, mirrors=False),
        Source("mnist", "MNIST", 28, 1, _DIGITS, mirrors=False),
        Source("fashion-mnist", "Fashion-MNIST", 28, 1, _GARMENTS, mirrors=True),
        Source("cifar-10", "CIFAR-10", 32, 3, _THINGS, mirrors=True),
    )
}
"""The data sets by name. `digits` ships with the app; the others are downloaded when they are first asked for."""


def source(name: str) -> Source:
    """The source of this name.

    Args:
        name: one of `KNOWN`, or the path of a folder with one subfolder of pictures a class.

    Raises:
        UsageError: it is neither, or the folder has fewer than two classes.
    """
    if name in KNOWN:
        return KNOWN[name]
    folder = path_given(name)
    if not name.strip() or "\0" in name:
        raise UsageError(f"There is no data set “{name}”{_nearest(name)}")
    try:
        classes = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name[0] != "."))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"There is no data set “{name}”{_nearest(name)}") from None
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be looked at: {error.strerror}.") from None
    if len(classes) < 2:
        raise UsageError(f"{folder} needs at least two subfolders of pictures, one a class, not {len(classes)}.")
    return Source(name, folder.name or name, FOLDER_SIDE, 3, classes, mirrors=True, folder=folder)


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.5)
    return f": did you mean {near[0]}?" if near else f": choose {', '.join(KNOWN)}, or give a folder."
