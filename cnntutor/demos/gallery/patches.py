"""patches: a picture as a set of tiles. Shuffle them, and see which net notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _patches_words as words
from cnntutor.demos.gallery._patches_cut import Cut, cut_up
from cnntutor.demos.gallery._patches_digits import KINDS, Digits, Score
from cnntutor.demos.gallery._patches_knobs import PatchesKnobs
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import arithmetic, colour
from cnntutor.vision.heat import over

if TYPE_CHECKING:
    import torch
    from torch import Tensor

CHART = "held-out accuracy"
NUMBERS_SHOWN = 6
DIGITS_DRAWN = 4
DIGITS_LISTED = 8
ENLARGED = 6
"""Pixels of the picture for one of a digit."""

BLEND = 0.55


@demo(
    "patches",
    topic="vision-transformers",
    title="Shuffle the tiles",
    promise="Cut pictures into tiles and shuffle them: a CNN is lost, and one kind of transformer never notices.",
    predict=words.predict,
)
def patches(knobs: PatchesKnobs, device: torch.device) -> Iterator[Frame]:
    """The picture is cut and embedded at once; then two transformers learn digits and are shown shuffled ones."""
    run = _Run(knobs, cut_up(knobs, device), Digits(knobs, device))
    yield run.frame(0)
    for epoch in run.digits.train(knobs.epochs):
        yield run.frame(epoch)


class _Run:
    """What a run has found so far."""

    def __init__(self, knobs: PatchesKnobs, cut: Cut, digits: Digits) -> None:
        self._knobs = knobs
        self._cut = cut
        self.digits = digits
        self._history: list[dict[str, Score]] = []
        self._pictures = _pictures(knobs, cut)
        self._digits = {"whole and shuffled": _rows(digits.held_out, digits.shuffled)}

    def frame(self, epoch: int) -> Frame:
        """After so many epochs."""
        self._history.append(self.digits.scores())
        scores = self._history[-1]
        looks = self._looks()
        return Frame(
            {**self._digits, **self._pictures, **looks},
            curves=self._curves(),
            tables={"right of 100": _scores(scores), "first token": _two_ways(self._cut), "answers": self._answers()},
            views={
                "digits": (*self._digits, "right of 100"),
                "picture": ("cut", "shuffled"),
                "tokens": ("tokens", "first token"),
                "race": (CHART,),
                "answers": ("answers",),
                "attention": tuple(looks),
            },
            figures=_figures(self._knobs, self._cut, scores),
            formulas=words.formulas(self._knobs, self._cut),
            caption=words.caption(self._knobs, scores, epoch),
            progress=epoch / self._knobs.epochs if self._knobs.epochs else 1.0,
        )

    def _curves(self) -> dict[str, Curve]:
        epochs = tuple(float(epoch) for epoch in range(len(self._history)))
        lines: dict[str, Curve] = {}
        for kind in KINDS[1:]:
            whole, moved = (
                tuple(getattr(scores[kind], name) for scores in self._history) for name in ("whole", "shuffled")
            )
            lines[kind] = Curve(epochs, whole, chart=CHART, x_label="epoch")
            lines[f"{kind}, shuffled"] = Curve(epochs, moved, chart=CHART, x_label="epoch")
        return lines

    def _answers(self) -> Table:
        """What each net calls the digits that are shown, before and after the shuffling."""
        columns = [self.digits.answers(kind) for kind in KINDS]
        rows: list[tuple[Cell, ...]] = [
            (int(self.digits.labels[at]), *(f"{int(whole[at])} → {int(moved[at])}" for whole, moved in columns))
            for at in range(DIGITS_LISTED)
        ]
        return Table(("digit", *KINDS), tuple(rows))

    def _looks(self) -> dict[str, colour.Pixels]:
        """Which tiles of the first digit the transformers attend to."""
        digit = _large(self.digits.held_out[0])
        return {
            f"{kind} attends to": over(digit, _spread(self.digits.looked_at(kind, 0), digit.shape[0]), BLEND)
            for kind in KINDS[1:]
        }


def _figures(knobs: PatchesKnobs, cut: Cut, scores: Mapping[str, Score]) -> dict[str, float]:
    numbers = 3 * knobs.patch**2
    figures = {
        "tokens": knobs.tokens,
        "token_numbers": numbers,
        "params": arithmetic.dense_params(numbers, knobs.width),
        "pairs": knobs.tokens**2,
        "conv_difference": cut.conv_difference,
        "order_difference": cut.order_difference,
        "places_difference": cut.places_difference,
    }
    for name, kind in zip(("cnn", "vit", "bag"), KINDS, strict=True):
        score = scores[kind]
        figures |= {
            f"{name}_accuracy": score.whole,
            f"{name}_shuffled": score.shuffled,
            f"{name}_changed": score.changed,
        }
    return figures


def _scores(scores: Mapping[str, Score]) -> Table:
    rows = tuple((kind, round(100 * score.whole), round(100 * score.shuffled)) for kind, score in scores.items())
    return Table(("net", "whole", "shuffled"), rows)


# Pictures


def _pictures(knobs: PatchesKnobs, cut: Cut) -> dict[str, colour.Pixels]:
    return {
        "cut": _with_gaps(cut.picture, knobs.patch),
        "shuffled": _with_gaps(cut.shuffled, knobs.patch),
        "tokens": colour.signed(cut.tokens),
    }


def _two_ways(cut: Cut) -> Table:
    """The first numbers of the first token, worked out by hand and by a convolution."""
    pairs = zip(cut.by_hand[0, :NUMBERS_SHOWN].tolist(), cut.tokens[0, :NUMBERS_SHOWN].tolist(), strict=True)
    return Table(
        ("number", "by hand", "Conv2d"), tuple((at, round(x, 5), round(y, 5)) for at, (x, y) in enumerate(pairs))
    )


def _with_gaps(picture: Tensor, side: int) -> colour.Pixels:
    """The tiles of a picture [3, H, W], parted by thin lines."""
    across = picture.shape[-1] // side
    pixels = colour.rgb(picture)
    tiles = [
        pixels[row : row + side, column : column + side]
        for row in range(0, pixels.shape[0], side)
        for column in range(0, pixels.shape[1], side)
    ]
    return colour.mosaic(tiles, columns=across)


def _rows(*parts: Tensor) -> colour.Pixels:
    """The first digits, a row for each way in which they lie."""
    return colour.mosaic([_large(digit) for part in parts for digit in part[:DIGITS_DRAWN]], columns=DIGITS_DRAWN)


def _large(digit: Tensor) -> colour.Pixels:
    """[1, 8, 8], mean and deviation taken off → [48, 48, 3]."""
    low, high = digit.min(), digit.max()
    small = colour.rgb((digit - low) / (high - low))
    return small.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)


def _spread(weights: Tensor, side: int) -> Tensor:
    """A weight for each tile → one for each pixel, the largest 1: [grid, grid] → [side, side]."""
    import torch

    places = torch.arange(side) * len(weights) // side
    return (weights / weights.max())[places][:, places]
