"""Trained nets by name, each with all that is needed to use it again.

Shipped ones lie in `assets/nets`, the learner's own in `checkpoints` among their data; the own one called `last` is
always the newest run's. Names are listed and kept without torch. Files are written under another name and then
renamed, so that a run that is stopped while it saves spoils nothing, and they are read as data, never as code.
"""

from __future__ import annotations

import difflib
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntutor import paths
from cnntutor.errors import UsageError
from cnntutor.vision.net_spec import NetSpec

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.vision.models import ConvNet

LAST = "last"
"""The newest run's net; the next run overwrites it."""

_SUFFIX = ".pt"
_FORMAT = "cnntutor net 1"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A net with its weights, and what it was trained on and how."""

    spec: NetSpec
    state: Mapping[str, Tensor]
    """Weights and running statistics by their path in the net."""
    class_names: tuple[str, ...]
    """In the order of the net's scores."""
    mean: tuple[float, ...]
    """Of each input channel, for values from 0 to 1: inputs are (x − mean) / std."""
    std: tuple[float, ...]
    data: str
    """What it was trained on: the name of a data set, or a folder."""
    seed: int
    figures: Mapping[str, float] = field(default_factory=dict)
    """What the run came to, e.g. `accuracy` (held out)."""
    curves: Mapping[str, list[float]] = field(default_factory=dict)
    """How it got there: equally long lists by name, e.g. `epoch`, `loss` and `accuracy` of every evaluation."""
    made_by: str = ""
    """The command or script that makes it again."""

    def __post_init__(self) -> None:
        if len(self.class_names) != self.spec.classes:
            raise ValueError(f"{len(self.class_names)} names do not fit {self.spec.classes} classes")
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) != self.spec.in_channels:
                raise ValueError(f"{name} has {len(values)} values for {self.spec.in_channels} channels")

    def model(self) -> ConvNet:
        """The net with these weights, in eval mode; training it leaves the checkpoint as it is."""
        net = _empty(self.spec)
        net.load_state_dict({path: values.clone() for path, values in self.state.items()}, assign=True)
        return net.eval()


def names() -> tuple[str, ...]:
    """The nets there are: the shipped ones, then the learner's own, each in alphabetical order."""
    shipped = _names_in(_shipped_dir())
    return shipped + tuple(name for name in _names_in(_own_dir()) if name not in shipped)


def known(name: str) -> str:
    """The name as given, once it is sure that there is such a net.

    Raises:
        UsageError: there is none; the line names the nearest.
    """
    there = names()
    if name in there:
        return name
    near = difflib.get_close_matches(name, there, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there {_list(there)}."
    raise UsageError(f"There is no trained net “{name}”: {hint}")


def load(name: str) -> Checkpoint:
    """The net of this name.

    Raises:
        UsageError: there is none, or its file cannot be read.
    """
    return read(file_of(known(name)))


def save(checkpoint: Checkpoint, name: str = LAST) -> Path:
    """Save a net among the learner's own, over one of the same name.

    Returns:
        The file.

    Raises:
        UsageError: the name cannot be used, or the file cannot be written.
    """
    path = _own_file(name)
    write(checkpoint, path)
    return path


def keep(name: str) -> str:
    """Keep the newest run's net under a name of its own, which later runs leave alone.

    Returns:
        What was done, in one line.

    Raises:
        UsageError: nothing was trained yet, the name cannot be used or is taken, or the file cannot be written.
    """
    source, target = _own_file(LAST), _own_file(name)
    if not source.is_file():
        raise UsageError("There is no net to keep: train one first.")
    if name == LAST:
        raise UsageError(f"The next run will be called {LAST} again: choose another name.")
    if target.exists():
        raise UsageError(f"There is a net called {name} already: choose another name.")
    _atomically(target, lambda path: shutil.copyfile(source, path))
    return f"Kept as {name}."


def read(path: Path) -> Checkpoint:
    """A net from a file.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    import torch

    try:
        return _from_plain(torch.load(path, map_location="cpu", weights_only=True))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from None
    except Exception as error:
        # Broken and foreign files are answered with any kind of exception, from EOFError to UnpicklingError.
        raise UsageError(f"{path} is damaged, or no net of cnntutor: train it again.") from error


def write(checkpoint: Checkpoint, path: Path) -> None:
    """Write a net to a file; its folder is made if it is not there.

    Raises:
        UsageError: the file cannot be written.
    """
    import torch

    def fill(part: Path) -> None:
        # Given a path, torch would write its name into the file; equal nets shall make equal files.
        with part.open("wb") as file:
            torch.save(_plain(checkpoint), file)

    _atomically(path, fill)


# Files


def _shipped_dir() -> Path:
    return paths.assets_dir() / "nets"


def _own_dir() -> Path:
    return paths.data_dir() / "checkpoints"


def _names_in(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob(f"*{_SUFFIX}") if _NAME.fullmatch(path.stem)))


def file_of(name: str) -> Path:
    """Where the net of this name lies, among the shipped ones or the learner's own, whether or not it is there."""
    shipped = _shipped_dir() / f"{name}{_SUFFIX}"
    return shipped if shipped.is_file() else _own_dir() / f"{name}{_SUFFIX}"


def _own_file(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError(f"A net cannot be called “{name}”: use letters, digits, - and _, at most 64 of them.")
    if name in _names_in(_shipped_dir()):
        raise UsageError(f"{name} is the name of a net that ships with cnntutor: choose another name.")
    return _own_dir() / f"{name}{_SUFFIX}"


def _atomically(path: Path, fill: Callable[[Path], object]) -> None:
    """Let `fill` write a file beside `path`, then put it in its place in one step."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fill(part)
        part.replace(path)
    # torch.save reports a full disk as a RuntimeError.
    except (OSError, RuntimeError) as error:
        raise UsageError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _list(there: tuple[str, ...]) -> str:
    return f"are {', '.join(there)}" if there else "is none yet; the demo train makes one"


# Contents


def _plain(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "spec": asdict(checkpoint.spec),
        "state": {path: values.detach().cpu() for path, values in checkpoint.state.items()},
        "class_names": list(checkpoint.class_names),
        "mean": list(checkpoint.mean),
        "std": list(checkpoint.std),
        "data": checkpoint.data,
        "seed": checkpoint.seed,
        "figures": dict(checkpoint.figures),
        "curves": {name: list(values) for name, values in checkpoint.curves.items()},
        "made_by": checkpoint.made_by,
    }


def _from_plain(values: dict[str, Any]) -> Checkpoint:
    """Raises some exception unless everything is there and the weights fit the net."""
    if values.pop("format") != _FORMAT:
        raise ValueError("another format")
    lists = {name: tuple(values[name]) for name in ("class_names", "mean", "std")}
    checkpoint = Checkpoint(**values | lists | {"spec": NetSpec(**values["spec"])})
    _empty(checkpoint.spec).load_state_dict(dict(checkpoint.state), assign=True)
    return checkpoint


def _empty(spec: NetSpec) -> ConvNet:
    """The net without weights; unlike a new one, it draws no random numbers."""
    import torch

    from cnntutor.vision.models import ConvNet

    with torch.device("meta"):
        return ConvNet(spec)
