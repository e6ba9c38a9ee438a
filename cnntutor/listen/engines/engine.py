"""What every speech engine offers."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    """Mono sound in [-1, 1], shape [samples]."""


class Engine(Protocol):
    """Speaks one sentence at a time, in the voice of a host's role. Use it in a `with`: it may own a process."""

    name: str
    """Engine and voices, e.g. `flite slt, rms`: part of what a recording's fingerprint is made from."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def say(self, role: str, text: str) -> tuple[Samples, int]:
        """Speak.

        Args:
            role: the host's role in the course, `asks` or `builds`; each has a voice of its own.
            text: words alone, as `cnntutor.course.spoken` gives them.

        Returns:
            Samples and their rate in Hz (the same for every sentence of a voice).

        Raises:
            SpeechError: the engine failed.
        """
        ...
