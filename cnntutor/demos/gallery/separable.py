"""separable: what grouped and depthwise separable convolutions save by the count, and what they save by the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _separable_look as look
from cnntutor.demos.gallery import _separable_words as words
from cnntutor.demos.gallery._separable_knobs import SeparableKnobs
from cnntutor.demos.protocol import Curve, Frame, demo

if TYPE_CHECKING:
    import torch

WIDTHS = 5
"""Numbers of filters for which the clock runs: the chosen one, its half, its quarter …"""

CHART = "times faster, by filters"


@demo(
    "separable",
    topic="separable",
    title="Around, then across",
    promise="Nine times fewer multiplications on paper: let the clock on this machine say what is left of it.",
    predict=words.predict,
)
def separable(knobs: SeparableKnobs, device: torch.device) -> Iterator[Frame]:
    """The wiring and the count at once; then the clock runs, for more and more filters."""
    from cnntutor.demos.gallery import _separable_layers as layers_

    layers, x = layers_.layers_of(knobs, device), layers_.maps(knobs, device)
    run = _Run(knobs, {"ordinary kernels": layers.ordinary.weight.detach(), "separable kernels": layers.bank})
    yield run.frame(0.0, words.opening(knobs))
    widths = _widths(knobs.filters)
    for number, filters in enumerate(widths, 1):
        rivals = layers_.layers_of(knobs, device, filters)
        ordinary, pair = layers_.pair_of_times(rivals, x, knobs.rounds)
        run.speed_ups.append(ordinary / pair)
        yield run.frame(number / (len(widths) + 1), words.opening(knobs))
    run.times = layers_.times(layers, x, knobs.rounds)
    run.figures |= _measured(run.times) | {"difference": layers_.difference(layers, x)}
    yield run.frame(1.0, words.caption(knobs, run.figures))


def _widths(filters: int) -> list[int]:
    """Ascending, the last is the chosen one."""
    return sorted({max(1, filters >> halvings) for halvings in range(WIDTHS)})


@dataclass(slots=True)
class _Run:
    """What is known so far."""

    knobs: SeparableKnobs
    weights: Mapping[str, torch.Tensor]
    speed_ups: list[float] = field(default_factory=list)
    times: Mapping[str, float] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.figures = _counted(self.knobs)

    def frame(self, progress: float, caption: str) -> Frame:
        """This moment."""
        wirings, meetings = look.wirings(self.knobs), look.meetings(self.knobs)
        kernels = {title: look.kernels(weight) for title, weight in self.weights.items()}
        curves = _curves(self.knobs, self.speed_ups)
        tables = {
            "count and clock": look.cost_table(self.knobs, self.times),
            "numbers moved": look.traffic_table(self.knobs),
        }
        clock = {"clock": (CHART,)} if curves else {}
        return Frame(
            {**wirings, **meetings, **kernels},
            curves,
            tables=tables,
            views={
                "cost": ("count and clock",),
                **clock,
                "wiring": tuple(wirings),
                "groups": tuple(meetings),
                "patterns": tuple(kernels),
                "memory": ("numbers moved",),
            },
            figures=self.figures,
            formulas=words.formulas(self.knobs),
            caption=caption,
            progress=progress,
        )


def _counted(knobs: SeparableKnobs) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, cost in look.costs(knobs).items():
        figures |= {f"weights_{name}": cost.weights, f"macs_{name}": cost.macs}
    reaches = {"reach_twice": False, "reach_shuffled": True}
    return figures | {
        "saving": knobs.saving,
        **{name: int(look.reach_of_two(knobs, shuffled=on)[0].sum()) for name, on in reaches.items()},
    }


def _measured(times: Mapping[str, float]) -> dict[str, float]:
    taken = {f"ms_{name}": value for name, value in times.items()}
    return taken | {"speed_up": times["ordinary"] / times["separable"]}


def _curves(knobs: SeparableKnobs, speed_ups: Sequence[float]) -> dict[str, Curve]:
    """How many times faster the separable pair is for so many filters: by the count, and by the clock."""
    if len(speed_ups) < 2:
        return {}
    widths = _widths(knobs.filters)[: len(speed_ups)]
    x = tuple(map(float, widths))
    counted = tuple(1 / (1 / filters + 1 / knobs.kernel_size**2) for filters in widths)
    axes = {"chart": CHART, "x_label": "filters"}
    return {"by the count": Curve(x, counted, **axes), "by the clock": Curve(x, tuple(speed_ups), **axes)}
