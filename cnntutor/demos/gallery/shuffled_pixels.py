"""shuffled-pixels: a CNN and a dense net learn digits, as they are and with all pixels in one other order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _shuffled_pixels_words as words
from cnntutor.demos.gallery._shuffled_pixels_knobs import SIDE, ShuffledPixelsKnobs
from cnntutor.demos.gallery._shuffled_pixels_runs import (
    CNN,
    DENSE,
    IN_ORDER,
    NETS,
    PICTURES,
    SHUFFLED,
    Runs,
    Shuffle,
    shuffle_of,
)
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import colour

if TYPE_CHECKING:
    import torch
    from torch import Tensor

ACCURACY = "accuracy"

WINDOW = (2, 3)
"""Row and column at which the window of 3×3 starts that is looked at."""

DIMMED = 0.45
"""Brightness of the pixels outside it."""

FAINT = 0.35
"""Share of the window's colour in its darkest pixel."""


def _constants(knobs: ShuffledPixelsKnobs, seed: int) -> Mapping[str, object]:
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz")}


@demo(
    "shuffled-pixels",
    topic="local-connectivity",
    title="Shuffle every pixel",
    promise="Move the pixels of all digits in one way: one net never notices, the other loses its lead.",
    constants=_constants,
    predict=words.predict,
)
def shuffled_pixels(knobs: ShuffledPixelsKnobs, device: torch.device) -> Iterator[Frame]:
    """Frames after every evaluation of all four nets, run after run."""
    import torch

    seed = torch.initial_seed()
    still = _Still(knobs, shuffle_of(knobs, seed))
    runs = Runs(knobs, device)
    for done in runs.rounds(seed):
        yield still.frame(runs, done)


class _Still:
    """What the frames of a run have in common: the pictures of its first shuffle, and how alike neighbours are."""

    def __init__(self, knobs: ShuffledPixelsKnobs, shuffle: Shuffle) -> None:
        from cnntutor.vision.shuffling import neighbours_correlation

        self._knobs = knobs
        self._pictures, self._windows = _pictures(knobs, shuffle), _windows(knobs, shuffle)
        self._alike = {
            "neighbours": neighbours_correlation(shuffle.x),
            "neighbours_shuffled": neighbours_correlation(shuffle.moved),
        }

    def frame(self, runs: Runs, done: float) -> Frame:
        """The runs as they are now."""
        figures = _figures(runs) | self._alike
        return Frame(
            self._pictures | self._windows,
            _learning(runs),
            tables={"right, in %": _scores(runs)},
            views={
                "learning": (ACCURACY,),
                "pictures": tuple(self._pictures),
                "window": tuple(self._windows),
                "scores": ("right, in %",),
            },
            figures=figures,
            formulas=words.formulas(figures),
            caption=words.caption(self._knobs, runs.done, figures),
            progress=done,
        )


# Numbers


def _figures(runs: Runs) -> dict[str, float]:
    accuracies = {
        f"{'cnn' if net == CNN else 'dense'}_accuracy{'_shuffled' if pictures == SHUFFLED else ''}": runs.mean(
            (net, pictures)
        )
        for pictures in PICTURES
        for net in NETS
    }
    return accuracies | {
        "lead": _mean(runs.leads(IN_ORDER)),
        "lead_shuffled": _mean(runs.leads(SHUFFLED)),
        "cnn_change": _change(runs, CNN),
        "dense_change": _change(runs, DENSE),
        "runs": runs.done,
    }


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _change(runs: Runs, net: str) -> float:
    """In points, from the pictures in order to the shuffled ones."""
    return 100 * (runs.mean((net, SHUFFLED)) - runs.mean((net, IN_ORDER)))


def _scores(runs: Runs) -> Table:
    """Each net's, then the CNN's lead, and the lead in every run."""
    rows = [_net_row(runs, net) for net in NETS]
    leads = [runs.leads(pictures) for pictures in PICTURES]
    rows.append(_lead_row("the CNN's lead", *map(_mean, leads)))
    rows += [_lead_row(f"  in run {run}", *pair) for run, pair in enumerate(zip(*leads, strict=True), 1)]
    return Table(("", *PICTURES, "change"), tuple(rows))


def _net_row(runs: Runs, net: str) -> tuple[Cell, ...]:
    return net, *(f"{100 * runs.mean((net, each)):.1f}" for each in PICTURES), words.signed(_change(runs, net))


def _lead_row(name: str, before: float, after: float) -> tuple[Cell, ...]:
    return name, words.signed(before), words.signed(after), words.signed(after - before)


def _learning(runs: Runs) -> dict[str, Curve]:
    """How right each net is from its first epochs on: what comes before is so wrong that the rest would look alike."""
    curves = {}
    for pictures in PICTURES:
        for net, name in zip(NETS, ("CNN", "dense"), strict=True):
            epochs, right = (tuple(values[1:]) for values in runs.learning((net, pictures)))
            legend = name if pictures == IN_ORDER else f"{name} {pictures}"
            curves[legend] = Curve(epochs, right, ACCURACY, "epoch", ACCURACY)
    return curves


# Pictures


def _pictures(knobs: ShuffledPixelsKnobs, shuffle: Shuffle) -> dict[str, colour.Pixels]:
    index = _shown(knobs, shuffle)
    return {"as it is": colour.rgb(shuffle.x[index]), "with its pixels moved": colour.rgb(shuffle.moved[index])}


def _windows(knobs: ShuffledPixelsKnobs, shuffle: Shuffle) -> dict[str, colour.Pixels]:
    """Nine neighbours in the shuffled picture, and where they come from."""
    index = _shown(knobs, shuffle)
    top, left = WINDOW
    places = [row * SIDE + column for row in range(top, top + 3) for column in range(left, left + 3)]
    homes = shuffle.order_of(index)[places].tolist()
    return {
        "nine neighbours now": _marked(shuffle.moved[index], places),
        "and where they lived": _marked(shuffle.x[index], homes),
    }


def _shown(knobs: ShuffledPixelsKnobs, shuffle: Shuffle) -> int:
    """The first picture of the digit."""
    return int((shuffle.y == knobs.digit).nonzero()[0])


def _marked(picture: Tensor, places: list[int]) -> colour.Pixels:
    """A picture [1, 8, 8] whose pixels at these places are orange, the darkest among them too."""
    import torch

    shades = picture.flatten()[:, None]  # [64, 1]
    pixels = (DIMMED * shades).expand(-1, 3).clone()
    orange = torch.tensor(colour.POSITIVE) / 255
    pixels[places] = (FAINT + (1 - FAINT) * shades[places]) * orange
    return colour.rgb(pixels.T.reshape(3, SIDE, SIDE))
