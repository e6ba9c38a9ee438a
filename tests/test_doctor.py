"""What the doctor says of an installation that is not well."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from cnntutor import doctor
from cnntutor.doctor import Finding


def finding(name: str) -> Finding:
    return next(found for found in doctor.examine() if found.name == name)


@pytest.mark.usefixtures("home")
def test_whatever_a_check_raises_is_a_finding_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ImportError("libtorch.so:\n  file too short")

    monkeypatch.setattr(doctor, "_device", broken)
    monkeypatch.setattr(doctor, "_database", lambda: (_ for _ in ()).throw(PermissionError(13, "denied", "/x")))
    assert finding("device") == Finding("device", False, "ImportError: libtorch.so: file too short")
    assert not finding("database").ok
    assert finding("terminal").ok


@pytest.mark.parametrize(
    ("number", "says"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "set CNNTUTOR_HOME elsewhere")]
)
def test_a_data_folder_that_cannot_be_written_is_left_as_it_was(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    def begun_and_failed(self: Path, _data: bytes) -> int:
        self.touch()
        raise OSError(number, "no")

    monkeypatch.setattr(Path, "write_bytes", begun_and_failed)
    found = finding("data")
    assert not found.ok
    assert says in found.text
    assert not (home / ".doctor").exists()
