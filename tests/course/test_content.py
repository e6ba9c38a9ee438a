"""The course that ships: sound, and every number in it true."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
from collections.abc import Iterator

import pytest
from shipped import COURSE

from cnntutor.course.check import check
from cnntutor.course.models import Topic
from cnntutor.course.typed import PrintsQuestion
from cnntutor.listen.timing import estimate

os.environ.setdefault("KERAS_BACKEND", "torch")  # the Keras examples run on the torch that is there

TOPICS = list(COURSE.topics())
PRINTS = [question for topic in TOPICS for question in topic.questions if isinstance(question, PrintsQuestion)]


def ids(items: list[Topic] | list[PrintsQuestion]) -> Iterator[str]:
    return (item.slug if isinstance(item, Topic) else item.id for item in items)


def test_the_course_is_clean():
    assert "\n".join(map(str, check(COURSE))) == ""


@pytest.mark.parametrize("topic", TOPICS, ids=ids(TOPICS))
def test_the_examples_of_an_article_print_what_it_says(topic):
    """One namespace an article, as a reader would type it."""
    names: dict[str, object] = {}
    file = str(topic.folder / "article.md")
    for example in topic.article.examples:
        parsed = doctest.DocTestParser().get_doctest(example.code, names, topic.slug, file, example.line - 1)
        report = io.StringIO()
        result = doctest.DocTestRunner(verbose=False).run(parsed, out=report.write, clear_globs=False)
        assert result.failed == 0, report.getvalue()
        assert result.attempted
        names = parsed.globs


@pytest.mark.parametrize("question", PRINTS, ids=ids(PRINTS))
def test_code_prints_the_answer_of_its_question(question):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(question.code, question.id, "exec"), {"__name__": "__main__"})
    assert printed.getvalue().split() == question.answer.split()


@pytest.mark.parametrize("topic", TOPICS, ids=ids(TOPICS))
def test_every_card_and_question_can_be_shown_again_and_again(topic):
    for seed in range(25):
        assert all(card.draw(seed).front and card.draw(seed).back for card in topic.cards)
        assert all(question.pose(seed).prompt for question in topic.questions)


def test_the_opening_topic_is_the_showcase():
    topic = COURSE.topic("what-is-a-cnn")
    assert len(topic.cards) >= 16
    assert len(topic.questions) >= 12
    assert any("parameter sharing" in question.pose(0).prompt for question in topic.questions)
    assert 185 <= estimate(topic.script).duration <= 215
