"""Where `cnntutor` begins. Without arguments the app starts at once; every command is in `commands.py`.

Building the commands costs about 150 ms (Typer and what it imports), which the app's first paint need not wait for.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from cnntutor.errors import CnntutorError


def main() -> NoReturn:
    """Run a command line; end with 0, 1 (it could not) or 2 (wrong usage), and never with a traceback."""
    try:
        status = _run(sys.argv[1:])
        sys.stdout.flush()
    except CnntutorError as error:
        _end(str(error), error.exit_status)
    except KeyboardInterrupt:
        _end("Stopped.", 1)
    except BrokenPipeError:
        # Whoever read our output has seen enough; keep Python from complaining about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    raise SystemExit(status)


def _run(arguments: list[str]) -> int:
    if not arguments and not os.environ.get("CNNTUTOR_PLAIN"):
        from cnntutor.start import start

        start()
        return 0
    from cnntutor.commands import run

    return run(arguments)


def _end(line: str, status: int) -> NoReturn:
    print(f"cnntutor: {line}", file=sys.stderr)
    raise SystemExit(status)
