"""Every command: it starts the app or prints. Nothing heavy but Typer is imported until a command needs it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core
import typer.main

from cnntutor.command_line import AsJson, CommandGroup, load_the_course, path_given, print_json
from cnntutor.demo_commands import demo_app, inspect
from cnntutor.errors import CnntutorError, UsageError
from cnntutor.podcast_commands import podcast_app
from cnntutor.start import run_app
from cnntutor.start import start as start_app
from cnntutor.wording import plural, sentence

if TYPE_CHECKING:
    from cnntutor.course.models import Topic
    from cnntutor.services import Services

LONGEST_ANSWER_MS = 86_400_000
"""A day: whoever took longer did not sit at the card."""

app = typer.Typer(
    help="Learn convolutional neural networks in the terminal, and still know them a year later.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


course_app = typer.Typer(help="The course: list, show, check.", cls=CommandGroup, rich_markup_mode=None)
app.add_typer(course_app, name="course")
app.add_typer(demo_app, name="demo")
app.add_typer(podcast_app, name="podcast")
app.command()(inspect)

USAGE_ERRORS: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""What Typer raises for wrong usage. Some of its versions bring a Click of their own, so it is found by its name."""

Plain = Annotated[bool, typer.Option("--plain", help="Append-only text without redraws, for screen readers.")]
TopicName = Annotated[str, typer.Argument(help="The topic's slug; `cnntutor course list` gives them.")]


def run(arguments: list[str]) -> int:
    """Run one command.

    Returns:
        The exit status.

    Raises:
        CnntutorError: it could not be done.
        UsageError: it was called wrongly.
    """
    # Not `app(arguments)`: Typer would turn a reader that has seen enough, and Ctrl+C, into statuses of its own.
    command = typer.main.get_command(app)
    try:
        with command.make_context("cnntutor", arguments) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.Abort:
        raise CnntutorError("Stopped.") from None
    except USAGE_ERRORS as error:
        raise UsageError(f"{sentence(error.format_message())} `cnntutor --help` lists the commands.") from None
    return 0


# The app and the plain mode


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    plain: Plain = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Open the app. Without a terminal: print today's plan."""
    context.obj = plain or bool(os.environ.get("CNNTUTOR_PLAIN"))
    if version:
        from cnntutor import __version__

        print(f"cnntutor {__version__}")
    elif context.invoked_subcommand is None:
        if context.obj:
            from cnntutor.plain.home import home

            home(_open())
        else:
            start_app()


@app.command()
def review(
    context: typer.Context,
    topic: Annotated[str | None, typer.Option(help="Only the cards of this topic.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many cards.")] = None,
    plain: Plain = False,
) -> None:
    """Go straight into review."""
    if plain or context.obj:
        from cnntutor.plain.review import review_plainly

        review_plainly(_open(), topic=topic, limit=limit)
        return
    from cnntutor.tui.routes import ToReview

    if topic is not None:
        load_the_course().topic(topic)
    run_app(ToReview(topic=topic, limit=limit))


@app.command()
def lesson(
    context: typer.Context,
    topic: TopicName,
    tab: Annotated[str, typer.Option(help="summary, listen, read, cards, quiz, demo or links.")] = "summary",
    plain: Plain = False,
) -> None:
    """Open a lesson."""
    if plain or context.obj:
        from cnntutor.plain.lesson import read_plainly

        read_plainly(_open(), topic, tab)
        return
    from cnntutor.course.tabs import check_tab
    from cnntutor.tui.routes import ToLesson

    run_app(ToLesson(load_the_course().topic(topic).slug, tab=check_tab(tab)))


@app.command()
def quiz(
    context: typer.Context,
    topic: Annotated[str | None, typer.Argument(help="The topic's slug; the next one on the path by default.")] = None,
    placement: Annotated[bool, typer.Option("--placement", help="A short quiz that lets you pass the topic.")] = False,
    plain: Plain = False,
) -> None:
    """Take a quiz."""
    if plain or context.obj:
        from cnntutor.plain.quiz import quiz_plainly

        quiz_plainly(_open(), topic, placement=placement)
        return
    from cnntutor.tui.routes import ToQuiz

    found = load_the_course().topic(topic) if topic is not None else _next_topic()
    run_app(ToQuiz(found.slug, placement=placement))


def _next_topic() -> Topic:
    from cnntutor.plan import next_topic

    services = _open()
    with services.store:
        return next_topic(services.course, services.store)


def _open() -> Services:
    from cnntutor.services import open_services

    return open_services()


# Memory


@app.command()
def due(as_json: AsJson = False) -> None:
    """Print what is due, for a shell prompt or a status bar."""
    from cnntutor.services import open_store

    with open_store(lambda problems: print(problems, file=sys.stderr)) as store:
        queue = store.queue()
    counts = queue.counts
    if as_json:
        print_json(
            {
                "due": counts.due,
                "new": counts.new,
                "learning": counts.learning,
                "next_due": queue.next_due.isoformat() if queue.next_due else None,
                "cards": list(queue.cards),
            }
        )
        return
    print(f"{counts.due} due, {counts.learning} learning, {counts.new} new")


