"""The program that holds eSpeak NG (GPL-3), through ctypes. The app runs it and talks to it through a pipe.

Names and numbers are those of `speak_lib.h`.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

from cnntutor.listen.child_engine import serve

WORDS_PER_MINUTE = 158

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_RATE = 1  # espeakRATE
_CHARS_UTF8 = 1  # espeakCHARS_UTF8
_POS_CHARACTER = 1

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Library:
    """libespeak-ng, open. It has one state for the whole process: make one."""

    def __init__(self) -> None:
        """Open it.

        Raises:
            RuntimeError: its data are not there.
        """
        import espeakng_loader

        data = Path(espeakng_loader.get_data_path()).resolve()
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        os.chdir(data.parent)  # it keeps 160 bytes of the path and no more
        self.rate = self._lib.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, b".", _INITIALIZE_DONT_EXIT)
        if self.rate <= 0:
            raise RuntimeError(f"its data in {data} are damaged; reinstall espeakng-loader")
        self._sound: list[bytes] = []
        self._callback = _Callback(self._collect)  # the library keeps the pointer: so must we
        self._lib.espeak_SetSynthCallback(self._callback)

    def say(self, voice: str, text: str) -> bytes:
        """The sound of a text, as 16-bit integers.

        Raises:
            RuntimeError: there is no such voice, or the library fails.
        """
        self._check(self._lib.espeak_SetVoiceByName(voice.encode()), f"it has no voice {voice}")
        self._check(self._lib.espeak_SetParameter(_RATE, WORDS_PER_MINUTE, 0), "it refuses the pace")
        self._sound.clear()
        data = text.encode()
        size = ctypes.c_size_t(len(data) + 1)  # with the zero at the end
        status = self._lib.espeak_Synth(data, size, 0, _POS_CHARACTER, 0, _CHARS_UTF8, None, None)
        self._check(status, "it failed")
        return b"".join(self._sound)

    def _collect(self, wave: Any, count: int, _events: object) -> int:
        if wave and count:
            self._sound.append(ctypes.string_at(wave, 2 * count))
        return 0

    @staticmethod
    def _check(status: int, complaint: str) -> None:
        if status:
            raise RuntimeError(f"{complaint} (status {status}); reinstall espeakng-loader")


@cache
def _library() -> Library:
    return Library()


def speak(request: dict[str, Any]) -> tuple[bytes, int]:
    """Answer one request."""
    library = _library()
    return library.say(request["voice"], request["text"]), library.rate


if __name__ == "__main__":
    serve(speak)
