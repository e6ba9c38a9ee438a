"""What the demo `saliency` shows: maps, the table that judges them, and the way of integrated gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch

from cnntutor.demos.gallery import _saliency_maps as made
from cnntutor.demos.gallery._saliency_knobs import METHODS, TITLES, Method, figure
from cnntutor.demos.protocol import Curve, Table
from cnntutor.vision import colour
from cnntutor.vision.heat import heat, over

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.demos.gallery._saliency_maps import Study

BRIGHTEST = 0.99
"""The quantile of a map that gets the lightest colour: a few pixels shall not darken the rest (arXiv:1706.03825)."""

BLEND = 0.7
"""Of the map, where it lies over the picture."""

SQUARE = 4
"""Side in pixels of what the shares are added up in, to be seen."""

RESET: dict[Method, str] = {"slope": "slope, reset", "guided": "guided, reset", "grad-cam": "CAM, reset"}
OVER, OVER_RESET = "laid over", "after reset"
SHARES, VERDICT = "for and against", "verdict"
ALIKE_CHART, WAY_CHART, STEPS_CHART = "alike after a reset", "score on the way", "sum of the shares"


def pixels(study: Study) -> colour.Pixels:
    """The mosaic as the net sees it."""
    shown = study.x[0].cpu()
    mean, std = (shown.new_tensor(values)[:, None, None] for values in (study.net.mean, study.net.std))
    return colour.rgb(shown * std + mean)


def maps(study: Study) -> dict[str, colour.Pixels]:
    """Those that there are, each in its own range of colours."""
    found = {TITLES[method]: heat(_scaled(values)) for method, values in study.maps.items()}
    reset = {title: heat(_scaled(study.reset_maps[method])) for method, title in RESET.items() if study.reset_maps}
    return found | reset


def enlarged(study: Study) -> dict[str, colour.Pixels]:
    """The chosen method's map over the picture, and the one that it makes of a net that knows nothing."""
    method, picture = study.knobs.method, pixels(study)
    found = {OVER: study.maps[method], OVER_RESET: study.reset_maps[method]}
    return {title: over(picture, _scaled(values), BLEND) for title, values in found.items()}


def signed_shares(shares: Tensor) -> dict[str, colour.Pixels]:
    """Integrated gradients with their signs, [1, 3, side, side], added up in small squares: one pixel is too little."""
    squares = torch.nn.functional.avg_pool2d(shares.sum(1), SQUARE, divisor_override=1)  # [1, side/4, side/4]
    return {SHARES: colour.signed(squares[0])}


def _scaled(values: Tensor) -> Tensor:
    """From 0 to 1."""
    top = values.flatten().quantile(BRIGHTEST)
    top = top if top > 0 else values.max()
    return values / top if top > 0 else torch.zeros_like(values)


# Numbers


def verdict(study: Study) -> Table:
    """How much of each map lies where the surface is, how often its largest value does, and what a reset changes."""
    rows = []
    for method in METHODS:
        judged = study.judged[method]
        inside, hits = _inside(study, method), sum(hit for _, hit in judged)
        alike = study.alike[method].get(made.PARTS)
        rows.append(
            (
                TITLES[method],
                f"{100 * inside:.0f} %",
                f"{hits} of {len(judged)}",
                None if alike is None else f"{alike:.2f}",
                study.knobs.passes[method],
            )
        )
    return Table(("map", "inside", "hits", "after reset", "passes"), tuple(rows))


def figures(study: Study, total: float) -> dict[str, float]:
    """All that was measured, and what the shares add up to."""
    before, after = made.scores_at_the_ends(study)
    found: dict[str, float] = {"score": after, "score_change": after - before, "sum_of_shares": total}
    for method in METHODS:
        found[f"inside_{figure(method)}"] = _inside(study, method)
        found[f"hits_{figure(method)}"] = sum(hit for _, hit in study.judged[method])
        found[f"alike_{figure(method)}"] = study.alike[method][made.PARTS]
    return found | _of_the_chosen(study)


def _of_the_chosen(study: Study) -> dict[str, float]:
    """Of the first mosaic's map by the chosen method."""
    method = study.knobs.method
    row, column = divmod(int(study.maps[method].argmax()), study.x.shape[-1])
    return {"inside": study.judged[method][0][0], "row": row, "column": column}


def _inside(study: Study, method: Method) -> float:
    judged = study.judged[method]
    return sum(share for share, _ in judged) / len(judged)


# Curves


def curves(study: Study, total: float) -> dict[str, Curve]:
    """What a reset leaves; how the score rises on the way; and what the shares add up to, `total` in the end."""
    return {**_alike(study), **_way(study), **_sums(study, total)}


def _alike(study: Study) -> Mapping[str, Curve]:
    return {
        TITLES[method]: Curve(
            tuple(map(float, study.alike[method])),
            tuple(study.alike[method].values()),
            ALIKE_CHART,
            "parts reset, from the last",
            "rank correlation",
        )
        for method in made.CHARTED
    }


def _way(study: Study) -> Mapping[str, Curve]:
    scores = made.scores_on_the_way(study)
    places = tuple(100 * place / (len(scores) - 1) for place in range(len(scores)))
    return {"score": Curve(places, tuple(scores), WAY_CHART, "% of the way to the picture", "score")}


def _sums(study: Study, total: float) -> Mapping[str, Curve]:
    before, after = made.scores_at_the_ends(study)
    steps, found = zip(*made.sums(study, total), strict=True)
    x = tuple(map(float, steps))
    change = (after - before,) * len(x)
    axes = {"chart": STEPS_CHART, "x_label": "steps"}
    return {"sum of shares": Curve(x, found, **axes), "change of score": Curve(x, change, **axes)}
