"""A stack of layers that look through windows, written as a line of text: `k3 k3 p2 4*k3d2`. No torch.

k3        a 3×3 convolution that keeps the side: it is padded by half its reach
k3s2d4    the same with stride 2 and dilation 4
p2        average pooling over 2×2 cells that do not overlap; p3s2 over 3×3 cells, 2 apart
4*k3      four of them
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cnntutor.errors import UsageError
from cnntutor.vision.arithmetic import ReceptiveField, output_size, receptive_field

MOST_LAYERS = 128
LARGEST = {"kernel": 31, "stride": 8, "dilation": 32}

_WORD = re.compile(
    r"(?:(?P<times>\d+)\*)?(?P<kind>[kp])(?P<kernel>\d+)(?:s(?P<stride>\d+))?(?:d(?P<dilation>\d+))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class WindowLayer:
    """One layer."""

    kind: Literal["convolution", "pooling"]
    kernel: int
    """Taps, or cells, on a side."""
    stride: int
    padding: int
    dilation: int
    word: str
    """As it was written, without the number of times."""

    @property
    def window(self) -> tuple[int, int, int, int]:
        """Kernel, stride, padding and dilation, as `arithmetic.receptive_field` wants them."""
        return self.kernel, self.stride, self.padding, self.dilation


def parse(text: str, name: str = "stack") -> tuple[WindowLayer, ...]:
    """The layers of a line, from the picture up.

    Args:
        text: words as above, parted by blanks.
        name: of the knob, for what is refused.

    Raises:
        UsageError: a word is no layer, a number is out of range, or there are no layers or too many.
    """
    layers = [layer for place, word in enumerate(text.split(), 1) for layer in _layers(word, place, name)]
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise UsageError(f"{name} must have 1 to {MOST_LAYERS} layers, not {len(layers)}: write k3 k3 p2, say")
    return tuple(layers)


def fields(layers: Sequence[WindowLayer]) -> list[ReceptiveField]:
    """What a unit of each layer sees of the picture."""
    windows = [layer.window for layer in layers]
    return [receptive_field(windows[:number]) for number in range(1, len(windows) + 1)]


def map_sides(layers: Sequence[WindowLayer], side: int, name: str = "stack") -> list[int]:
    """The side of each layer's map for a picture of side × side pixels.

    Raises:
        UsageError: a layer has no room for its window.
    """
    sides: list[int] = []
    for number, layer in enumerate(layers, 1):
        before = sides[-1] if sides else side
        kernel, stride, padding, dilation = layer.window
        if before + 2 * padding < dilation * (kernel - 1) + 1:
            raise UsageError(
                f"{name}: layer {number} ({layer.word}) has no room on a map of {before}×{before}: "
                "make side larger, or take a stride or a pooling out"
            )
        sides.append(output_size(before, kernel, stride=stride, padding=padding, dilation=dilation))
    return sides


def _layers(word: str, place: int, name: str) -> Iterator[WindowLayer]:
    match = _WORD.fullmatch(word)
    if match is None or (match["kind"] == "p" and match["dilation"]):
        raise UsageError(f"{name}: word {place}, “{word}”, is no layer: write k3, k3s2, k3d2, p2 or 4*k3")
    kernel = _number(match, "kernel", 1, place, name)
    pools = match["kind"] == "p"
    stride = _number(match, "stride", kernel if pools else 1, place, name)
    dilation = _number(match, "dilation", 1, place, name)
    padding = 0 if pools else dilation * (kernel - 1) // 2
    plain = word.partition("*")[2] or word
    layer = WindowLayer("pooling" if pools else "convolution", kernel, stride, padding, dilation, plain)
    # Cut before it is built: 999999999*k3 is a line that a learner may well try.
    yield from [layer] * min(int(match["times"] or 1), MOST_LAYERS + 1)


def _number(match: re.Match[str], part: str, default: int, place: int, name: str) -> int:
    number = int(match[part] or default)
    if not 1 <= number <= LARGEST[part]:
        raise UsageError(f"{name}: word {place}, “{match[0]}”: the {part} goes from 1 to {LARGEST[part]}")
    return number
