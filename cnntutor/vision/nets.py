"""Nets by name: a checkpoint of this course, a classifier of torchvision, or the learner's own code.

net = open_net("textures")
scores = net.module(net.prepare(picture))
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, own_code, zoo
from cnntutor.vision.download import Fetched
from cnntutor.vision.net_spec import NetSpec
from cnntutor.vision.own_code import OwnCode

if TYPE_CHECKING:
    from torch import Tensor, nn


class Source(StrEnum):
    """Where a net comes from."""

    CHECKPOINT = "checkpoint"
    ZOO = "zoo"
    OWN_CODE = "own code"


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """A net and how to show it a picture."""

    title: str
    source: Source
    module: nn.Module
    """In eval mode, on the processor."""
    in_channels: int
    side: int
    """Height and width of the pictures that it wants, in pixels."""
    class_names: tuple[str, ...] = ()
    """One for each score; none where nobody named them."""
    mean: tuple[float, ...] = ()
    """Taken off each channel of a picture in 0..1; empty for nothing."""
    std: tuple[float, ...] = ()
    """Each channel is divided by it afterwards; empty for 1."""
    file: Path | None = None
    """The learner's own code that it was made by."""

    def at_work(self) -> AbstractContextManager[None]:
        """Around every run of the module; nothing happens unless it is the learner's own code.

        What that prints goes to standard error, and what it raises becomes a `UsageError` with the learner's own line.
        """
        return own_code.blamed(self.file) if self.file else nullcontext()

    def prepare(self, picture: Tensor) -> Tensor:
        """A picture as the net wants it: its middle square, resized, grey if need be, mean and deviation taken off.

        Args:
            picture: [3, H, W] or [1, H, W], from 0 to 1.

        Returns:
            [1, in_channels, side, side], on the picture's device.

        Raises:
            UsageError: the net takes neither one nor three channels.
        """
        x = self._channels(_square(picture, self.side))
        if self.mean:
            x = x - x.new_tensor(self.mean)[:, None, None]
        if self.std:
            x = x / x.new_tensor(self.std)[:, None, None]
        return x[None]

    def name_of(self, index: int) -> str:
        """What to call a class: its name, or its number where it has none."""
        return self.class_names[index] if index < len(self.class_names) else f"class {index}"

    def _channels(self, picture: Tensor) -> Tensor:
        from cnntutor.vision.colour import grey_of

        if self.in_channels == len(picture):
            return picture
        if self.in_channels == 1:
            return grey_of(picture)
        if self.in_channels == 3:
            return picture.expand(3, -1, -1)
        raise UsageError(f"{self.title} takes {self.in_channels} channels; pictures have 1 or 3.")


def net_names() -> tuple[str, ...]:
    """The checkpoints there are, then the classifiers most spoken of. Imports no torch."""
    own = checkpoints.names()
    return (*own, *(name for name in zoo.WELL_KNOWN if name not in own))


def runs_code(text: str) -> Path | None:
    """The file of the learner's that `open_net(text)` would execute, or None. Runs nothing."""
    code = own_code.parse(text)
    return code.path if code else None


def fetch(text: str) -> Iterator[Fetched]:
    """Download what `open_net(text)` would have to download, reporting after every piece; mostly that is nothing.

        for fetched in nets.fetch(knobs.model):
            yield Frame(caption=f"Downloading: {fetched}", progress=fetched.share)

    Raises:
        UsageError: there is no such net, or it cannot be had.
    """
    if _source(text) is Source.ZOO:
        yield from zoo.fetch(text)


def open_net(
    text: str,
    *,
    weights: bool = True,
    side: int = 0,
    seed: int = 0,
    progress: Callable[[Fetched], None] | None = None,
) -> Net:
    """A net by its name.

    Args:
        text: name of a checkpoint, name of a torchvision classifier, or FILE.py:NAME, whose file is executed (ask
            first where `runs_code` names one).
        weights: False for the net before its training; nothing is downloaded then. Own code comes as it is made.
        side: of the pictures it shall take, in pixels; 0 for what it was made for.
        seed: of random weights, those of the learner's own code among them.
        progress: called after every piece of a download.

    Raises:
        UsageError: there is no such net, or it cannot be opened; the line says what to do.
    """
    source = _source(text)
    if source is Source.CHECKPOINT:
        return _from_checkpoint(text, weights, side, seed)
    if source is Source.OWN_CODE:
        return _from_own_code(text, side, seed)
    if weights and progress:
        for fetched in zoo.fetch(text):
            progress(fetched)
    return _from_zoo(text, weights, side, seed)


def _source(text: str) -> Source:
    if own_code.parse(text):
        return Source.OWN_CODE
    if text in checkpoints.names():
        return Source.CHECKPOINT
    if text in zoo.names():
        return Source.ZOO
    raise UsageError(_unknown(text))


def _unknown(text: str) -> str:
    if text.endswith(".py"):
        return f"{text} alone names no net: write {text}:NAME, NAME being a class or a function in it."
    near = difflib.get_close_matches(text, (*checkpoints.names(), *zoo.names()), n=1, cutoff=0.5)
    known = f"did you mean {near[0]}?" if near else f"choose {', '.join(net_names())}, or FILE.py:NAME."
    return f"There is no net “{text}”: {known}"


def _from_checkpoint(name: str, weights: bool, side: int, seed: int) -> Net:
    found = checkpoints.load(name)
    module, spec = found.model() if weights else _untrained(found.spec, seed), found.spec
    side = _fitting(module, side) if side else spec.side
    return Net(name, Source.CHECKPOINT, module, spec.in_channels, side, found.class_names, found.mean, found.std)


def _untrained(spec: NetSpec, seed: int) -> nn.Module:
    """The net as its training began it."""
    import torch

    from cnntutor.vision.models import ConvNet

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ConvNet(spec).eval()


def _from_zoo(name: str, weights: bool, side: int, seed: int) -> Net:
    found = zoo.trained_classifier(name) if weights else zoo.random_classifier(name, seed)
    side = _fitting(found.module, side) if side else found.side
    return Net(name, Source.ZOO, found.module, 3, side, found.class_names, found.mean, found.std)


def _from_own_code(text: str, side: int, seed: int) -> Net:
    import torch

    from cnntutor.vision.input_shape import input_shape

    code = own_code.parse(text)
    assert isinstance(code, OwnCode)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = own_code.load(code).eval()
    with own_code.blamed(code.path):
        channels, side, _ = input_shape(module, side, partial(own_code.explain, code.path))
    return Net(str(code), Source.OWN_CODE, module, channels, side, file=code.path)


def _fitting(module: nn.Module, side: int) -> int:
    """The side, once it is sure that the net takes it."""
    from cnntutor.vision.input_shape import input_shape

    return input_shape(module, side)[1]


def _square(picture: Tensor, side: int) -> Tensor:
    """The middle square of a picture, resized: [C, H, W] → [C, side, side]."""
    from torch.nn import functional

    shortest = min(picture.shape[1:])
    top, left = ((length - shortest) // 2 for length in picture.shape[1:])
    middle = picture[:, top : top + shortest, left : left + shortest]
    if shortest == side:
        return middle
    resized: Tensor = functional.interpolate(middle[None], (side, side), mode="bilinear", antialias=True)[0]
    return resized
