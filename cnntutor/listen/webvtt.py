"""A transcript as WebVTT, which browsers and podcast players read (https://www.w3.org/TR/webvtt1/). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cnntutor.listen.timing import TimedLine, Timetable


def webvtt(timetable: Timetable, title: str = "") -> str:
    """The transcript of a lesson: one cue a sentence, each with its speaker.

    Args:
        timetable: what is said, by whom and when.
        title: the lesson's, for a note at the top.
    """
    return "\n\n".join(["WEBVTT", *_note(title), *map(_cue, timetable.lines)]) + "\n"


def _note(title: str) -> Iterator[str]:
    if title:
        yield f"NOTE {_on_one_line(title).replace('-->', '→')}"


def _cue(line: TimedLine) -> str:
    start = round(line.start * 1000)
    end = max(round(line.end * 1000), start + 1)  # a cue must last some time
    return f"{_stamp(start)} --> {_stamp(end)}\n<v {_escaped(line.host)}>{_escaped(line.text)}"


def _stamp(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"


def _escaped(text: str) -> str:
    return _on_one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _on_one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())
