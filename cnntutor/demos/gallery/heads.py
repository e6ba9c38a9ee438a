"""heads: one body under two heads, and what each knows, costs and refuses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _heads_words as words
from cnntutor.demos.gallery._heads_knobs import BODY_STRIDE, HEADS, Head, HeadsKnobs
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import colour, textures
from cnntutor.vision.arithmetic import dense_params
from cnntutor.vision.heat import heat

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.demos.gallery._heads_nets import Pair

PACE = 0.12
"""Seconds at each row of the window's walk."""

WALK = 8
"""Rows of the score map that are halted at."""

ACCURACY = "held-out accuracy"


def _constants(knobs: HeadsKnobs, seed: int) -> Mapping[str, object]:
    del seed
    return {"LAST_SIDE": knobs.last_side}


@demo(
    "heads",
    topic="heads",
    title="Change the head",
    promise="Flatten or average? Train both, feed them other sizes, and let a dense layer walk over a picture.",
    constants=_constants,
    predict=words.predict,
)
def heads(knobs: HeadsKnobs, device: torch.device) -> Iterator[Frame]:
    """The score map of the mosaic after each epoch; then the window walks over it; the last frame has the tables."""
    from cnntutor.demos.gallery import _heads_nets as made

    pair = made.start(knobs, device)
    yield _frame(pair, words.learning(knobs, 0))
    steps = knobs.epochs + WALK + 1
    for epoch in made.learn(pair):
        yield _frame(pair, words.learning(knobs, epoch), epoch / steps)
    found = made.score_map(pair)
    for step in range(WALK):
        row = found.shape[1] * step // WALK
        yield _frame(pair, f"One window, one answer: row {row + 1}.", (knobs.epochs + step) / steps, row)
    yield _last(pair, found)


def _frame(pair: Pair, caption: str, progress: float = 0.0, row: int | None = None) -> Frame:
    """The nets as they are; with a row, the window stands at its end, and later rows are not known."""
    knobs = pair.knobs
    return Frame(
        _pictures(pair, row),
        curves=_curves(pair),
        tables=_tables(pair),
        views=_views(knobs, trained=bool(pair.accuracies["gap"])),
        figures=_first_figures(pair),
        formulas=words.formulas(knobs),
        caption=caption,
        progress=progress,
        hold=0 if row is None else PACE,
    )


def _last(pair: Pair, found: Tensor) -> Frame:
    from cnntutor.demos.gallery import _heads_nets as made

    knobs, by_size = pair.knobs, made.accuracies_by_size(pair)
    renamed = {head: made.renamed(pair, head) for head in HEADS}
    figures = _first_figures(pair) | {f"renamed_{head}": share for head, share in renamed.items()}
    figures |= {"map_rows": found.shape[1], "map_right": made.right_share(pair, found)}
    figures |= {"map_error": made.map_error(pair, found)}
    figures |= {f"gap_{side}": shares["gap"] for side, shares in by_size.items()}
    refusal = made.refusal(pair, 2 * knobs.side)
    figures |= {"flatten_runs": int(not refusal), "gap_runs": int(not math.isnan(by_size[max(by_size)]["gap"]))}
    return Frame(
        _pictures(pair, None),
        curves=_curves(pair),
        tables=_tables(pair, renamed, by_size),
        views=_views(knobs, trained=True),
        figures=figures,
        formulas=words.formulas(knobs, refusal),
        caption=words.caption(knobs, figures),
        progress=1.0,
    )


def _views(knobs: HeadsKnobs, *, trained: bool) -> dict[str, tuple[str, ...]]:
    views: dict[str, tuple[str, ...]] = {
        "map": ("mosaic", knobs.first, knobs.second),
        "heads": ("heads",),
        "sizes": ("other sizes",),
        "evidence": ("mosaic", f"for {knobs.first}", f"for {knobs.second}"),
        "counts": ("parameters of a head",),
    }
    if trained:
        views = {"map": views["map"], "learning": (ACCURACY,), **views}
    return {knobs.show: views[knobs.show], **views} if knobs.show in views else views


# Pictures and curves


def _pictures(pair: Pair, row: int | None) -> dict[str, colour.Pixels]:
    from cnntutor.demos.gallery import _heads_nets as made

    knobs, shown = pair.knobs, colour.rgb(pair.picture)
    chances, cells = made.score_map(pair).softmax(0), made.evidence(pair)
    pictures = {"mosaic": shown}
    for name in (knobs.first, knobs.second):
        class_ = textures.NAMES.index(name)
        pictures[name] = heat(chances[class_])
        pictures[f"for {name}"] = colour.signed(cells[class_])
        if row is not None:
            pictures[name] = colour.covered(pictures[name], row + 1)
    if row is not None:
        left = (chances.shape[2] - 1) * BODY_STRIDE
        pictures["mosaic"] = colour.outlined(shown, row * BODY_STRIDE, left, knobs.side)
    return pictures


def _curves(pair: Pair) -> dict[str, Curve]:
    return {
        head: Curve(tuple(map(float, range(1, len(shares) + 1))), tuple(shares), ACCURACY, x_label="epoch")
        for head, shares in pair.accuracies.items()
        if shares
    }


# Numbers


def _first_figures(pair: Pair) -> dict[str, float]:
    knobs = pair.knobs
    counts = (
        dense_params(knobs.channels * knobs.map_side**2, knobs.classes),
        dense_params(knobs.channels, knobs.classes),
    )
    return {
        **{f"parameters_{head}": pair.parameters(head) for head in HEADS},
        **{f"accuracy_{head}": shares[-1] for head, shares in pair.accuracies.items() if shares},
        **{f"count_{head}": count for head, count in zip(HEADS, counts, strict=True)},
    }


def _tables(
    pair: Pair, renamed: Mapping[Head, float] | None = None, by_size: Mapping[int, Mapping[Head, float]] | None = None
) -> dict[str, Table]:
    knobs, figures = pair.knobs, _first_figures(pair)
    return {
        "heads": Table(("head", "parameters", "right", "renamed"), tuple(_heads(figures, renamed or {}))),
        "other sizes": Table(("pixels", "last maps", "flatten", "gap", "as conv"), tuple(_sizes(knobs, by_size or {}))),
        "parameters of a head": Table(
            ("head", "parameters"), tuple((head, int(figures[f"count_{head}"])) for head in HEADS)
        ),
    }


def _heads(figures: Mapping[str, float], renamed: Mapping[Head, float]) -> Iterator[tuple[Cell, ...]]:
    """What each costs, how often it is right, and how often it changes its mind if the cells change places."""
    for head in HEADS:
        right, changed = figures.get(f"accuracy_{head}"), renamed.get(head)
        yield head, int(figures[f"parameters_{head}"]), _percent(right), _percent(changed)


def _sizes(knobs: HeadsKnobs, by_size: Mapping[int, Mapping[Head, float]]) -> Iterator[tuple[Cell, ...]]:
    """How each head does on pieces of each size; as a convolution, flatten gives several answers, or none."""
    for side, shares in by_size.items():
        cells = knobs.cells(side)
        stops = cells - knobs.last_side + 1
        conv = f"{stops}×{stops}" if stops > 0 else "too small"
        yield side, f"{cells}×{cells}", _percent(shares["flatten"]), _percent(shares["gap"]), conv


def _percent(share: float | None) -> str:
    if share is None:
        return ""
    return "refuses" if math.isnan(share) else f"{100 * share:.1f} %"
