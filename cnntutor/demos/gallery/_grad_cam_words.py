"""What the demo `grad-cam` says: the finding, what to look at and try, the working. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._grad_cam_knobs import GradCamKnobs, Method
from cnntutor.demos.protocol import Frame, Prediction, predict_number
from cnntutor.wording import percent

if TYPE_CHECKING:
    from cnntutor.demos.gallery._grad_cam_look import Look
    from cnntutor.demos.gallery._grad_cam_scene import Scene

_LOOK: dict[Method, str] = {
    "grad-cam": "A channel with a weight below zero speaks against the class and takes away from the map.",
    "grad-cam++": "Only slopes upwards count here, so nothing can speak against the class and the map is wider.",
    "layer-cam": "Every cell has a weight of its own, so even early layers with fine maps give something.",
    "score-cam": "No gradients: each channel masked the picture, and the score that was left is its weight.",
    "occlusion": "Neither layer nor gradients: where covering a square hurts the score, the map is hot.",
}
_TRY: dict[Method, str] = {
    "grad-cam": "Name another class as `second_target`; then set `weights` to random. Does the map still know?",
    "grad-cam++": "Compare the share inside with `method` grad-cam: which one spills over the border?",
    "layer-cam": "Set `second_layer` to an earlier layer, then do the same with `method` grad-cam.",
    "score-cam": "Watch what it costs: one pass through the net for every channel. Is the map worth it?",
    "occlusion": "Set `side` to 192 and see whether the hot spot stays where it was.",
}


_UNTRAINED = (
    "These weights were never trained, so the map may mean nothing: a method whose maps looked as good now would show"
    " the picture's edges, not what the net has learnt (Adebayo et al. 2018, arXiv:1810.03292)."
)
_TRY_UNTRAINED = "Change the seed, then turn `weights` back to trained."


def caption(knobs: GradCamKnobs, looks: Mapping[str, Look]) -> str:
    """The finding of each map, what to see in it, and what to do next.

    Args:
        knobs: of the run.
        looks: its maps by title.
    """
    found = " ".join(_finding(title, look) for title, look in looks.items())
    if knobs.weights == "random":
        return f"**Look** {found} {_UNTRAINED}\n\n**Try** {_TRY_UNTRAINED}"
    return f"**Look** {found} {_LOOK[knobs.method]}\n\n**Try** {_TRY[knobs.method]}"


def _finding(title: str, look: Look) -> str:
    if not look.peak:
        return f"Nothing speaks for **{title}**: its map is zero everywhere."
    row, column = look.top
    if look.mask is None:
        return f"For **{title}** ({percent(look.chance)}) the map is hottest at row {row}, column {column}."
    verdict = "in its texture" if look.hit else "outside its texture"
    return f"For **{title}** the map is hottest {verdict}, and {percent(look.inside)} of its heat lies inside."


def formulas(knobs: GradCamKnobs, scene: Scene, look: Look) -> tuple[str, ...]:
    """The working of the first map, with this run's numbers."""
    if knobs.method == "occlusion":
        squares = f"{look.map_size}² = {look.map_size**2} squares, {look.stride:g} pixels apart"
        return (f"map = ReLU(mean of y(x) − y(x covered) over the squares on a pixel); {squares}",)
    channels, height, width = scene.layers[look.question.layer]
    size = f"map side = {scene.side} / {look.stride:.4g} = {height} cells"
    scale = f"largest value {look.peak:.4g}, which becomes 1"
    return (_weights(knobs.method, look, height, width), f"{_sum(knobs.method)}, k = 1…{channels}; {scale}", size)


def _weights(method: Method, look: Look, height: int, width: int) -> str:
    cells = f"Z = {height}·{width} = {height * width}"
    match method:
        case "grad-cam":
            return f"αₖ = 1/Z·Σᵢⱼ ∂y/∂Aᵏᵢⱼ, {cells}; {_strongest(look)}"
        case "grad-cam++":
            return f"αₖ = Σᵢⱼ ReLU(g)·g²/(2g² + g³·ΣA), g = ∂y/∂Aᵏᵢⱼ; {_strongest(look)}"
        case "score-cam":
            return f"αₖ = softmaxₖ y(x ∘ Hₖ), Hₖ = Aᵏ enlarged, from 0 to 1; {_strongest(look)}"
    return f"αᵏᵢⱼ = ReLU(∂y/∂Aᵏᵢⱼ), one for each of {cells} cells"


def _sum(method: Method) -> str:
    return "L = ReLU(Σₖ αᵏᵢⱼ·Aᵏᵢⱼ)" if method == "layer-cam" else "L = ReLU(Σₖ αₖ·Aᵏ)"


def _strongest(look: Look) -> str:
    weights = look.channels.weights if look.channels else None
    if weights is None:
        return ""
    channel = int(weights.abs().argmax())
    return f"the largest is channel {channel}'s, {float(weights[channel]):.4g}".replace("-", "−")


# Predict first


def predict(knobs: GradCamKnobs) -> Prediction | None:
    """In a mosaic: where will the map be hottest? Of a picture: how coarse is the map?"""
    if knobs.scene == "mosaic":
        return _which_half(knobs)
    usual = (knobs.model, knobs.layer, knobs.side, knobs.method) == ("textures", "", 0, "grad-cam")
    if not usual:
        return None
    return predict_number(
        "The net halves the picture's side of 96 pixels three times. How many cells on a side does the raw map have?",
        "map_size",
        (3, 12, 32, 96),
        why="Every pooling keeps one of 2×2 cells: 96 → 48 → 24 → 12. The map is enlarged only to lie on the picture.",
    )


def _which_half(knobs: GradCamKnobs) -> Prediction:
    left, right = ("left", "right") if knobs.layout == "side by side" else ("above", "below")
    asked = f"**{knobs.target}**" if knobs.target else "the likeliest class"

    def judge(frame: Frame) -> int | None:
        figures = frame.figures
        if "peak" not in figures:
            return None
        place = figures["column" if knobs.layout == "side by side" else "row"]
        return 2 if not figures["peak"] else int(place >= figures["side"] / 2)

    return Prediction(
        f"{knobs.first.capitalize()} lies {left}, {knobs.second} {right}. Where will the map for {asked} be hottest?",
        (f"in the {knobs.first}", f"in the {knobs.second}", "nowhere: it is zero everywhere"),
        judge,
        why="A map answers for one class alone. The net never saw two textures in one picture, nor where any of them"
        " lay; averaging the last maps (global average pooling) is what keeps the place.",
    )
