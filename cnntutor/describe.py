"""A course and a review log as rows, documents and text, for the command line and for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cnntutor.course.cards import Card
from cnntutor.course.models import Course, Topic
from cnntutor.course.questions import Question
from cnntutor.listen.library import Library

if TYPE_CHECKING:
    from cnntutor.memory.models import LogRow


def topic_row(course: Course, topic: Topic) -> dict[str, Any]:
    """One topic as `course list --json` gives it."""
    return {
        "slug": topic.slug,
        "title": topic.title,
        "part": topic.part,
        "cards": len(topic.cards),
        "questions": len(topic.questions),
        "demos": list(topic.demos),
        "podcast_seconds": round(Library(course).seconds(topic)),
        "article_words": topic.article.words,
        "resources": len(topic.resources),
    }


def topic_rows(course: Course) -> list[dict[str, Any]]:
    """Every topic in course order, as `course list --json` gives them."""
    return [topic_row(course, topic) for topic in course.topics()]


def topic_document(course: Course, topic: Topic) -> dict[str, Any]:
    """One topic in full, as `course show --json` gives it; computed items as one showing of them."""
    return {
        **topic_row(course, topic),
        "needs": list(topic.needs),
        "summary": topic.summary,
        "sections": [{"id": s.id, "title": s.title, "level": s.level} for s in topic.article.sections],
        "card_list": [_card(card) for card in topic.cards],
        "question_list": [_question(question) for question in topic.questions],
        "resource_list": [
            {
                "title": r.title,
                "authors": r.authors,
                "year": r.year,
                "kind": r.kind,
                "url": r.url,
                "why": r.why,
            }
            for r in topic.resources
        ],
    }


def _card(card: Card) -> dict[str, Any]:
    face = card.draw(0)
    return {"id": card.id, "note": card.note, "section": card.section, "front": face.front, "back": face.back}


def _question(question: Question) -> dict[str, Any]:
    posed = question.pose(0)
    return {
        "id": question.id,
        "kind": question.kind.value,
        "skill": question.skill,
        "section": question.section,
        "prompt": posed.prompt,
        "options": list(posed.options),
    }


def topic_text(course: Course, topic: Topic) -> str:
    """One topic as a person reads it in a terminal."""
    row = topic_row(course, topic)
    minutes, seconds = divmod(row["podcast_seconds"], 60)
    lines = [
        topic.title,
        "=" * len(topic.title),
        "",
        topic.summary.strip(),
        "",
        f"Article: {topic.article.words} words in {len(topic.article.sections)} sections",
        *(f"  {'  ' * (s.level - 2)}{s.title}  #{s.id}" for s in topic.article.sections if s.level > 1),
        f"Podcast: {minutes}:{seconds:02d} in {len(topic.script.chapters)} chapters",
        *(f"  {chapter.title}" for chapter in topic.script.chapters),
        f"Cards: {len(topic.cards)}",
        *(f"  {card.id:28} {_first_line(card.draw(0).front)}" for card in topic.cards),
        f"Questions: {len(topic.questions)}",
        *(f"  {q.id:28} {_first_line(q.pose(0).prompt)}" for q in topic.questions),
        f"Demos: {', '.join(topic.demos)}",
        f"Links: {len(topic.resources)}",
        *(f"  {r.authors} ({r.year}): {r.title}  {r.url}" for r in topic.resources),
    ]
    return "\n".join(lines)


def _first_line(markdown: str) -> str:
    line = markdown.strip().splitlines()[0] if markdown.strip() else ""
    return line if len(line) <= 76 else line[:75] + "…"


def log_entry(row: LogRow) -> dict[str, Any]:
    """One answer as `log --json` gives it."""
    return {
        "id": row.id,
        "card": row.card,
        "rating": _rating(row),
        "at": row.at.isoformat(),
        "ms": row.ms,
        "device": row.device,
    }


def log_line(row: LogRow) -> str:
    """One answer as a person reads it."""
    return f"{row.at.astimezone():%Y-%m-%d %H:%M:%S}  {_rating(row):5}  {row.ms / 1000:5.1f} s  {row.card}"


def event_entries(rows: Sequence[LogRow]) -> list[dict[str, Any]]:
    """Every row of the log as `log --all --json` gives them; what is no answer has an empty rating."""
    undone = _undone(rows)
    return [log_entry(row) | {"event": row.event.value, "undone": row.id in undone} for row in rows]


def event_lines(rows: Sequence[LogRow]) -> Iterator[str]:
    """Every row of the log as a person reads it."""
    undone = _undone(rows)
    for row in rows:
        yield f"{log_line(row)}  {row.event}{', undone' if row.id in undone else ''}"


def _undone(rows: Sequence[LogRow]) -> set[str]:
    return {row.target for row in rows if row.event == "undo"}


def _rating(row: LogRow) -> str:
    return row.rating.name.lower() if row.rating is not None else ""
