"""What an MP3 file says about itself: title, course, number, summary, words and chapters. Pure.

This is ID3v2.3 (https://id3.org/id3v2.3.0) with the Chapter Frame Addendum (https://id3.org/id3v2-chapters-1.0).
Version 2.4 would be newer, but fewer file managers and car radios read it, and players that take its frame sizes for
plain numbers lose every chapter whose frame has 128 bytes or more.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_HEADER = 10
"""Bytes of a tag's header."""

_NO_OFFSET = 0xFFFFFFFF
"""In place of a chapter's position in bytes: its time counts."""

_TOP_LEVEL_IN_ORDER = 0b11
_MOST_CHAPTERS = 255
"""A table of contents counts its entries in one byte."""


@dataclass(frozen=True, slots=True)
class Tag:
    """What a player shows of a lesson."""

    title: str
    artist: str
    album: str
    number: int
    """From 1."""
    of: int
    """How many lessons the album has."""
    seconds: float
    """How long it lasts."""
    summary: str
    words: str
    """All that is said; players show it where they show lyrics."""
    chapters: tuple[tuple[float, str], ...]
    """When each chapter starts in seconds, and its title."""


def with_tag(mp3: bytes, tag: Tag) -> bytes:
    """The sound of an MP3 file, untouched, behind this tag; a tag that it had in front is dropped."""
    frames = b"".join(_frames(tag))
    return b"ID3\x03\x00\x00" + _seven_bits_a_byte(len(frames)) + frames + _without_tag(mp3)


def _without_tag(mp3: bytes) -> bytes:
    if not mp3.startswith(b"ID3"):
        return mp3
    size = sum(byte << shift for byte, shift in zip(mp3[6:_HEADER], (21, 14, 7, 0), strict=True))
    return mp3[_HEADER + size :]


def _seven_bits_a_byte(number: int) -> bytes:
    """A tag's size: no byte of it may look like the beginning of sound."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _frames(tag: Tag) -> Iterator[bytes]:
    yield _text("TIT2", tag.title)
    yield _text("TPE1", tag.artist)
    yield _text("TALB", tag.album)
    yield _text("TRCK", f"{tag.number}/{tag.of}")
    yield _text("TCON", "Podcast")
    yield _text("TLEN", str(_milliseconds(tag.seconds)))
    yield _long_text("COMM", tag.summary)
    yield _long_text("USLT", tag.words)
    yield from _chapters(tag.chapters[:_MOST_CHAPTERS], tag.seconds)


def _chapters(chapters: tuple[tuple[float, str], ...], duration: float) -> Iterator[bytes]:
    if not chapters:
        return
    ids = [f"chapter{number}".encode() + b"\0" for number in range(1, len(chapters) + 1)]
    yield _frame("CTOC", b"contents\0" + bytes([_TOP_LEVEL_IN_ORDER, len(ids)]) + b"".join(ids))
    spans = pairwise([*(start for start, _ in chapters), duration])
    for name, (start, end), (_, title) in zip(ids, spans, chapters, strict=True):
        times = struct.pack(">4I", _milliseconds(start), _milliseconds(end), _NO_OFFSET, _NO_OFFSET)
        yield _frame("CHAP", name + times + _text("TIT2", title))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _text(kind: str, text: str) -> bytes:
    """A text of one line; without it there is no frame."""
    encoding, letters, _ = _encoded(" ".join(text.split()))
    return _frame(kind, encoding + letters) if letters else b""


def _long_text(kind: str, text: str) -> bytes:
    """A text of several lines in English, with an empty description; without it there is no frame."""
    encoding, letters, empty = _encoded(text)
    return _frame(kind, encoding + b"eng" + empty + letters) if letters else b""


def _encoded(text: str) -> tuple[bytes, bytes, bytes]:
    """The number of an encoding, a text in it, and an empty text that ends in it: UTF-16 where ASCII does not do."""
    text = text.replace("\0", " ")
    if text.isascii():
        return b"\0", text.encode(), b"\0"
    mark = codecs.BOM_UTF16_LE
    return b"\1", mark + text.encode("utf-16-le"), mark + b"\0\0"


def _frame(kind: str, content: bytes) -> bytes:
    return kind.encode() + struct.pack(">IH", len(content), 0) + content
