"""transfer: a net that knows the digits 0 to 6 learns 7, 8 and 9 from a handful of pictures; another starts afresh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _transfer_words as words
from cnntutor.demos.gallery._transfer_knobs import NEW, TransferKnobs
from cnntutor.demos.gallery._transfer_runs import WAYS, Runs
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import arithmetic, colour

if TYPE_CHECKING:
    import torch
    from torch import Tensor

CHART, NUMBERS = "named right", "7, 8 and 9 named right, in %"
OLD_TITLE, NEW_TITLE = "learnt before, like 1, 3 and 5", "new: one each of 7, 8, 9"

SHOWN = (1, 3, 5)
"""Old digits that are drawn: more would be too small to see."""

LEARNING_OLD = 0.4
"""Share of the progress that the pre-training counts as."""


def _constants(knobs: TransferKnobs, seed: int) -> Mapping[str, object]:
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz"), "COUNTS": sorted({knobs.examples, knobs.most})}


@demo(
    "transfer",
    topic="augmentation",
    title="Borrow a body",
    promise="Learn three digits from five pictures each: from scratch, or on a net that knows the other seven.",
    constants=_constants,
    predict=words.predict,
)
def transfer(knobs: TransferKnobs, device: torch.device) -> Iterator[Frame]:
    """The old digits are learnt, pass by pass; then the new ones, from few pictures and then from more."""
    import torch

    runs = Runs(knobs, device, torch.initial_seed())
    pictures = _pictures(runs)
    for done in range(knobs.pretraining):
        yield _frame(knobs, runs, pictures, LEARNING_OLD * done / knobs.pretraining)
        runs.pretrain()
    for done, count in enumerate(knobs.counts):
        yield _frame(knobs, runs, pictures, LEARNING_OLD + (1 - LEARNING_OLD) * done / len(knobs.counts))
        runs.compare(count)
    yield _frame(knobs, runs, pictures, 1.0)


def _frame(knobs: TransferKnobs, runs: Runs, pictures: Mapping[str, colour.Pixels], progress: float) -> Frame:
    figures = _figures(knobs, runs)
    views: dict[str, tuple[str, ...]] = {"before": (OLD_TITLE,), "new": (NEW_TITLE,)}
    if runs.right:
        views = {"curve": (CHART,), **views, "numbers": (NUMBERS,)}
    return Frame(
        pictures,
        _curves(runs),
        tables={NUMBERS: _table(runs)} if runs.right else {},
        views=views,
        figures=figures,
        formulas=words.formulas(knobs, figures),
        caption=words.caption(knobs, figures),
        progress=progress,
    )


def _figures(knobs: TransferKnobs, runs: Runs) -> dict[str, float]:
    head = arithmetic.dense_params(4 * knobs.width, len(NEW))
    body = sum(weights.numel() for weights in runs.body.parameters())
    figures: dict[str, float] = {"body_params": body, "head_params": head, "old_accuracy": runs.old_accuracy()}
    for ending, count in (("", knobs.examples), ("_most", knobs.most)):
        if right := runs.right.get(count):
            figures |= {f"{way}{ending}": share for way, share in right.items()}
            figures[f"lead{ending}"] = 100 * (right["tuned"] - right["scratch"])
    return figures


def _curves(runs: Runs) -> dict[str, Curve]:
    counts = tuple(runs.right)
    shares = {way: tuple(right[way] for right in runs.right.values()) for way in WAYS}
    legends = {"scratch": "from scratch", "frozen": "frozen body", "tuned": "fine-tuned"}
    x_label = "pictures of each new digit"
    return {legends[way]: Curve(counts, y, CHART, x_label, CHART) for way, y in shares.items() if counts}


def _table(runs: Runs) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (count, *(f"{100 * right[way]:.0f}" for way in WAYS)) for count, right in runs.right.items()
    ]
    return Table(("of each", "scratch", "frozen", "fine-tuned"), tuple(rows))


def _pictures(runs: Runs) -> dict[str, colour.Pixels]:
    old = [int((runs.old_labels == digit).nonzero()[0]) for digit in SHOWN]
    return {OLD_TITLE: _row(runs.old[old]), NEW_TITLE: _row(runs.new[runs.few(1)])}


def _row(x: Tensor) -> colour.Pixels:
    return colour.mosaic([colour.rgb(picture.clamp(0, 1)) for picture in x], len(x))
