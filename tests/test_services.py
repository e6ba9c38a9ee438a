"""Opening the memory without reading the whole course, as a shell prompt wants it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntutor.course import load
from cnntutor.services import content_stamp, open_services, open_store


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders of all courses that are loaded."""
    done: list[Path] = []
    really = load.load_course

    def noted(folder: Path) -> object:
        done.append(folder)
        return really(folder)

    monkeypatch.setattr(load, "load_course", noted)
    return done


@pytest.mark.usefixtures("home")
def test_a_course_that_has_not_changed_is_not_read_again(loads: list[Path]) -> None:
    said: list[str] = []
    with open_store(said.append) as store:
        first = store.queue()
    assert len(loads) == 1
    with open_store(said.append) as store:
        assert store.queue() == first
    assert len(loads) == 1
    assert said == []


@pytest.mark.usefixtures("home")
def test_a_new_card_is_due_at_the_next_look(loads: list[Path], tmp_path: Path) -> None:
    with open_services().store as store:
        before = set(store.queue().cards)
    cards = tmp_path / "content" / "small" / "edges" / "cards.md"
    cards.write_text("## fresh\nsection: what\n\nQ: What is new?\n\nA: **This.**\n\n" + cards.read_text())
    with open_store(print) as store:
        assert set(store.queue().cards) - before == {"fresh"}
    assert len(loads) == 2


@pytest.mark.usefixtures("home")
def test_mistakes_in_a_course_are_told_every_time(tmp_path: Path) -> None:
    (tmp_path / "content" / "small" / "edges" / "cards.md").write_text("no note\n")
    said: list[str] = []
    for _ in range(2):
        open_store(said.append).close()
    assert len(said) == 2
    assert said[0] == said[1] != ""


def test_the_stamp_of_a_folder_changes_with_every_file(tmp_path: Path) -> None:
    stamps = [content_stamp(tmp_path)]
    for name, text in (("a.md", "one"), ("a.md", "other"), ("b.md", ""), ("b.md", "x")):
        (tmp_path / name).write_text(text)
        stamps.append(content_stamp(tmp_path))
    (tmp_path / "a.md").rename(tmp_path / "c.md")
    stamps.append(content_stamp(tmp_path))
    assert len(set(stamps)) == len(stamps)
