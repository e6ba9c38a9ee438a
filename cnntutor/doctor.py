"""Is this installation well? Versions, folders, database, course, terminal, device."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cnntutor.errors import CnntutorError
from cnntutor.wording import plural

PROBE_BYTES = 4096
"""A few bytes may still fit where not a page of the database does."""

PACKAGES = ("textual", "sqlmodel", "fsrs", "torch", "torchvision", "numpy", "pillow")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    ok: bool
    text: str

    def as_json(self) -> dict[str, object]:
        """The finding as `doctor --json` gives it."""
        return {"name": self.name, "ok": self.ok, "text": self.text}


def examine() -> list[Finding]:
    """Look at everything; a finding that is not ok says in its text what to do."""
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("cnntutor", _program),
        *((name, lambda name=name: _package(name)) for name in PACKAGES),
        ("data", _data),
        ("database", _database),
        ("course", _course),
        ("terminal", _terminal),
        ("device", _device),
        ("demos", _demos),
        ("sound", _sound),
    )
    return list(_run(checks))


def _run(checks: tuple[tuple[str, Callable[[], str]], ...]) -> Iterator[Finding]:
    for name, check in checks:
        try:
            yield Finding(name, True, check())
        except CnntutorError as error:
            yield Finding(name, False, str(error))
        except Exception as error:
            # Whatever else goes wrong here is what the doctor was called for.
            yield Finding(name, False, " ".join(f"{type(error).__name__}: {error}".split()))


def _program() -> str:
    from cnntutor import __version__

    return f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}"


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        raise CnntutorError(f"not installed: pip install {name}") from None


def _data() -> str:
    from cnntutor import paths

    folder = paths.data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_in(folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise CnntutorError(f"{folder} cannot be written: the disk is full. Make room on it") from None
        raise CnntutorError(f"{folder} cannot be written ({error.strerror}): set CNNTUTOR_HOME elsewhere") from None
    return f"{folder} can be written"


def _write_in(folder: Path) -> None:
    probe = folder / ".doctor"
    try:
        probe.write_bytes(bytes(PROBE_BYTES))
    finally:
        with suppress(OSError):
            probe.unlink()


def _database() -> str:
    from cnntutor.services import open_services

    services = open_services()
    with services.store as store:
        before = store.memories()
        store.rebuild()
        if store.memories() != before:
            raise CnntutorError("some cards had drifted from the log; they were put right by replaying it")
        return f"sound: {plural(len(store.log()), 'answer')}, and replaying the log gives the same memories"


def _course() -> str:
    from cnntutor import paths
    from cnntutor.course.check import check
    from cnntutor.course.find import find_course
    from cnntutor.course.load import load_course

    course = load_course(find_course(paths.content_dir()))
    problems = check(course)
    if problems:
        raise CnntutorError(f"{plural(len(problems), 'problem')}, the first: {problems[0]}")
    topics = list(course.topics())
    cards = sum(len(topic.cards) for topic in topics)
    return f"{course.title}: {plural(len(topics), 'topic')}, {plural(cards, 'card')}"


def _terminal() -> str:
    if not sys.stdout.isatty():
        return "none here (output goes to a pipe or file)"
    columns, rows = os.get_terminal_size()
    colour = "true colour" if os.environ.get("COLORTERM") in {"truecolor", "24bit"} else "256 colours or fewer"
    no_colour = ", NO_COLOR is set" if os.environ.get("NO_COLOR") else ""
    return f"{columns}×{rows}, {os.environ.get('TERM', 'unknown')}, {colour}{no_colour}"


def _device() -> str:
    import torch

    if torch.cuda.is_available():
        names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
        return f"CUDA: {', '.join(names)}"
    if torch.backends.mps.is_available():
        return "MPS: Apple GPU"
    return f"CPU, {torch.get_num_threads()} threads"


def _sound() -> str:
    """What would be heard, and who would speak; to do without either is no illness."""
    from cnntutor.listen.engines.choose import choose_engine
    from cnntutor.listen.hearing import why_silent

    try:
        speaker = f"{choose_engine().name} speaks what has no sound yet"
    except CnntutorError as error:
        speaker = str(error)
    return f"{why_silent(os.environ) or 'ready to play'}; {speaker}"


def _demos() -> str:
    from cnntutor.demos.catalogue import names
    from cnntutor.vision import checkpoints
    from cnntutor.vision.torchvision_import import torchvision

    torchvision()
    nets = checkpoints.names()
    for net in nets:
        checkpoints.load(net)
    return f"{plural(len(names()), 'demo')}, {plural(len(nets), 'trained net')} ({', '.join(nets)})"
