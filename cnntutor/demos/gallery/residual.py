"""residual: two deep nets, one with shortcuts, and what is left of a gradient on its way to the first layer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _residual_words as words
from cnntutor.demos.gallery._residual_knobs import ResidualKnobs
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import colour

if TYPE_CHECKING:
    import torch

    from cnntutor.demos.gallery._residual_race import Kind, Race

FRAMES = 30
"""Of the training."""

FAINTEST = 1e-30
"""A gradient of zero is drawn here."""

GRADIENTS, LOSS, DEPTH = "log₁₀ of the gradient", "loss", "log₁₀ at the first layer"
LESION = "right without a block"
DIGIT, NUDGED = "digit", "nudged"


def _constants(knobs: ResidualKnobs, seed: int) -> Mapping[str, object]:
    del knobs, seed
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz")}


@demo(
    "residual",
    topic="residual",
    title="Keep a gradient alive",
    promise="Two deep nets, one with a plus sign in every block: watch which of them hears its loss, and learns.",
    constants=_constants,
    predict=words.predict,
)
def residual(knobs: ResidualKnobs, device: torch.device) -> Iterator[Frame]:
    """Gradients before the first step, deeper and deeper nets, then both nets learn; the last frame has everything."""
    from cnntutor.demos.gallery import _residual_race as racing

    race = racing.start(knobs, device)
    known = _first_figures(race)
    yield _frame(race, known, words.comparing(knobs.depth), 0.0)
    for depth in racing.compare_depths(race):
        yield _frame(race, known, words.comparing(depth), 0.1 * depth / knobs.depth)
    every = -(-knobs.steps // FRAMES)
    for step in racing.learn(race):
        if step % every == 0:
            yield _frame(race, known, words.learning(knobs, step), 0.1 + 0.85 * step / knobs.steps)
    lesions = {kind: racing.lesions(race, kind) for kind in racing.KINDS}
    figures = known | _last_figures(race, lesions)
    yield _frame(race, figures, words.caption(knobs, figures), 1.0, lesions)


def _frame(
    race: Race, figures: dict[str, float], caption: str, progress: float, lesions: dict[Kind, list[float]] | None = None
) -> Frame:
    curves = _curves(race, lesions or {})
    knobs = race.knobs
    return Frame(
        _pictures(race),
        curves=curves,
        tables={"routes": _routes(knobs), "both nets": _table(figures)},
        views=_views(knobs, {curve.chart for curve in curves.values()}),
        figures=figures,
        formulas=words.formulas(knobs, figures),
        caption=caption,
        progress=progress,
    )


def _views(knobs: ResidualKnobs, charts: set[str]) -> dict[str, tuple[str, ...]]:
    """Those whose charts have begun; the one to start with comes first."""
    wanted = {
        "layers": (GRADIENTS,),
        "loss": (LOSS,),
        "depth": (DEPTH,),
        "alike": (DIGIT, "plain", "residual", NUDGED, "plain nudged", "residual nudged"),
        "lesion": (LESION,),
        "paths": ("routes",),
        "table": ("both nets",),
    }
    views = {name: items for name, items in wanted.items() if items[0] in {*charts, DIGIT, "routes", "both nets"}}
    return {knobs.show: views[knobs.show], **views} if knobs.show in views else views


# Pictures and curves


def _pictures(race: Race) -> dict[str, colour.Pixels]:
    """The first two of the similar digits, and what each asks of its pixels."""
    from cnntutor.demos.gallery._residual_race import NEIGHBOURS
    from cnntutor.vision.deep_nets import between

    one, other = race.data.train.x[:2]
    digits = between(one, other, NEIGHBOURS)[:2]  # [2, 1, 8, 8]
    pictures = {DIGIT: colour.rgb(digits[0]), NUDGED: colour.rgb(digits[1])}
    for kind, gradients in race.neighbours.items():
        pictures[kind], pictures[f"{kind} nudged"] = (colour.signed(gradient[0]) for gradient in gradients[:2])
    return pictures


def _curves(race: Race, lesions: dict[Kind, list[float]]) -> dict[str, Curve]:
    curves: dict[str, Curve] = {}
    for kind, norms in race.now.items():
        curves[kind] = _curve(range(1, len(norms) + 1), map(_log, norms), GRADIENTS, "layer, from the picture up")
        losses, depths = race.losses[kind], race.by_depth[kind]
        if losses:
            curves[f"{kind} net"] = _curve(range(1, len(losses) + 1), losses, LOSS, "step")
        if depths:
            curves[f"{kind} nets"] = _curve(depths, map(_log, depths.values()), DEPTH, "layers of the net")
    for kind, shares in lesions.items():
        curves[f"{kind} less one"] = _curve(range(1, len(shares) + 1), shares, LESION, "which block is taken out")
    return curves


def _curve(x: Iterable[float], y: Iterable[float], chart: str, x_label: str) -> Curve:
    return Curve(tuple(map(float, x)), tuple(y), chart, x_label=x_label)


def _log(norm: float) -> float:
    return math.log10(max(norm, FAINTEST))


# Numbers


def _first_figures(race: Race) -> dict[str, float]:
    """Of the nets before the first step, and of the chain by hand."""
    from cnntutor.demos.gallery._residual_race import KINDS, alike

    knobs = race.knobs
    first = {f"gradient_{kind}": race.first[kind][0] for kind in KINDS}
    return {
        **first,
        "gradient_ratio": first["gradient_residual"] / max(first["gradient_plain"], FAINTEST),
        **{f"alike_{kind}": alike(race, kind) for kind in KINDS},
        "routes": 2**knobs.blocks,
        "chain_plain": knobs.slope**knobs.blocks,
        "chain_residual": (1 + knobs.slope) ** knobs.blocks,
    }


def _last_figures(race: Race, lesions: dict[Kind, list[float]]) -> dict[str, float]:
    from cnntutor.demos.gallery import _residual_race as racing

    figures: dict[str, float] = {}
    for kind in racing.KINDS:
        figures[f"factor_{kind}"] = _factor(race.by_depth[kind])
        figures[f"loss_{kind}"] = racing.final_loss(race, kind)
        figures[f"accuracy_{kind}"] = racing.accuracy(race, kind)
        figures[f"lesion_{kind}"] = sum(lesions[kind]) / len(lesions[kind])
    return figures


def _factor(by_depth: dict[int, float]) -> float:
    """By which a layer more multiplies the first layer's gradient, from the shallowest net to the deepest."""
    (shallow, before), *_, (deep, after) = [*by_depth.items(), *by_depth.items()]
    layers = max(1, deep - shallow)
    return math.exp((_log(after) - _log(before)) * math.log(10) / layers)


def _routes(knobs: ResidualKnobs) -> Table:
    """Routes by how many branches they pass; what each is worth, and all of them together."""
    rows: list[tuple[Cell, ...]] = [
        (passed, count, float(knobs.slope**passed), float(count * knobs.slope**passed))
        for passed, count in enumerate(knobs.routes)
    ]
    return Table(("branches", "routes", "each", "adds"), (*rows, ("all", sum(knobs.routes), None, _sum(rows))))


def _sum(rows: list[tuple[Cell, ...]]) -> float:
    return sum(float(row[3] or 0) for row in rows)


_ROWS = {"gradient": "first gradient", "alike": "alike", "loss": "loss", "accuracy": "right", "lesion": "less a block"}


def _table(figures: dict[str, float]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (title, *(float(f"{figures[f'{name}_{kind}']:.3g}") for kind in ("plain", "residual")))
        for name, title in _ROWS.items()
        if f"{name}_plain" in figures
    ]
    return Table(("", "plain", "residual"), tuple(rows))
