"""What a podcast script lacks: words, chapters, a second voice, and a way to say what stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cnntutor.course.check_amounts import check_least, check_words
from cnntutor.course.models import Course, Problem, Script, Sentence, Topic
from cnntutor.course.reading_ease import reading_ease
from cnntutor.course.spoken import spoken, unspeakable

SCRIPT_WORDS = (430, 600)
LEAST_CHAPTERS = 3
LONGEST_SENTENCE = 28
"""Words that a listener can hold together."""
LEAST_EASE = 65
"""Flesch's reading ease: plain English, as it is heard once and not read again."""


def check_script(topic: Topic, course: Course) -> Iterator[Problem]:
    """The problems of a topic's script; a topic without one has them from loading."""
    script = topic.script
    if not script.chapters:
        return
    file = topic.folder / "podcast.md"
    yield from check_words(file, "script", script.words, SCRIPT_WORDS)
    yield from check_least(file, "chapters", len(script.chapters), LEAST_CHAPTERS)
    yield from _silent_hosts(file, script, course)
    yield from _unspeakable(file, script, course)
    yield from _hard_to_hear(file, script, course)


def _silent_hosts(file: Path, script: Script, course: Course) -> Iterator[Problem]:
    speaking = {line.host for chapter in script.chapters for line in chapter.lines}
    for host in course.hosts:
        if speaking and host not in speaking:
            yield Problem(file, 1, f"{host} says nothing", "make it a conversation")


def _unspeakable(file: Path, script: Script, course: Course) -> Iterator[Problem]:
    fix = "add it to pronunciation.yaml, or write it the way people say it"
    for sentence in _sentences(script):
        for token in unspeakable(sentence.text, course.pronunciation):
            yield Problem(file, sentence.line, f"nobody knows how to say “{token}”", fix)


def _hard_to_hear(file: Path, script: Script, course: Course) -> Iterator[Problem]:
    said = [spoken(sentence.text, course.pronunciation) for sentence in _sentences(script)]
    for sentence, words in zip(_sentences(script), said, strict=True):
        if len(words.split()) > LONGEST_SENTENCE:
            fix = f"split it: {LONGEST_SENTENCE} are as many as a listener can hold"
            yield Problem(file, sentence.line, f"a sentence of {len(words.split())} words is spoken here", fix)
    ease = reading_ease(said)
    if ease < LEAST_EASE:
        fix = "write shorter sentences and plainer words"
        yield Problem(file, 1, f"the script is hard to follow by ear (reading ease {ease:.0f} of {LEAST_EASE})", fix)


def _sentences(script: Script) -> Iterator[Sentence]:
    for chapter in script.chapters:
        for line in chapter.lines:
            yield from line.sentences
