from __future__ import annotations

from pathlib import Path

import pytest

from cnntutor.tui.pasted import pasted_file


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "my cat's (1) é.png"
    path.write_bytes(b"x")
    return path


@pytest.mark.parametrize(
    "written",
    [
        "{path}",
        "  {path}\n",
        '"{path}"',
        "file://{quoted}",
        "{escaped}",
        "{path}\nand a second line",
    ],
)
def test_a_dropped_file_is_found_however_the_terminal_writes_it(picture: Path, written: str) -> None:
    from urllib.parse import quote

    escaped = str(picture)
    for sign in " '()":
        escaped = escaped.replace(sign, f"\\{sign}")
    text = written.format(path=picture, quoted=quote(str(picture)), escaped=escaped)
    assert pasted_file(text) == picture


@pytest.mark.parametrize("text", ["", "   ", "a word", "x" * 9999, "'unclosed", "a\0b", "~nobody/x.png"])
def test_other_texts_name_no_file(text: str) -> None:
    assert pasted_file(text) is None


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    assert pasted_file(str(tmp_path)) is None
