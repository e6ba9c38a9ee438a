"""What the README says is so: its commands exist, its pictures are there, its two commands are the Makefile's."""

from __future__ import annotations

import re
from pathlib import Path

from typer.main import get_command

from cnntutor.commands import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def commands() -> set[str]:
    return {name for name, command in get_command(app).commands.items() if not command.hidden}  # type: ignore[attr-defined]


def test_every_command_is_in_the_readme_and_every_one_there_exists() -> None:
    block = re.search(r"## Commands\n\n```\n(.*?)```", README, re.DOTALL)
    assert block is not None
    named = set(re.findall(r"cnntutor ([a-z]+)", block[1]))
    assert named == commands()


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"\((docs/[^)]+)\)", README)
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_the_readmes_make_targets_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make (\w+)", README)) <= targets | {"for"}


def test_the_files_that_the_documents_link_to_exist() -> None:
    for document in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / document).read_text())
        assert [link for link in links if not (ROOT / link).exists()] == []
