"""saliency: which pixels made the score? Seven maps side by side, judged where the answer is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _saliency_words as words
from cnntutor.demos.gallery._saliency_knobs import METHODS, TITLES, SaliencyKnobs
from cnntutor.demos.protocol import Frame, demo

if TYPE_CHECKING:
    import torch

    from cnntutor.demos.gallery._saliency_maps import Study


@demo(
    "saliency",
    topic="interpretability",
    title="Seven saliency maps",
    promise="Seven maps of one answer: see which find the right surface, and which hardly need the net.",
    predict=words.predict,
)
def saliency(knobs: SaliencyKnobs, device: torch.device) -> Iterator[Frame]:
    """Map after map; then the net forgets, part by part; then other mosaics judge; the last frame has everything."""
    from cnntutor.demos.gallery import _saliency_maps as made

    study, pieces = made.start(knobs, device), made.pieces(knobs)
    yield _on_the_way(study, 0)
    for number, _ in enumerate(made.work(study), 1):
        if number < pieces:
            yield _on_the_way(study, number / pieces)
    yield _last(study)


def _on_the_way(study: Study, progress: float) -> Frame:
    """The maps that there are."""
    from cnntutor.demos.gallery import _saliency_look as look

    images = {"picture": look.pixels(study), **look.maps(study)}
    views = {name: tuple(title for title in titles if title in images) for name, titles in _map_views().items()}
    return Frame(
        images,
        views={name: titles for name, titles in views.items() if titles},
        caption=words.meanwhile(study),
        formulas=words.formulas(study.knobs),
        progress=progress,
    )


def _map_views() -> dict[str, tuple[str, ...]]:
    from cnntutor.demos.gallery import _saliency_look as look

    side_by_side = ("slope", "integrated", "grad-cam")
    others = tuple(TITLES[method] for method in METHODS if method not in side_by_side)
    return {
        "maps": ("picture", *(TITLES[method] for method in METHODS if method in side_by_side)),
        "more": others,
        "reset": tuple(look.RESET.values()),
    }


def _last(study: Study) -> Frame:
    from cnntutor.demos.gallery import _saliency_look as look
    from cnntutor.demos.gallery import _saliency_maps as made

    shares = made.shares(study, study.model, study.x)
    total, large = float(shares.sum()), look.enlarged(study)
    figures = look.figures(study, total)
    views = _map_views() | {
        "one": ("picture", *large),
        "verdict": (look.VERDICT,),
        "alike": (look.ALIKE_CHART,),
        "way": (look.SHARES, look.WAY_CHART),
        "steps": (look.STEPS_CHART,),
    }
    return Frame(
        {"picture": look.pixels(study), **look.maps(study), **large, **look.signed_shares(shares)},
        look.curves(study, total),
        tables={look.VERDICT: look.verdict(study)},
        views={study.knobs.show: views[study.knobs.show], **views},
        figures=figures,
        formulas=words.formulas(study.knobs, figures),
        caption=words.caption(study.knobs, figures),
        progress=1.0,
    )
