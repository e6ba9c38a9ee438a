"""Fetch one file, piece by piece, so that whoever asked can show how far it is. No torch.

The file appears under its name only when it is whole and its checksum is right; whatever goes wrong, nothing is left.
"""

from __future__ import annotations

import errno
import hashlib
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from cnntutor.errors import UsageError

PIECE = 1 << 18
"""Bytes from one report to the next."""

PATIENCE = 20.0
"""Seconds without a byte after which the server counts as out of reach."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How far a download is."""

    done: int
    """Bytes that are here."""
    total: int | None
    """Bytes of the whole file; None where the server does not say."""

    @property
    def share(self) -> float | None:
        """0 to 1, as a frame's progress wants it; None where the end is unknown."""
        return min(1.0, self.done / self.total) if self.total else None

    def __str__(self) -> str:
        whole = f" of {self.total / 1e6:.1f}" if self.total else ""
        return f"{self.done / 1e6:.1f}{whole} MB"


def download(url: str, path: Path, *, sha256: str = "", otherwise: str = "Try again later.") -> Iterator[Fetched]:
    """Fetch a file; closing the iterator early gives up and leaves nothing behind.

    Args:
        url: where it lies, http or https.
        path: where to put it; its folder is made.
        sha256: the first hexadecimal digits of its checksum, as many as are known; empty to check none.
        otherwise: a sentence on what to do without it, for the error line.

    Raises:
        UsageError: the server cannot be reached or answers with an error, the file is not the one that was wanted,
            or it cannot be written.
    """
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        with _explained(url, path, otherwise):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield from _fetch(url, part, sha256)
            part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()


class _BrokenError(Exception):
    """The server was there, but what it sent is not the file."""


def _fetch(url: str, part: Path, sha256: str) -> Iterator[Fetched]:
    request = Request(url, headers={"User-Agent": "cnntutor"})
    with part.open("xb") as file, closing(urlopen(request, timeout=PATIENCE)) as response:
        yield from _copy(response, file, sha256)


def _copy(response: HTTPResponse, file: BinaryIO, sha256: str) -> Iterator[Fetched]:
    digest, done, total = hashlib.sha256(), 0, _length(response)
    yield Fetched(done, total)
    while piece := response.read(PIECE):
        file.write(piece)
        digest.update(piece)
        done += len(piece)
        yield Fetched(done, total)
    if total is not None and done < total:
        raise _BrokenError(f"it broke off after {Fetched(done, total)}")
    if not digest.hexdigest().startswith(sha256.lower()):
        raise _BrokenError(f"its checksum is {digest.hexdigest()[: len(sha256)]} instead of {sha256.lower()}")


def _length(response: HTTPResponse) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


@contextmanager
def _explained(url: str, path: Path, otherwise: str) -> Iterator[None]:
    """Every failure as one line: which file, why, and what to do."""
    try:
        yield
    except (OSError, HTTPException, _BrokenError) as error:
        raise UsageError(f"{path.name} cannot be downloaded: {_reason(error, url, path)}. {otherwise}") from error


def _reason(error: Exception, url: str, path: Path) -> str:
    host = urlsplit(url).hostname or url
    match error:
        case HTTPError(code=code, reason=reason):
            return f"{host} answers {code} {reason}"
        case URLError(reason=OSError(strerror=str(reason))) | URLError(reason=reason):
            return f"{host} cannot be reached ({reason})"
        case _BrokenError():
            return str(error)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            return f"there is no room for it in {path.parent}"
        case TimeoutError() | ConnectionError() | HTTPException():
            return f"the connection to {host} broke off"
        case OSError(filename=str(), strerror=reason):
            return f"{path.parent} cannot be written ({reason})"
    return f"the connection to {host} broke off ({error})"
