"""What the clinic says: the signs beside what is usual, what to look at and to try, and what it was."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._clinic_knobs import REMEDIES, TOLD, UNDECIDED, ClinicKnobs
from cnntutor.vision.clinic.faults import Fault
from cnntutor.wording import percent

if TYPE_CHECKING:
    from cnntutor.vision.clinic.checks import Check
    from cnntutor.vision.clinic.program import Patient
    from cnntutor.vision.clinic.ward import Signs

ABOUT = {
    Fault.NONE: "Nothing was wrong: its signs are the usual ones. Whoever always finds something is no doctor.",
    Fault.ZERO_GRAD: "`backward()` adds to the gradients that are there. Never cleared, they became the sum of all"
    " batches so far, and every step went further than the one before.",
    Fault.SOFTMAX: "`cross_entropy` does its own softmax. Scores squeezed into 0 to 1 before it can never be sure, so"
    " the loss stays above 1.46, however right the answers are.",
    Fault.EVAL: "Dropout went on dropping while the net was judged: ask twice, get two answers. `eval()` stops it;"
    " `no_grad` does not.",
    Fault.PREPARED: "The net trained on pictures of mean 0 and deviation 1, and was judged on others. It learnt; nobody"
    " could see it.",
    Fault.LEAK: "The label was written into every picture as one bright pixel, held-out ones included. The net read the"
    " pixel, the accuracy looked splendid, and pictures without it are what it fails on.",
    Fault.RATE_HIGH: "Steps so long that they overshoot: the weights were thrown far away within a few steps, the"
    " channels fell silent, and nothing brings them back.",
    Fault.RATE_LOW: "Everything is right but the length of the steps: after all of them the weights have hardly left"
    " their start.",
    Fault.DEAD: "Biases far below zero: every sum behind them is negative, every ReLU says 0, and through a 0 no"
    " gradient comes back.",
    Fault.FROZEN: "The optimiser was given the last layer alone. The others kept their random weights, and nobody"
    " clears the gradients that pile up in them.",
    Fault.ORDER: "The pictures lie sorted by class. Unshuffled, each batch shows one class, and the net learns to say"
    " whatever came last.",
    Fault.APART: "Pictures and labels were put into two different orders. There is nothing to learn but that all"
    " classes are equally likely: ln 10 = 2.30.",
}


def note_of(fault: Fault) -> str:
    """The note of the course that asks for this fault."""
    return f"clinic-{fault.name.lower().replace('_', '-')}"


def examination(last: Signs) -> tuple[tuple[str, str, str], ...]:
    """Sign, how it is here, and how it usually is with this net and these pictures."""
    return (
        ("loss before training", _number(last.losses[0] if last.losses else math.nan), "2.2–2.5 (ln 10 = 2.30)"),
        ("loss now", _number(last.loss), "below 0.3"),
        ("right in training", _share(last.trained), "90–100 %"),
        ("right, held out", _share(last.held_out), "94–99 %"),
        ("answers that change if asked twice", _share(last.apart), "none"),
        ("gradient, all layers", _number(last.gradient), "0.1–4"),
        ("gradient, first layer", _number(last.first_gradient), "0.03–1"),
        ("first layer has changed by", f"{_number(last.moved)} × its length", "0.6–1.4 × its length"),
        ("channels that are silent", _share(last.dead), "0–10 %"),
        ("scores into the loss", f"{_number(last.lowest)} to {_number(last.highest)}", "about −20 to 20"),
        ("fed in training", _spread(last.fed), "0.0 ± 1.0"),
        ("fed in judging", _spread(last.fed_judged), "0.0 ± 1.0"),
    )


def formulas(taken: list[Signs]) -> tuple[str, ...]:
    """Guessing among ten, beside what the run began with."""
    losses = taken[-1].losses
    return (f"guessing among ten: −ln(1/10) = 2.30; its first loss: {_number(losses[0])}",) if losses else ()


def running(signs: Signs, steps: int) -> str:
    """What is said while it trains."""
    return f"Step {signs.step} of {steps}: loss {_number(signs.loss)}, {_share(signs.held_out)} of the held-out right."


def caption(knobs: ClinicKnobs, last: Signs, found: list[Check]) -> str:
    """What to look at and what to do next, wherever the learner is."""
    if knobs.diagnosis == TOLD and not knobs.treated:
        return f"**Look** {_written(knobs.patient)} {ABOUT[knobs.patient.fault]}\n\n**Try** `mend` it, to see it well."
    if not knobs.treated:
        return _undecided(last) if knobs.diagnosis == UNDECIDED else _diagnosed(knobs)
    failed = [check.what for check in found if not check.holds]
    return _failed(knobs, failed, len(found)) if failed else _cured(knobs, len(found))


def _undecided(last: Signs) -> str:
    return (
        f"**Look** Ten digits, {last.step} steps, no error. Is all well? Go through the views (v): curves, signs, the"
        " examination beside what is usual, the pictures it is fed.\n\n"
        "**Try** Say what ails it: turn `diagnosis`. Then its program is handed over. (c shows it sooner, but curves"
        " are what you will have.)"
    )


def _diagnosed(knobs: ClinicKnobs) -> str:
    return (
        f"**Look** You say: {knobs.diagnosis}. Here is its program. Which line is it, or which one is missing?\n\n"
        "**Try** Choose a `mend`, or press Enter on `line` and write the line yourself. Hidden checks will grade it."
    )


def _failed(knobs: ClinicKnobs, failed: list[str], count: int) -> str:
    fail = "fails" if len(failed) == 1 else "fail"
    return (
        f"**Look** Not cured: {len(failed)} of {count} hidden checks {fail}.{_unchanged(knobs)} The first of them:"
        f" {failed[0]}.\n\n"
        "**Try** Another `mend`, or another `line`. At your wits' end, turn `diagnosis` to “tell me”."
    )


def _unchanged(knobs: ClinicKnobs) -> str:
    if knobs.lines != knobs.shown:
        return ""
    left_alone = REMEDIES.get(knobs.mend) is Fault.NONE
    return " So it is not healthy." if left_alone else " That changed nothing: it was right already."


def _cured(knobs: ClinicKnobs, count: int) -> str:
    fault = knobs.patient.fault
    verdict = "and you had seen it" if knobs.is_right else f"though you had said “{knobs.diagnosis}”"
    name = "It was healthy" if fault is Fault.NONE else f"It was “{fault.value}”"
    return (
        f"**Look** All {count} hidden checks hold. {name}, {verdict}. {ABOUT[fault]}\n\n"
        "**Try** The next patient: y brings the one whose card needs you most, `case` any other."
    )


def _written(patient: Patient) -> str:
    """Where the fault stands."""
    change = patient.change
    if change is None:
        return "This patient is healthy."
    if not change.faulty:
        return f"`{change.healthy}` is missing."
    number = next(at for at, line in enumerate(patient.lines, start=1) if line.strip() == change.faulty)
    code = change.faulty.partition("  #")[0]
    return f"Line {number}: `{code}`" + (
        f" should be `{change.healthy}`." if change.healthy else " should not be there."
    )


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:,.3g}".replace("-", "−")


def _share(value: float) -> str:
    return "–" if math.isnan(value) else percent(value)


def _spread(mean_and_deviation: tuple[float, float]) -> str:
    mean, deviation = mean_and_deviation
    return "–" if math.isnan(deviation) else f"{mean:.1f} ± {deviation:.1f}".replace("-0.0", "0.0").replace("-", "−")
