"""What the demo `kernels` says. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._kernels_knobs import KernelsKnobs
from cnntutor.demos.protocol import Prediction, predict_number
from cnntutor.vision.kernels import KernelName
from cnntutor.wording import percent

EVEN = 7

_SUMS: dict[KernelName, int] = {
    "identity": 1,
    "box": 1,
    "gaussian": 1,
    "sharpen": 1,
    "emboss": 1,
    "sobel-x": 0,
    "sobel-y": 0,
    "laplacian": 0,
    "gabor": 0,
}
"""Of the weights; random ones have none that can be known before."""

_LOOK: dict[KernelName, str] = {
    "identity": "It copies the pixel under its one weight, and so it does to every wave: its gain is 1 throughout.",
    "box": "It keeps slow waves and stops some fast ones, but between these others slip through: see the view gains.",
    "gaussian": "It keeps slow waves and lets fast ones fade evenly: a blur without traces.",
    "sobel-x": "Orange where it brightens to the right, blue where it darkens. Waves that run down leave it cold.",
    "sobel-y": "Orange where it brightens downwards, blue where it darkens. Waves that run across leave it cold.",
    "laplacian": "It answers to bends in any direction: the faster the wave, the larger its gain.",
    "sharpen": "It is the picture minus its Laplacian: slow waves stay as they are, fast ones are exaggerated.",
    "emboss": "The picture plus its slope, lit from one corner.",
    "gabor": "It answers to stripes of one width and one slant; its gain has two spots, that wave either way round.",
    "random": "Nobody chose these weights. Most filters start like this, and training turns them into the learnt ones.",
}


def turning(number: int, like: tuple[str, float], angle: int) -> str:
    """What is said while the learnt filters go by and the wave turns."""
    return (
        f"{_likeness(number, like)} In the view wave a Gabor kernel turns, now at {angle}°: "
        "the stripes and edges in its way answer."
    )


def formulas(knobs: KernelsKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """The answers to the tiny pictures, worked out."""
    total = f"{figures['sum']:g}".replace("-", "−")
    even = f"{figures['even']:g}".replace("-", "−")
    before, mean = (f"{figures[of]:.3g}".replace("-", "−") for of in ("picture_mean", "mean"))
    return (
        f"even surface: {EVEN}·Σw = {EVEN}·{total} = {even}",
        f"gain of frequency 0 = |Σw| = {abs(figures['sum']):g}",
        f"mean: picture {before}, answer {mean}",
    )


def caption(knobs: KernelsKnobs, number: int, like: tuple[str, float], figures: Mapping[str, float]) -> str:
    """What to look at, and what to try next; the learnt filter comes with its number and what it is like."""
    return (
        f"**Look** {_family(knobs, figures)} {_LOOK[knobs.kernel]} {_likeness(number, like)}\n\n**Try** {_try(knobs)}"
    )


def _family(knobs: KernelsKnobs, figures: Mapping[str, float]) -> str:
    total = _SUMS.get(knobs.kernel)
    if total is None:
        return f"These weights sum to {figures['sum']:.2f}: an even surface comes out as so many times its brightness."
    if total:
        return "Its weights sum to 1, so even surfaces keep their brightness."
    return "Its weights sum to 0, so even surfaces vanish, and only change is left."


def _likeness(number: int, like: tuple[str, float]) -> str:
    name, score = like
    article = "an " if name.startswith("edge") else "" if name.startswith("stripes") else "a "
    return f"Learnt filter {number} is most like {article}{name} ({percent(score)})."


def _try(knobs: KernelsKnobs) -> str:
    if knobs.brighten:
        return "Turn `kernel`: which answers do not care that the picture is brighter?"
    if knobs.kernel in ("sobel-x", "sobel-y"):
        return "Set `brighten` to 0.5: does the answer change? Then turn `learnt_filter`."
    if knobs.kernel == "box":
        return "Set `kernel_size` to 9, then `kernel` to gaussian: compare the two in the view gains."
    if knobs.kernel == "gabor":
        return "Set `image` to brick and see the view wave: at which angle does the wall answer most?"
    if knobs.kernel == "random":
        return "Change the seed: do any of these weights look learnt? Then turn `learnt_filter`."
    if knobs.kernel == "identity":
        return "Set `kernel` to box, then to sharpen: what is lost, and what is too much?"
    return "Set `kernel_size` to 7: the same question, put to a smoother picture. Then try gabor."


def predict(knobs: KernelsKnobs) -> Prediction | None:
    """What the kernel answers to an even surface; None where nobody can know the sum."""
    total = _SUMS.get(knobs.kernel)
    if total is None:
        return None
    taps = knobs.kernel_size**2
    return predict_number(
        f"Every pixel of a surface is {EVEN}. What does the kernel {knobs.kernel} ({knobs.kernel_size}×"
        f"{knobs.kernel_size}) answer there?",
        "even",
        (EVEN * total, 0, EVEN, EVEN * taps, 1),
        why="On an even surface the answer is the brightness times the sum of the weights. A sum of 1 keeps it; "
        "a sum of 0 makes a kernel blind to brightness.",
        cards=("conv-weight-sum", "conv-even-surface"),
    )
