"""activations: curves and slopes, what they do to a map and to a gradient, and how units die of large steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _activations_look as look
from cnntutor.demos.gallery import _activations_words as words
from cnntutor.demos.gallery._activations_knobs import ActivationsKnobs
from cnntutor.demos.protocol import Frame, demo

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.demos.gallery._activations_work import Trained
    from cnntutor.vision.activations import ActivationName


@demo(
    "activations",
    topic="activations",
    title="Bends, and how units die",
    promise="Two curves, their slopes, one picture: then raise the learning rate and count the dead.",
    predict=words.predict,
)
def activations(knobs: ActivationsKnobs, device: torch.device) -> Iterator[Frame]:
    """Curves, map and depth at once; then one net after the other is trained, faster and faster."""
    from cnntutor.demos.gallery import _activations_work as work

    run = _Run(knobs, work.feature_map(knobs, device), {name: work.gradients(knobs, name) for name in knobs.names})
    yield run.frame((), words.opening(knobs), 0.0)
    trained: list[Trained] = []
    total = len(knobs.rates) * len(knobs.names)
    for each in work.trainings(knobs, device):
        trained.append(each)
        if len(trained) < total:
            yield run.frame(trained, words.training(knobs, each), len(trained) / total)
    run.figures |= _dead(knobs, trained)
    yield run.frame(trained, words.caption(knobs, run.figures), 1.0)


class _Run:
    """What stays the same in every frame of a run."""

    def __init__(self, knobs: ActivationsKnobs, sums: Tensor, arriving: dict[ActivationName, list[float]]) -> None:
        self._knobs = knobs
        self._images = look.maps(knobs, sums)
        self._curves = look.curves(knobs) | look.depth_curves(arriving)
        self._family = look.family(knobs)
        self.figures = _figures(knobs, sums)
        for prefix, name in _prefixes(knobs):
            self.figures[f"{prefix}arrives"] = arriving[name][-1]

    def frame(self, trained: Sequence[Trained], caption: str, progress: float) -> Frame:
        """This moment, with the nets that were trained so far."""
        dead = look.dead_curves(trained)
        tables = {"family": self._family} | ({"nets": look.dead_table(trained)} if trained else {})
        charts = (look.DEAD,) if dead else ()
        views = {
            "curve": (look.VALUE, look.SLOPE),
            "map": tuple(self._images),
            "depth": (look.DEPTH,),
            "dead": charts,
            "nets": ("nets",) if trained else (),
            "family": ("family",),
        }
        return Frame(
            self._images,
            self._curves | dead,
            tables=tables,
            views={view: items for view, items in views.items() if items},
            figures=dict(self.figures),
            formulas=words.formulas(self._knobs, self.figures),
            caption=caption,
            progress=progress,
        )


def _prefixes(knobs: ActivationsKnobs) -> list[tuple[str, ActivationName]]:
    return list(zip(("", "second_"), knobs.names, strict=False))


def _figures(knobs: ActivationsKnobs, sums: Tensor) -> dict[str, float]:
    """What the curves and the map come to; figures of the second activation begin with `second_`."""
    import torch

    from cnntutor.vision.activations import slope, steepest, value

    figures: dict[str, float] = {}
    x = torch.tensor(knobs.x, dtype=torch.float64)
    for prefix, name in _prefixes(knobs):
        map_ = value(name, sums, knobs.leak)
        most = steepest(name, knobs.leak)
        figures |= {
            f"{prefix}value": float(value(name, x, knobs.leak)),
            f"{prefix}slope": float(slope(name, x, knobs.leak)),
            f"{prefix}steepest": most,
            f"{prefix}at_best": most**knobs.layers,
            f"{prefix}zeros": float((map_ == 0).float().mean()),
            f"{prefix}mean": float(map_.mean()),
        }
    return figures


def _dead(knobs: ActivationsKnobs, trained: Sequence[Trained]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for prefix, name in _prefixes(knobs):
        own = [each for each in trained if each.activation == name]
        figures |= {f"{prefix}dead": own[-1].dead, f"{prefix}dead_at_lowest": own[0].dead}
    return figures
