"""The process that owns the sound device: `python -m cnntutor.listen.speaker_child`.

Sound libraries write their complaints straight to file descriptor 2, which would tear the screen, and their threads
want Python when the screen wants it too. So they live here. Orders come in as lines of JSON, news go out the same way
(`cnntutor.listen.speaker` is the other end).
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Protocol

from cnntutor.errors import CnntutorError
from cnntutor.listen.deck import Deck

NEWS_EVERY = 0.1
"""Seconds between two words about the position."""

PERIOD_MS, PERIODS = 30, 3
"""What the device pulls at a time, and how many of these are in flight. Short, so that a key is heard at once."""

SILENT_FOR = 1.0
"""Seconds without a pull after which the device counts as gone."""


class Device(Protocol):
    """A sound device; miniaudio's, or a test's."""

    def start(self, pulled: Generator[bytes | Any, int, None]) -> None: ...

    def stop(self) -> None: ...

    @property
    def latency(self) -> float:
        """Seconds from a pull to the ear."""
        ...


class MiniaudioDevice:
    """The default device, through miniaudio."""

    def __init__(self, rate: int) -> None:
        import miniaudio

        backends = [miniaudio.Backend.NULL] if os.environ.get("CNNTUTOR_SOUND") == "null" else None
        self._device = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=rate,
            buffersize_msec=PERIOD_MS,
            callback_periods=PERIODS,
            backends=backends,
            app_name="cnntutor",
        )

    def start(self, pulled: Generator[bytes | Any, int, None]) -> None:
        self._device.start(pulled)

    def stop(self) -> None:
        self._device.stop()

    @property
    def latency(self) -> float:
        return PERIOD_MS * PERIODS / 1000  # as asked for; miniaudio's wrapper does not tell what it got


class SpeakerChild:
    """Obeys orders and tells what is heard."""

    def __init__(self, tell: Any, make_device: Any = MiniaudioDevice) -> None:
        self._tell = tell
        self._make_device = make_device
        self._deck = Deck()
        self._device: Device | None = None
        self._rate = 0
        self._playing = False
        self._pulled = (0.0, 0.0)
        """When the device last pulled, and what position it had then."""
        self._alive_at = 0.0
        self._jump = 0

    def obey(self, order: Mapping[str, Any]) -> None:
        """Do what one order says; what goes wrong is told."""
        try:
            match order["do"]:
                case "load":
                    self._load(order)
                case "play":
                    self._play(float(order["at"]), float(order["speed"]))
                    self._jump = order.get("jump", 0)
                case "pause":
                    self._pause()
                case "volume":
                    self._deck.set_volume(float(order["volume"]))
        except CnntutorError as error:
            self._tell(news="broken", why=str(error))
        except Exception as error:  # whatever a driver raises: the app goes on without sound
            self._playing = False
            self._tell(news="lost", why=" ".join(str(error).split()) or type(error).__name__)

    def watch(self) -> None:
        """Between orders: tell the position, the end, and a device that is gone."""
        if not self._playing:
            return
        if time.monotonic() - self._alive_at > SILENT_FOR:
            self._drop_device()
            self._tell(news="lost", why="it stopped taking sound")
            return
        self._deck.prepare()
        self._tell_position()

    def _load(self, order: Mapping[str, Any]) -> None:
        from cnntutor.listen.encoding import read

        self._pause()
        samples, rate = read(Path(order["file"]))
        self._deck.load(samples, rate, order["pauses"])
        if self._device is not None and rate != self._rate:
            self._drop_device()
        self._rate = rate
        try:
            self._open_device()
        except Exception as error:
            self._tell(news="no device", why=" ".join(str(error).split()) or type(error).__name__)
            return
        self._tell(news="loaded")

    def _open_device(self) -> None:
        """Find the device while nobody waits for it yet."""
        if self._device is None:
            self._device = self._make_device(self._rate)

    def _play(self, at: float, speed: float) -> None:
        self._deck.go_to(at, speed)
        self._open_device()
        assert self._device is not None
        self._pulled = (time.monotonic(), at + self._device.latency * speed)
        if not self._playing:
            self._alive_at = time.monotonic()
            self._device.start(self._blocks())
            self._playing = True

    def _pause(self) -> None:
        if self._playing and self._device is not None:
            self._playing = False
            self._device.stop()

    def _drop_device(self) -> None:
        """Forget a device; the next play looks for one anew. Its own ending could block, so it ends elsewhere."""
        device, self._device, self._playing = self._device, None, False
        if device is not None:
            threading.Thread(target=device.stop, daemon=True).start()

    def _blocks(self) -> Generator[Any, int, None]:
        """What the device's thread pulls."""
        generator = self._pulling()
        next(generator)
        return generator

    def _pulling(self) -> Generator[Any, int, None]:
        frames = yield b""
        while True:
            now, over = time.monotonic(), self._deck.ended
            block = self._deck.pull(frames)
            self._alive_at = now
            if not over:  # behind the end time goes on, the position does not
                self._pulled = (now, self._deck.position)
            frames = yield block

    def _tell_position(self) -> None:
        """What is heard now was pulled as long ago as the device's latency."""
        assert self._device is not None
        when, position = self._pulled
        heard = position - self._device.latency * self._deck.speed
        self._tell(news="at", position=heard, when=when, speed=self._deck.speed, jump=self._jump)


def _listen_for_orders(orders: queue.Queue[dict[str, Any] | None]) -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
    orders.put(None)


def main() -> None:
    """Obey until standard input closes."""

    def tell(**news: Any) -> None:
        print(json.dumps(news), flush=True)

    orders: queue.Queue[dict[str, Any] | None] = queue.Queue()
    threading.Thread(target=_listen_for_orders, args=(orders,), daemon=True).start()
    child = SpeakerChild(tell)
    tell(news="ready")
    while True:
        try:
            order = orders.get(timeout=NEWS_EVERY)
        except queue.Empty:
            child.watch()
            continue
        if order is None:
            os._exit(0)  # a device's own ending may hang
        child.obey(order)


if __name__ == "__main__":
    main()
