"""What the checker says about links from a course to demos."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntutor.course.load import load_course
from cnntutor.demo_links import broken_links


def problems_of(folder: Path) -> list[str]:
    return [f"{problem.file.name}:{problem.line}: {problem.message}" for problem in broken_links(load_course(folder))]


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    return tmp_path / "content" / "small"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_links_that_open_are_no_problem(folder: Path) -> None:
    assert problems_of(folder) == []


def test_a_demo_that_nobody_built_is_named_with_the_line_of_its_topic(folder: Path) -> None:
    edit(folder / "course.yaml", "slug: edges, demos: [convolve]", "slug: edges, demos: [convolve, levitate]")
    assert problems_of(folder) == ["course.yaml:6: there is no demo “levitate”"]


def test_a_knob_that_cannot_be_turned_so_is_named_with_its_item(folder: Path) -> None:
    edit(folder / "edges" / "cards.md", "demo: convolve side={size}", "demo: convolve syde={size}")
    (card,) = problems_of(folder)
    assert card.startswith("cards.md:")
    assert "edges-size: its demo cannot be opened" in card
    assert "syde" in card


def test_a_cue_of_a_script_is_looked_at_as_well(folder: Path) -> None:
    edit(folder / "edges" / "podcast.md", "Ben: Good.", "Ben: Good. {demo: convolve stride=99}")
    (cue,) = problems_of(folder)
    assert cue.startswith("podcast.md:")
    assert "a cue: its demo cannot be opened" in cue
