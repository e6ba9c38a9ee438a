"""eSpeak NG: clear, if robotic; it comes as a wheel, so it speaks wherever pip installs it.

The library is GPL-3. It is a program of its own here (`espeak_child`), never loaded into the app's process.
"""

from __future__ import annotations

from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cnntutor.listen.child_engine import Child

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples

_VOICES = {"asks": "gmw/en-US+f3", "builds": "gmw/en-GB-x-rp+m3"}
"""A language and a variant of its voice: an American of about 210 Hz, an Englishman of about 105 Hz."""


class Espeak:
    """eSpeak NG from the wheel `espeakng-loader`."""

    name = "espeak-ng en-US f3, en-GB m3"

    def __init__(self) -> None:
        """Nothing starts before the first sentence."""
        self._child = Child("eSpeak NG", "cnntutor.listen.engines.espeak_child")

    @staticmethod
    def available() -> bool:
        """Whether the wheel is installed; looks without importing it."""
        return find_spec("espeakng_loader") is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self._child.close()

    def say(self, role: str, text: str) -> tuple[Samples, int]:
        """Speak one sentence; see `Engine.say`."""
        return self._child.ask(voice=_VOICES[role], text=text)
