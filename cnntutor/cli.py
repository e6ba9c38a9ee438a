"""Where `cnntutor` begins. Without arguments the app starts at once; every command is in `commands.py`.

Building the commands costs about 150 ms (Typer and what it imports), which the app's first paint need not wait for.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import NoReturn, TextIO

from cnntutor.errors import CnntutorError
from cnntutor.wording import printable


def main() -> NoReturn:
    """Run a command line; end with 0, 1 (it could not) or 2 (wrong usage), and never with a traceback."""
    _prepare_streams()
    try:
        status = _run(sys.argv[1:])
        sys.stdout.flush()
    except CnntutorError as error:
        _end(str(error), error.exit_status)
    except KeyboardInterrupt:
        _end("Stopped.", 1)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        _discard(sys.stdout)
        raise SystemExit(0) from None
    except OSError as error:
        _discard(sys.stdout)
        where = f"{error.filename}: " if error.filename else ""
        _end(f"Reading or writing failed. {where}{error.strerror or error}.", 1)
    raise SystemExit(status)


def _run(arguments: list[str]) -> int:
    if not arguments and not os.environ.get("CNNTUTOR_PLAIN"):
        from cnntutor.start import start

        start()
        return 0
    from cnntutor.commands import run

    return run(arguments)


def _prepare_streams() -> None:
    """A stream that is closed becomes the null device; a character that a stream cannot carry, a question mark."""
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _end(line: str, status: int) -> NoReturn:
    _flush(sys.stdout)
    with contextlib.suppress(OSError):
        print(f"cnntutor: {printable(line)}", file=sys.stderr)
    _flush(sys.stderr)
    raise SystemExit(status)


def _flush(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        _discard(stream)


def _discard(stream: TextIO) -> None:
    """Throw away what a stream still holds, so that Python does not complain about it at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
