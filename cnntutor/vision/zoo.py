"""torchvision's image classifiers, with the weights that ImageNet taught them or with random ones.

Weights lie where torchvision itself keeps them (`torch.hub.get_dir()`), so what one of the two has fetched the other
finds. No torch until a net is asked for.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntutor.errors import UsageError
from cnntutor.vision.download import Fetched, download
from cnntutor.vision.torchvision_import import torchvision

if TYPE_CHECKING:
    from torch import nn

WELL_KNOWN = (
    "alexnet",
    "vgg16",
    "googlenet",
    "resnet18",
    "resnet50",
    "densenet121",
    "mobilenet_v2",
    "efficientnet_b0",
    "convnext_tiny",
    "vit_b_16",
)
"""Classifiers that a course on CNNs speaks of, oldest first; `names` has all."""

_CHECKSUM = re.compile(r"-([0-9a-f]{8,})\.\w+$")
_OFFLINE = "Without a network, take random weights, or the net textures or digits."


@dataclass(frozen=True, slots=True)
class Classifier:
    """A classifier and what its makers say of the pictures it wants."""

    module: nn.Module
    """In eval mode."""
    class_names: tuple[str, ...]
    """The 1,000 of ImageNet; none for random weights, whose answers mean nothing."""
    side: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


def names() -> tuple[str, ...]:
    """Every classifier that the installed torchvision has."""
    models = torchvision().models
    return tuple(models.list_models(module=models))


def weights_file(name: str) -> Path:
    """Where the weights of a classifier lie, or will lie once they are downloaded."""
    from torch import hub

    file: str = _best(name).url.rpartition("/")[-1]
    return Path(hub.get_dir()) / "checkpoints" / file


def fetch(name: str) -> Iterator[Fetched]:
    """Download the weights of a classifier, reporting after every piece; nothing happens if they are there.

    Raises:
        UsageError: they cannot be had; the line says why and what works without.
    """
    path = weights_file(name)
    if not path.exists():
        yield from download(_best(name).url, path, sha256=_checksum(path), otherwise=_OFFLINE)


def random_classifier(name: str, seed: int = 0) -> Classifier:
    """A classifier as it is before training; needs no network, and the same seed gives the same weights.

    Args:
        name: one of `names()`.
        seed: of the weights; torch's own generator is left as it was.

    Raises:
        UsageError: there is no such classifier.
    """
    import torch

    weights = _best(name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _classifier(_build(name, None), (), weights)


def trained_classifier(name: str) -> Classifier:
    """A classifier with the best ImageNet weights that torchvision has for it, fetched if they are not there.

    Raises:
        UsageError: the weights cannot be had, or their file is damaged.
    """
    weights, path = _best(name), weights_file(name)
    for _ in fetch(name):
        pass
    try:
        module = _build(name, weights)
    except Exception as error:
        # Broken files give anything from EOFError to a pickle's own exceptions; the checksum tells them from the rest.
        if _intact(path):
            raise
        raise UsageError(f"{path} is damaged: delete it, and the next run downloads it again.") from error
    return _classifier(module, tuple(weights.meta["categories"]), weights)


def _build(name: str, weights: Any) -> nn.Module:
    with warnings.catch_warnings():
        # googlenet and inception_v3 announce that their random weights will be drawn differently some day.
        warnings.simplefilter("ignore", FutureWarning)
        module: nn.Module = torchvision().models.get_model(name, weights=weights)
    return module.eval()


def _classifier(module: nn.Module, class_names: tuple[str, ...], weights: Any) -> Classifier:
    preset = weights.transforms()
    return Classifier(module, class_names, preset.crop_size[0], tuple(preset.mean), tuple(preset.std))


def _checksum(path: Path) -> str:
    """The digits of its SHA-256 that torchvision writes into the name of the file."""
    digits = _CHECKSUM.search(path.name)
    return digits[1] if digits else ""


def _intact(path: Path) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().startswith(_checksum(path))


def _best(name: str) -> Any:
    """The entry of torchvision's own table of weights."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=1, cutoff=0) or WELL_KNOWN
        raise UsageError(f"torchvision has no classifier “{name}”: did you mean {near[0]}?")
    return torchvision().models.get_model_weights(name).DEFAULT
