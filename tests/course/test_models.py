"""The models: what they find, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cnntutor.course.lookup import unknown
from cnntutor.course.models import problem_line
from cnntutor.errors import CourseError, UsageError


def test_a_course_finds_topics_and_cards(folder):
    course = folder.load()
    assert course.card("kernel/2").note == "kernel"
    assert course.topic_of("kernel/2") is course.topic("edges")
    assert course.has_card("edge")
    assert not course.has_card("gone")


@pytest.mark.parametrize("look", [lambda c: c.topic("egdes"), lambda c: c.card("edg"), lambda c: c.topic_of("edg")])
def test_an_unknown_name_is_answered_with_the_nearest(folder, look):
    with pytest.raises(UsageError, match="did you mean edge"):
        look(folder.load())


def test_a_name_like_no_other_is_answered_with_where_to_look():
    assert "`cnntutor course list` lists them" in str(unknown("topic", "zzz", ["edges"], "cnntutor course list"))


def test_a_name_with_an_escape_character_cannot_steer_the_terminal():
    assert str(unknown("topic", "\x1b[2J\n", ["edges"], "here")).startswith(r"There is no topic “\x1b[2J\n”")


def test_a_course_without_topics_has_no_first_one(folder):
    folder.write("course.yaml", "title: Small\nhosts: {Ada: asks, Ben: builds}\nparts: []\n")
    with pytest.raises(CourseError, match=r"“Small” has no topics yet: list them in .*course\.yaml"):
        folder.load().first_topic()


def test_the_line_on_mistakes_counts_files(folder):
    assert problem_line(folder.load()) == ""
    folder.write("resources.yaml", "- one: 1\n- two: 2\n")
    assert problem_line(folder.load()).startswith("1 file of the course has mistakes: `cnntutor course check`")


def test_the_models_need_no_parser():
    heavy = ("yaml", "markdown_it", "unicodeit", "torch", "textual", "sqlmodel")
    code = f"import sys, cnntutor.course.models; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
