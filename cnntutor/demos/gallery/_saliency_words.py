"""What the demo `saliency` says: the working, the findings, and the question before the run. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._saliency_knobs import METHODS, TITLES, Method, SaliencyKnobs, View, figure
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent, plural

if TYPE_CHECKING:
    from cnntutor.demos.gallery._saliency_maps import Study

_ASKED: tuple[Method, ...] = ("slope", "smoothed", "integrated", "grad-cam")

_FORMULAS: dict[Method, str] = {
    "slope": "slope = max |∂y/∂x| over three colours",
    "smoothed": "smoothed = mean |∂y/∂x| of {samples} noisy copies",
    "times pixel": "times pixel = |Σ x·∂y/∂x| over three colours",
    "integrated": "integrated = (x − x′)·mean ∂y/∂x from x′ to x",
    "guided": "guided = slope, but ReLUs pass slopes above 0 only",
    "occlusion": "occlusion = mean fall of y under {window}×{window} squares",
    "grad-cam": "Grad-CAM = ReLU(Σₖ αₖ·Aᵏ), αₖ = mean ∂y/∂Aᵏ",
}


def formulas(knobs: SaliencyKnobs, figures: Mapping[str, float] | None = None) -> tuple[str, ...]:
    """The chosen method's, and at the end what the shares add up to.

    Args:
        knobs: of the run.
        figures: of the run, if it is done.
    """
    method = _FORMULAS[knobs.method].format(**knobs.model_dump())
    if figures is None:
        return (method,)
    total, change = figures["sum_of_shares"], figures["score_change"]
    return (method, f"shares = {_signed(total)}; y(x) − y(x′) = {_signed(change)}")


def _signed(number: float) -> str:
    return f"{number:.3f}".replace("-", "−")


def meanwhile(study: Study) -> str:
    """What goes on."""
    name = study.knobs.name
    if len(study.maps) < len(METHODS):
        doing = f"Map after map answers the same question: which pixels made the score of {name}?"
    elif len(study.alike["slope"]) <= 1 or not study.judged["slope"][1:]:
        doing = "The net forgets, part by part from the last: which maps notice?"
    else:
        doing = "Other mosaics of the same surfaces: how often is the hottest pixel on the right side?"
    return f"**Look** {doing}\n\n**Try** Say which of the maps you believe, before they are judged."


def caption(knobs: SaliencyKnobs, figures: Mapping[str, float]) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    looks = {
        "maps": _look_maps,
        "more": _look_more,
        "one": _look_one,
        "reset": _look_reset,
        "verdict": _look_maps,
        "alike": _look_reset,
        "way": _look_way,
        "steps": _look_way,
    }
    other = "first" if knobs.target == "second" else "second"
    return f"**Look** {looks[knobs.show](knobs, figures)}\n\n**Try** {_TRY[knobs.show].format(other=other)}"


def _look_maps(knobs: SaliencyKnobs, figures: Mapping[str, float]) -> str:
    cam, slope, shares = (percent(figures[f"inside_{figure(name)}"]) for name in ("grad-cam", "slope", "integrated"))
    return (
        f"Half of the picture is {knobs.name}, so chance would put 50 % of a map there. Grad-CAM has {cam} inside, the"
        f" slopes {slope}, integrated gradients {shares}: fine maps, but of single pixels, and a surface is no pixel."
    )


def _look_more(knobs: SaliencyKnobs, figures: Mapping[str, float]) -> str:
    covered = percent(figures["inside_occlusion"])
    return (
        f"Occlusion takes {knobs.passes['occlusion']} passes and puts {covered} inside. Times pixel and"
        " guided draw the surface itself, sharply: do they explain the net, or the picture?"
    )


def _look_one(knobs: SaliencyKnobs, figures: Mapping[str, float]) -> str:
    alike = figures[f"alike_{figure(knobs.method)}"]
    return (
        f"Of the {TITLES[knobs.method]} map {percent(figures['inside'])} lies in the {knobs.name}. On the right all"
        f" weights are random: the order of the pixels agrees by {alike:.2f}, where 1 would be the same map."
    )


def _look_reset(knobs: SaliencyKnobs, figures: Mapping[str, float]) -> str:
    del knobs
    guided, slope = (figures[f"alike_{name}"] for name in ("guided", "slope"))
    return (
        f"All weights are random now. The guided map agrees with the trained net's by {guided:.2f}, the slopes' by"
        f" {slope:.2f}; 1 is the same order of pixels. What a net without knowledge draws too explains no knowledge."
    )


def _look_way(knobs: SaliencyKnobs, figures: Mapping[str, float]) -> str:
    change, total = figures["score_change"], figures["sum_of_shares"]
    return (
        f"On the straight way from {knobs.baseline} to the picture the score changes by {_signed(change)}. With"
        f" {plural(knobs.steps, 'step')} the shares of all pixels add up to {_signed(total)}. Pixels that are like the"
        " baseline get none."
    )


_TRY: dict[View, str] = {
    "maps": "Set `target` to {other}: which maps follow? Then see the view verdict.",
    "more": "Set `window` to 6: finer, and dearer. Then `samples` to 1.",
    "one": "Set `method` to guided, then to slope: which of them needs what the net has learnt?",
    "reset": "Change the seed: other random weights. Then open the view alike.",
    "verdict": "Set `first` to stars with `baseline` black, then white: black sky gets no share from black.",
    "alike": "Set `method` to guided and open the view one: what does the map follow?",
    "way": "Set `first` to stars, then `baseline` to white: who gets the shares now?",
    "steps": "Set `steps` to 2, then to 256. How many are enough?",
}


# Predict first


def predict(knobs: SaliencyKnobs) -> Prediction:
    """Which map puts most into the right half."""

    def judge(frame: Frame) -> int | None:
        found = [frame.figures.get(f"inside_{figure(method)}") for method in _ASKED]
        known = [share for share in found if share is not None]
        return known.index(max(known)) if len(known) == len(_ASKED) else None

    left, right = ("left", "right") if knobs.layout == "side by side" else ("above", "below")
    return Prediction(
        f"{knobs.first.capitalize()} lies {left}, {knobs.second} {right}, and the score of **{knobs.name}** is"
        " explained. Which map puts the largest share of itself there?",
        (
            "the slope at each pixel",
            "the slopes of noisy copies, averaged",
            "integrated gradients, whose shares add up",
            "Grad-CAM, with 12×12 cells",
        ),
        judge,
        why="Every pixel of both halves can move the score a little, up or down, so slopes are everywhere. Grad-CAM"
        " weighs what the last layer has found, and lets what speaks against the class cancel out.",
        cards=("interp-saliency", "interp-alpha"),
    )
