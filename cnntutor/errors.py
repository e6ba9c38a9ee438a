"""The few errors a user can meet; each carries one line that says what is wrong and what to do."""

from __future__ import annotations


class CnntutorError(Exception):
    """Something could not be done; `str(error)` is the one line to show.

    The command line prints it on standard error and ends with `exit_status`.
    """

    exit_status = 1


class UsageError(CnntutorError):
    """The user asked for something that does not exist or does not fit: an unknown topic, card or knob."""

    exit_status = 2


class StoreError(CnntutorError):
    """The learner's data cannot be opened, read or written."""


class CourseError(CnntutorError):
    """The course as a whole cannot be opened (single broken files are listed as problems instead)."""


class StaleCardError(CnntutorError):
    """The card was answered elsewhere since it was shown; nothing was recorded."""


class DemoError(CnntutorError):
    """A demo could not go on, or its process ended; nothing else is lost and the next run starts afresh."""


class SpeechError(CnntutorError):
    """A script could not be turned into sound: no engine, or an engine that failed; the transcript still runs."""
