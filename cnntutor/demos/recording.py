"""A run as a recording: every frame is kept, so that it can be scrubbed through like a film. No screen."""

from __future__ import annotations

from cnntutor.demos.frame import Frame

LARGEST = 64_000_000
"""Bytes of pictures and curves that a recording may hold before it keeps every second frame only."""

_POINT = 80
"""Bytes that one point of a curve takes: two Python floats and their places in two tuples."""


class Recording:
    """The frames of one run, and the one that is looked at.

    A long run is thinned out evenly: when it grows past `LARGEST`, every second frame goes, never the first or
    the newest, and from then on a new frame takes the place of the newest as often as the thinning asks for.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        """Start empty.

        Args:
            largest: bytes it may hold.
        """
        self._frames: list[Frame] = []
        self._sizes: list[int] = []
        self._largest = largest
        self._made = 0
        self._every = 1
        self._at: int | None = None

    def __len__(self) -> int:
        """How many frames it holds."""
        return len(self._frames)

    @property
    def made(self) -> int:
        """How many frames the run has made, those that were thinned out among them."""
        return self._made

    @property
    def live(self) -> bool:
        """Whether the newest frame is looked at, so that the next one will be shown."""
        return self._at is None

    @property
    def at(self) -> int:
        """Index of the frame that is looked at; -1 while there is none."""
        return len(self._frames) - 1 if self._at is None else self._at

    @property
    def frame(self) -> Frame | None:
        """The frame that is looked at."""
        return self._frames[self.at] if self._frames else None

    @property
    def last(self) -> Frame | None:
        """The newest frame."""
        return self._frames[-1] if self._frames else None

    def add(self, frame: Frame) -> None:
        """Keep a frame."""
        # Between two kept frames the newest stands in for those that thinning will drop.
        if self._frames and (self._made - 1) % self._every:
            self._frames.pop()
            self._sizes.pop()
        self._frames.append(frame)
        self._sizes.append(_size(frame))
        self._made += 1
        if self._at is not None:
            self._at = min(self._at, len(self._frames) - 1)
        if sum(self._sizes) > self._largest and len(self._frames) > 2:
            self._thin()

    def seek(self, at: int) -> Frame | None:
        """Look at a frame; from the newest on, the recording is live again.

        Args:
            at: its index; what lies outside means the first or the newest.
        """
        last = len(self._frames) - 1
        self._at = None if at >= last else max(0, at)
        return self.frame

    def _thin(self) -> None:
        kept = [index for index in range(len(self._frames)) if index % 2 == 0]
        newest = len(self._frames) - 1
        if kept[-1] != newest:
            kept.append(newest)
        self._frames = [self._frames[index] for index in kept]
        self._sizes = [self._sizes[index] for index in kept]
        if self._at is not None:
            self._at //= 2
        self._every *= 2


def _size(frame: Frame) -> int:
    pixels = sum(picture.nbytes for picture in frame.images.values())
    return pixels + _POINT * sum(len(curve.x) for curve in frame.curves.values())
