"""The program that holds a Piper voice (GPL-3). The app runs it and talks to it through a pipe."""

from __future__ import annotations

from functools import cache
from typing import Any

from cnntutor.listen.child_engine import serve


def speak(request: dict[str, Any]) -> tuple[bytes, int]:
    """Answer one request.

    Raises:
        RuntimeError: the voice cannot be opened.
    """
    from piper import SynthesisConfig

    voice = _voice(request["model"])
    chunks = list(voice.synthesize(request["text"], syn_config=SynthesisConfig(speaker_id=request["speaker"])))
    return b"".join(chunk.audio_int16_bytes for chunk in chunks), voice.config.sample_rate


@cache
def _voice(model: str) -> Any:
    from piper import PiperVoice

    try:
        return PiperVoice.load(model)
    except Exception as error:  # its parts raise types of their own
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise RuntimeError(f"the voice {model} does not open ({reason}); fetch it again") from None


if __name__ == "__main__":
    serve(speak)
