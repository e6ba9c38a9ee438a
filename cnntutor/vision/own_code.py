"""The learner's own nets: `FILE.py:NAME`, where NAME is an `nn.Module`, its class, or a function that makes one.

The file is executed; front ends ask before they let it. What it imports from beside itself works, as `import helper`
and as `from .helper import …`, and `sys.path` and `sys.modules` are afterwards as they were.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from cnntutor.errors import UsageError

if TYPE_CHECKING:
    from torch import nn

_ALONE = "own_code"
"""The package in which a file counts that belongs to none."""


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A name in a file of the learner's."""

    path: Path
    name: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.name}"


def parse(text: str) -> OwnCode | None:
    """`FILE.py:NAME` taken apart; None if the text is nothing of the kind. Looks at no file."""
    file, colon, name = text.strip().rpartition(":")
    if not (colon and file.endswith(".py")):
        return None
    return OwnCode(Path(os.path.expanduser(file)), name.strip())  # noqa: PTH111 (a file may be called ~so)


def load(code: OwnCode) -> nn.Module:
    """Execute the file and make the net. What it prints goes to standard error.

    Raises:
        UsageError: there is no such file or name, the learner's code raised an exception (the line says where), or
            the name stands for something else than a net.
    """
    from torch import nn

    path = _file(code)
    with _beside(path) as module, blamed(path):
        # Compiled from its text: cached bytecode is told from an edited file by whole seconds only.
        exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
        found = _made(code, module)
    if not isinstance(found, nn.Module):
        raise UsageError(f"{code} is a {type(found).__name__}, no net: name an nn.Module or a function that makes one.")
    return found


def _file(code: OwnCode) -> Path:
    try:
        there = code.path.is_file()
    except OSError as error:
        raise UsageError(f"{code.path} cannot be looked at: {error.strerror}.") from None
    if not there:
        raise UsageError(f"There is no file {code.path}: write model as FILE.py:NAME.")
    return code.path.resolve()


def _made(code: OwnCode, module: ModuleType) -> object:
    """What the name stands for; classes and functions are called."""
    from torch import nn

    if not hasattr(module, code.name):
        raise UsageError(f"{code.path.name} has no “{code.name}”{_instead(code.name, module)}")
    found = getattr(module, code.name)
    if isinstance(found, nn.Module) or not callable(found):
        return found
    _refuse_arguments(code, found)
    return found()


def _refuse_arguments(code: OwnCode, maker: Callable[..., object]) -> None:
    try:
        inspect.signature(maker).bind()
    except TypeError as error:
        raise UsageError(f"{code} cannot be made ({error}): name a function that makes it without arguments.") from None
    except ValueError:
        return  # written in C, without a signature to look at


def _instead(name: str, module: ModuleType) -> str:
    own = [known for known, thing in vars(module).items() if getattr(thing, "__module__", None) == module.__name__]
    near = difflib.get_close_matches(name, own, n=1, cutoff=0.5)
    if near:
        return f": did you mean {near[0]}?"
    return f": it has {', '.join(own)}." if own else ": it defines no class and no function."


# Where the file stands among modules


@contextmanager
def _beside(path: Path) -> Iterator[ModuleType]:
    """An empty module for the file, at its place among the packages, while it is executed."""
    folder, name = _place(path)
    paths, modules = sys.path[:], sys.modules.copy()
    sys.path[:] = [str(folder), *paths, str(Path.cwd())]
    importlib.invalidate_caches()
    try:
        with blamed(path):
            module = _new_module(path, name)
        yield module
    finally:
        sys.path[:] = paths
        _restore(modules, folder)


def _place(path: Path) -> tuple[Path, str]:
    """The folder that imports start from, and the file's full name there: `nets.blocks.resnet` inside packages."""
    folder, parts = path.parent, [path.stem]
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts) if len(parts) > 1 else f"{_ALONE}.{path.stem}"


def _new_module(path: Path, name: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__package__ = name.rpartition(".")[0]
    if module.__package__ == _ALONE:
        package = sys.modules[_ALONE] = ModuleType(_ALONE)
        package.__path__ = [str(path.parent)]
    else:
        importlib.import_module(module.__package__)
    sys.modules[name] = module
    return module


def _restore(before: dict[str, ModuleType], folder: Path) -> None:
    """Forget what was imported from the learner's folder; libraries that were imported on the way stay."""
    for name, module in list(sys.modules.items()):
        package, file = name.partition(".")[0], getattr(module, "__file__", None) or ""
        if package == _ALONE or (package not in before and _is_own(file, folder)):
            del sys.modules[name]
    sys.modules.update(before)


def _is_own(file: str, folder: Path) -> bool:
    """Whether the learner wrote it: a virtual environment in the same folder is not the learner's."""
    path = Path(file)
    return file != __file__ and path.is_relative_to(folder) and "site-packages" not in path.parts


# Whose mistake it was


@contextmanager
def blamed(path: Path) -> Iterator[None]:
    """Around the learner's code: what it prints goes to standard error, and what it raises becomes one line.

    Args:
        path: the file that was loaded.

    Raises:
        UsageError: the code raised an exception; the line has the learner's file and line that it came from.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (UsageError, StopIteration):
        raise  # a generator that is asked for its next step ends with StopIteration
    except (Exception, SystemExit) as error:
        raise UsageError(explain(path, error)) from error


def explain(path: Path, error: BaseException) -> str:
    """An exception of the learner's code in one line: the learner's file and line that it came from, and what it says.

    Args:
        path: the file that was loaded.
        error: as it was caught, with its traceback.
    """
    return f"{_where(error, path.resolve())}: {_what(error)}"


def _where(error: BaseException, path: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename and _is_own(error.filename, path.parent):
        return f"{Path(error.filename).name}, line {error.lineno}"
    places = traceback.extract_tb(error.__traceback__)
    own = [place for place in places if _is_own(place.filename, path.parent)]
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}" if own else path.name


def _what(error: BaseException) -> str:
    first = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
