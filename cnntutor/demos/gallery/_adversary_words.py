"""What adversary says: the step with its numbers, what to look at and to try, and the question before the run."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._adversary_knobs import AdversaryKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

LIMITS = (0.9, 0.6, 0.1)

HARDLY_SEEN = 10
"""Grey levels up to which a change drowns in the grain of a surface."""

HARM = 0.1
"""Share of the pictures whose loss counts as harm."""


def opening(knobs: AdversaryKnobs) -> str:
    """What is said at the first frame."""
    return f"One picture, each of its pixels moved by at most {knobs.epsilon:g} of 255 grey levels. Do you see it?"


def measuring(epsilon: float) -> str:
    """What is said while the accuracy is measured."""
    return f"Noise, FGSM and PGD at {epsilon:g} grey levels: who is still named right?"


def formulas(knobs: AdversaryKnobs, truth: str) -> tuple[str, ...]:
    """The attack, with this run's numbers."""
    loss = f"L({knobs.target})" if knobs.target else f"L({truth})"
    sign = "−" if knobs.target else "+"
    if knobs.method == "fgsm":
        return (f"x′ = x {sign} {knobs.epsilon:g}/255 · sign ∂{loss}/∂x, cut to 0…1",)
    step = min(knobs.epsilon, 2.5 * knobs.epsilon / knobs.steps)
    return (
        f"{knobs.steps} times: x′ = x′ {sign} {step:.3g}/255 · sign ∂{loss}/∂x′",
        f"cut back to x − {knobs.epsilon:g}/255 … x + {knobs.epsilon:g}/255",
    )


def caption(knobs: AdversaryKnobs, figures: Mapping[str, float]) -> str:
    """What to look at and what to try next."""
    return f"**Look** {_look(knobs, figures)}\n\n**Try** {_try(knobs, figures)}"


def _look(knobs: AdversaryKnobs, figures: Mapping[str, float]) -> str:
    one = "The answer has flipped" if figures["flipped"] else "The answer holds"
    seen = "you hardly see a change" if knobs.epsilon <= HARDLY_SEEN else "by now the change shows"
    return (
        f"{one}; {seen}. Of {knobs.pictures} pictures it named {percent(figures['accuracy'])} right:"
        f" {percent(figures['noise_accuracy'])} with noise as large, {percent(figures['fgsm_accuracy'])} after one"
        f" aimed step, {percent(figures['pgd_accuracy'])} after {knobs.steps}. {_moral(figures)}"
    )


def _moral(figures: Mapping[str, float]) -> str:
    noise = figures["noise_accuracy"]
    if figures["accuracy"] - noise > HARM:
        return "So large a change does harm even where it is not aimed."
    if noise - figures["pgd_accuracy"] < HARM:
        return "So small a change does little, aimed or not."
    return "Noise cancels, aimed steps add up."


def _try(knobs: AdversaryKnobs, figures: Mapping[str, float]) -> str:
    if knobs.target and not figures["flipped"]:
        return f"Raise `steps` or `epsilon`: how much does it take to make it say {knobs.target}?"
    if not figures["flipped"]:
        return "Raise `epsilon` until it flips, or set `method` to pgd. Then look at the view accuracy."
    if knobs.method == "fgsm":
        return "Lower `epsilon`: from where on does this picture hold? Set `method` to pgd, and turn `target`."
    return "Turn `target`: can you make it say any class you like? Then empty it, and set `net` to digits."


def predict(knobs: AdversaryKnobs) -> Prediction:
    """How many are still named right after one aimed step."""

    def judge(frame: Frame) -> int | None:
        found = frame.figures.get("fgsm_accuracy")
        return None if found is None else sum(found < limit for limit in LIMITS)

    return Prediction(
        f"This net names nearly all of its pictures right. Now every pixel moves by at most {knobs.epsilon:g} of 255"
        " grey levels, in one step against the net. How many are still right?",
        ("at least 90 %", "60–90 %", "10–60 %", "fewer than 10 %"),
        judge,
        why="A sum over thousands of pixels grows by ε·Σ|w| if every one of them moves the way its weight points: tiny"
        " steps, all in one direction. Noise of the same size cancels.",
        cards=("limits-sum", "limits-noise"),
    )
