from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cnntutor.errors import UsageError
from cnntutor.vision.download import PIECE, Fetched, download

CONTENT = bytes(range(256)) * (PIECE // 100)
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404, "Not Found")
            return
        self.send_response(200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:1000] if self.path == "/short" else CONTENT)

    def log_message(self, *_: object) -> None:
        """The test's output is not for requests."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a real server on this machine."""
    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def fetched(url: str, path: Path, sha256: str = "") -> list[Fetched]:
    return list(download(url, path, sha256=sha256, otherwise="Do without."))


def test_the_whole_file_arrives_and_every_piece_is_reported(server: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "weights.pth"
    reports = fetched(f"{server}/good", path, CHECKSUM[:8])
    assert path.read_bytes() == CONTENT
    assert [report.done for report in reports] == sorted({report.done for report in reports})
    assert len(reports) > 2
    assert reports[0].share == 0
    assert reports[-1] == Fetched(len(CONTENT), len(CONTENT))
    assert list(path.parent.iterdir()) == [path]


def test_a_server_may_keep_the_size_to_itself(server: str, tmp_path: Path) -> None:
    *_, last = fetched(f"{server}/endless", tmp_path / "file", CHECKSUM)
    assert last.share is None
    assert str(last) == f"{len(CONTENT) / 1e6:.1f} MB"


@pytest.mark.parametrize(
    ("page", "sha256", "line"),
    [
        ("good", "0" * 8, f"its checksum is {CHECKSUM[:8]} instead of 00000000"),
        ("short", "", "it broke off after 0.0 of 0.7 MB"),
        ("missing", "", "127.0.0.1 answers 404 Not Found"),
    ],
)
def test_what_is_not_the_file_is_refused_and_thrown_away(
    server: str, tmp_path: Path, page: str, sha256: str, line: str
) -> None:
    with pytest.raises(UsageError) as caught:
        fetched(f"{server}/{page}", tmp_path / "weights.pth", sha256)
    assert str(caught.value) == f"weights.pth cannot be downloaded: {line}. Do without."
    assert list(tmp_path.iterdir()) == []


def test_a_broken_download_leaves_an_older_file_alone(server: str, tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(b"older")
    with pytest.raises(UsageError):
        fetched(f"{server}/good", tmp_path / "weights.pth", "0" * 8)
    assert (tmp_path / "weights.pth").read_bytes() == b"older"


def test_giving_up_leaves_nothing(server: str, tmp_path: Path) -> None:
    pieces = download(f"{server}/good", tmp_path / "weights.pth")
    next(pieces)
    assert len(list(tmp_path.iterdir())) == 1
    pieces.close()
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/file"
        with pytest.raises(UsageError, match=r"127\.0\.0\.1 cannot be reached \(Connection refused\)\. Do without\."):
            fetched(url, tmp_path / "file")


def test_a_folder_that_cannot_be_made_is_named(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="file cannot be written"):
        fetched(f"{server}/good", tmp_path / "file" / "weights.pth")


def test_a_full_disk_says_so(server: str, tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="limits of file sizes, which behave like a full disk")
    code = f"""
import resource, signal
from pathlib import Path
from cnntutor.errors import UsageError
from cnntutor.vision.download import download
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    list(download("{server}/good", Path("{tmp_path}") / "weights.pth"))
except UsageError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "weights.pth cannot be downloaded: there is no room for it in" in done.stdout
    assert list(tmp_path.iterdir()) == []
