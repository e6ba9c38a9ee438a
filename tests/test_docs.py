"""What the README says is so: its commands exist, its pictures are there, its two commands are the Makefile's."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from typer.main import get_command

from cnntutor.commands import app
from cnntutor.demos.catalogue import names

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def commands() -> set[str]:
    return {name for name, command in get_command(app).commands.items() if not command.hidden}  # type: ignore[attr-defined]


def test_every_command_is_in_the_readme_and_every_one_there_exists() -> None:
    block = re.search(r"## Commands\n\n```\n(.*?)```", README, re.DOTALL)
    assert block is not None
    named = set(re.findall(r"cnntutor ([a-z]+)", block[1]))
    assert named == commands()


def named_commands(text: str) -> set[tuple[str, ...]]:
    """Every `cnntutor …` in backticks: its words up to the first that is an argument or an option."""
    quoted = re.findall(r"`cnntutor(?: --plain)?((?: [a-z]+)+)", text)
    return {tuple(words.split()) for words in quoted}


def is_command(words: tuple[str, ...]) -> bool:
    first, *rest = words
    command = get_command(app).commands.get(first)  # type: ignore[attr-defined]
    inner = getattr(command, "commands", None)
    if command is None or inner is None or not rest:
        return command is not None
    return rest[0] in inner or (first == "demo" and rest[0] in names())


SPEAKING = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "cnntutor").rglob("*.py"))]


@pytest.mark.parametrize("file", SPEAKING, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_command_that_is_recommended_exists(file: Path) -> None:
    assert [words for words in named_commands(file.read_text("utf-8")) if not is_command(words)] == []


def test_recommended_commands_are_found_and_looked_up() -> None:
    text = "try `cnntutor demo convolve`, `cnntutor --plain quiz`, `cnntutor course frob X` or `cnntutor restore FILE`"
    assert {words for words in named_commands(text) if not is_command(words)} == {("course", "frob"), ("restore",)}


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


def test_what_the_readme_shows_in_python_is_so() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        test = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
        assert doctest.DocTestRunner().run(test).failed == 0
