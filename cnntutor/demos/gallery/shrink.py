"""shrink: one trained net made smaller in several ways, with what each costs in bytes, time and digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _shrink_words as words
from cnntutor.demos.gallery._shrink_knobs import ShrinkKnobs
from cnntutor.demos.protocol import Frame, demo

if TYPE_CHECKING:
    import torch

    from cnntutor.demos.gallery._shrink_nets import Workshop


def _constants(knobs: ShrinkKnobs, seed: int) -> Mapping[str, object]:
    del knobs, seed
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz")}


@demo(
    "shrink",
    topic="deployment",
    title="Shrink a net",
    promise="Round it to eight bits, cut half of it, let it teach a small one: weigh, time and examine them all.",
    constants=_constants,
    predict=words.predict,
)
def shrink(knobs: ShrinkKnobs, device: torch.device) -> Iterator[Frame]:
    """Sizes at once; then the net learns, and is made smaller in one way after the other.

    All of it happens on the processor: it is small devices that nets are made small for, and torch's kernels for whole
    numbers run nowhere else.
    """
    from cnntutor.demos.gallery import _shrink_nets as made

    del device
    shop, pieces = made.start(knobs), made.pieces(knobs)
    yield _frame(shop, words.opening(knobs), 0)
    for number, piece in enumerate(made.work(shop), 1):
        done = number == pieces
        yield _frame(shop, words.caption(shop) if done else words.meanwhile(shop, piece), number / pieces)


def _frame(shop: Workshop, caption: str, progress: float) -> Frame:
    from cnntutor.demos.gallery import _shrink_look as look

    kernels, curves = look.kernels(shop), look.curves(shop)
    tables = {look.COSTS: look.costs(shop)}
    views: dict[str, tuple[str, ...]] = {"costs": (look.COSTS,)}
    images = dict(kernels)
    views |= {name: (chart,) for name, chart in _charts(shop).items()}
    if "student" in shop.nets:
        views["student"], tables[look.STUDENT] = (look.STUDENT,), look.students(shop)
    if shop.times:
        views["time"], tables[look.CLOCK] = (look.CLOCK,), look.clock(shop)
        images[look.DOUBTFUL], tables[look.DOUBTS] = look.doubts(shop)
        views["doubt"] = (look.DOUBTFUL, look.DOUBTS)
    views["weights"] = tuple(kernels)
    return Frame(
        images,
        curves,
        tables=tables,
        views=_first(shop.knobs.show, views),
        figures=look.figures(shop),
        formulas=words.formulas(shop.knobs),
        caption=caption,
        progress=progress,
    )


def _charts(shop: Workshop) -> dict[str, str]:
    """The charts that there is something in, by view."""
    from cnntutor.demos.gallery import _shrink_look as look

    known = {}
    if len(shop.by_bits["per layer"]) > 1:
        known["bits"] = look.BITS_CHART
    if shop.by_share:
        known["cut"] = look.CUT_CHART
    return known


def _first(view: str, views: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The one that is asked for comes first, once it is there."""
    return {view: views[view], **views} if view in views else views