@app.command()
def answer(
    card: Annotated[str, typer.Argument(help="The card's id; `cnntutor course show TOPIC` gives them.")],
    rating: Annotated[str, typer.Argument(help="again, hard, good or easy.")],
    at: Annotated[str | None, typer.Option(help="When, as ISO 8601 with a time zone; now by default.")] = None,
    ms: Annotated[int, typer.Option(min=0, max=LONGEST_ANSWER_MS, help="How long it took, in milliseconds.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Answer one card without a screen."""
    from cnntutor.describe import log_entry
    from cnntutor.memory.due import due_at
    from cnntutor.memory.models import Rating

    services = _open()
    services.course.card(card)
    row = services.store.answer(card, Rating.named(rating), _instant(at), ms=ms, source="command")
    state = services.store.memory(card).state
    due = due_at(state, services.store.calendar)
    assert due is not None
    if as_json:
        known = {"phase": state.phase.value, "stability": state.stability, "difficulty": state.difficulty}
        print_json({**log_entry(row), "due": due.isoformat(), **known})
        return
    print(f"{card}: {rating}, due {due.astimezone():%Y-%m-%d %H:%M}")


def _instant(text: str | None) -> datetime | None:
    """An instant as typed; without a time zone it is local time.

    Raises:
        UsageError: it is not ISO 8601.
    """
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise UsageError(f"“{text}” is no time: write it like 2026-01-31T08:00:00+00:00.") from None


@app.command()
def log(
    every: Annotated[
        bool, typer.Option("--all", help="Every row: undone answers too, undo, bury, flag and so on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the review log, oldest first: the answers that count; --all adds undone ones and marks."""
    from cnntutor.describe import event_entries, event_lines, log_entry, log_line

    store = _open().store
    rows = store.events() if every else store.log()
    if as_json:
        print_json(event_entries(rows) if every else [log_entry(row) for row in rows])
        return
    for line in event_lines(rows) if every else map(log_line, rows):
        print(line)


@app.command()
def stats(as_json: AsJson = False) -> None:
    """Print what the log says: streak, retention, durability by topic, forecast."""
    services = _open()
    statistics = services.store.statistics()
    if as_json:
        print_json(statistics.as_json())
        return
    from cnntutor.plain.stats import print_statistics

    print_statistics(services.course, statistics)


# The course


@course_app.command("list")
def course_list(as_json: AsJson = False) -> None:
    """List the topics in course order."""
    from cnntutor.describe import topic_rows

    rows = topic_rows(load_the_course())
    if as_json:
        print_json(rows)
        return
    width = max(len(str(row["slug"])) for row in rows) if rows else 0
    for row in rows:
        holds = f"{plural(row['cards'], 'card')}, {plural(row['questions'], 'question')}"
        print(f"{row['slug']:{width}}  {row['title']}  ({holds})")


@course_app.command("show")
def course_show(topic: TopicName, as_json: AsJson = False) -> None:
    """Show one topic: its summary, sections, cards, questions and links."""
    from cnntutor.describe import topic_document, topic_text

    course = load_the_course()
    found = course.topic(topic)
    if as_json:
        print_json(topic_document(course, found))
        return
    print(topic_text(course, found))


@course_app.command("check")
def course_check(
    folder: Annotated[
        str | None, typer.Argument(help="A course's folder, or one that holds courses; the app's own by default.")
    ] = None,
    note_ids: Annotated[
        bool, typer.Option("--note-ids", help="First write new ids of cards and questions down.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check every file of a course; end with 1 if something is wrong."""
    from cnntutor.course import check_ids
    from cnntutor.course.check import check
    from cnntutor.demo_links import broken_links

    course = load_the_course(path_given("FOLDER", folder))
    if note_ids:
        check_ids.note_ids(course)
    problems = [*check(course), *broken_links(course)]
    if as_json:
        print_json([{"file": str(p.file), "line": p.line, "message": p.message, "fix": p.fix} for p in problems])
    else:
        for problem in problems:
            print(problem)
        topics = list(course.topics())
        cards = sum(len(topic.cards) for topic in topics)
        questions = sum(len(topic.questions) for topic in topics)
        amounts = f"{plural(len(topics), 'topic')}, {plural(cards, 'card')}, {plural(questions, 'question')}"
        print(f"{course.title}: {amounts}, {plural(len(problems), 'problem') if problems else 'no problems'}")
    if problems:
        raise typer.Exit(1)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check this installation: versions, folders, database, course, terminal, device."""
    from cnntutor.doctor import examine

    findings = examine()
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            print(f"{'ok ' if finding.ok else 'BAD'}  {finding.name:12} {finding.text}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
