"""MNIST, Fashion-MNIST and CIFAR-10: fetched once to the learner's own machine, then read through torchvision.

The addresses and checksums are torchvision's; the fetching is ours, so that its progress can be shown. torchvision
unpacks what lies there, and needs no network once it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntutor import paths
from cnntutor.errors import UsageError
from cnntutor.vision.data_set import Part
from cnntutor.vision.download import Fetched, download
from cnntutor.vision.torchvision_import import torchvision

if TYPE_CHECKING:
    from torch import Tensor

_CLASSES = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "cifar-10": "CIFAR10"}
_OTHERWISE = "The data set digits needs no network."


def fetch(name: str) -> Iterator[Fetched]:
    """Download what is not there yet; yields how far the current file is.

    Args:
        name: mnist, fashion-mnist or cifar-10.

    Raises:
        UsageError: a file cannot be downloaded or written, or is not the one that was wanted.
    """
    if _is_there(name):
        return
    for path, addresses, md5 in _archives(name):
        if not _is_whole(path, md5):
            yield from _fetch_one(path, addresses, md5)


def read(name: str) -> tuple[Part, Part]:
    """The training part and the test part, which is held out; unpacks what was downloaded.

    Raises:
        UsageError: the files are not there or damaged.
    """
    made = _CLASSES[name]
    try:
        kind = getattr(torchvision().datasets, made)
        train, test = (kind(_folder(), train=part, download=True) for part in (True, False))
        return _part(train), _part(test)
    except UsageError:
        raise
    except Exception as error:
        # torchvision answers damaged files with any kind of exception, from EOFError to AssertionError.
        raise UsageError(f"The files of {name} in {_folder()} are damaged: delete them and try again.") from error


def _folder() -> Path:
    return paths.data_dir() / "datasets"


def _is_there(name: str) -> bool:
    """Whether the data are unpacked already."""
    kind = getattr(torchvision().datasets, _CLASSES[name])
    try:
        kind(_folder(), train=False, download=False)
    except RuntimeError:
        return False
    except Exception:
        # They are there but damaged: `read` says so.
        return True
    return True


def _archives(name: str) -> list[tuple[Path, list[str], str]]:
    """What there is to download: where it goes, where it can be had, and its MD5."""
    made = _CLASSES[name]
    kind = getattr(torchvision().datasets, made)
    if name == "cifar-10":
        return [(_folder() / kind.filename, [kind.url], kind.tgz_md5)]
    raw = _folder() / made / "raw"
    return [(raw / file, [mirror + file for mirror in kind.mirrors], md5) for file, md5 in kind.resources]


def _fetch_one(path: Path, addresses: list[str], md5: str) -> Iterator[Fetched]:
    """Try one address after the other; the last one's failure is the one that is told."""
    *others, last = addresses
    for address in others:
        try:
            yield from _fetch_from(address, path, md5)
            return
        except UsageError:
            continue
    yield from _fetch_from(last, path, md5)


def _fetch_from(address: str, path: Path, md5: str) -> Iterator[Fetched]:
    yield from download(address, path, otherwise=_OTHERWISE)
    if not _is_whole(path, md5):
        path.unlink()
        raise UsageError(f"{path.name} cannot be downloaded: its checksum is wrong. {_OTHERWISE}")


def _is_whole(path: Path, md5: str) -> bool:
    whole: bool = torchvision().datasets.utils.check_integrity(path, md5)
    return whole


def _part(found: Any) -> Part:
    import torch

    pixels, labels = torch.as_tensor(found.data), torch.as_tensor(found.targets).long()
    return Part(_planes(pixels), labels)


def _planes(pixels: Tensor) -> Tensor:
    """Bytes [N, H, W] or [N, H, W, 3] → float32 [N, C, H, W] from 0 to 1."""
    planes = pixels[:, None] if pixels.ndim == 3 else pixels.permute(0, 3, 1, 2)
    return planes.float() / 255
