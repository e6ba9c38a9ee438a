"""What signals says: the picture's units, what to look at and to try, and the question before the run."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._signals_knobs import RATE, SignalsKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

LIMITS = (0.95, 0.8, 0.6)


def hearing() -> str:
    """What is said at the first picture."""
    return "Twelve seconds of a lesson: time to the right, pitch upwards. The stripes are a voice's overtones."


def watching() -> str:
    """What is said at the first series."""
    return "A burst of waves hides somewhere in noise. Crests every 6 moments, or every 9: where is it, and which?"


def learning(epoch: int, accuracy: float) -> str:
    """What is said after an epoch."""
    return f"Epoch {epoch}: {percent(accuracy)} right of what it has never heard."


def voice_formulas(knobs: SignalsKnobs) -> tuple[str, ...]:
    """Width of a row and length of a window."""
    size = knobs.samples
    return (
        f"a row: {RATE:,}/{size} = {RATE / size:.4g} Hz",
        f"a window: {size}/{RATE:,} s = {1000 * size / RATE:.4g} ms, 1/row",
    )


def wave_formulas() -> tuple[str, ...]:
    """What the net keeps of a series."""
    return ("answer of a kernel = max over all moments of ReLU(kernel ∗ series)",)


def voices(knobs: SignalsKnobs, accuracy: float, hosts: tuple[str, str]) -> str:
    """What to look at and what to try next, once the voices are learnt."""
    axes = "along time and along pitch" if knobs.slides == "time and pitch" else "along time alone"
    return (
        f"**Look** The kernels slide {axes}. Of half seconds from a lesson that it never heard, it names"
        f" {percent(accuracy)} right as {hosts[0]} or {hosts[1]}. View “who speaks”: does it follow the script?\n\n"
        f"**Try** {_try_voices(knobs)}"
    )


def _try_voices(knobs: SignalsKnobs) -> str:
    if knobs.window != "512":
        return "Set `window` to 128, then 2048: first the stripes melt, then the syllables. Which one hurts?"
    if knobs.slides == "time and pitch":
        return (
            "Turn `slides` to time: each pitch becomes a channel of its own. Higher is another voice, so who is right?"
        )
    return "Turn `second` to hear another place. Set `window` to 2048: what happens to the syllables?"


def waves(knobs: SignalsKnobs, accuracy: float, rivals: Mapping[str, float]) -> str:
    """What to look at and what to try next, once the waves are learnt."""
    return (
        f"**Look** Weighing each moment by itself: {percent(rivals['linear'])}, no better than a coin. Random kernels,"
        f" never trained, with the loudest answer of each: {percent(rivals['random'])}. Learnt ones:"
        f" {percent(accuracy)}. “Somewhere, loudly” is the whole trick.\n\n**Try** {_try_waves(knobs)}"
    )


def _try_waves(knobs: SignalsKnobs) -> str:
    if knobs.noise < 1:
        return "Raise `noise` to 1, then 2: who holds out longest? View “kernels”: do you see the two periods?"
    return "Give it more `examples`: who gains? Then lower `noise` again."


def predict(knobs: SignalsKnobs) -> Prediction:
    """How far a small net gets."""

    def judge(frame: Frame) -> int | None:
        accuracy = frame.figures.get("accuracy")
        return None if accuracy is None else sum(accuracy < limit for limit in LIMITS)

    ask = (
        "A net of two small convolutions has seen 80 seconds of two voices. Of half seconds from another lesson, how"
        " many will it assign to the right host?"
        if knobs.scene == "voices"
        else f"A burst of waves lies anywhere in noise, its crests 6 or 9 apart. A net with 12 kernels sees"
        f" {knobs.examples} examples. How many new ones will it tell apart?"
    )
    return Prediction(
        ask,
        ("at least 95 %", "80–95 %", "60–80 %", "fewer than 60 %"),
        judge,
        why="What a voice is like, it is like at every moment: one small kernel, shared along time, sees many examples"
        " in every second.",
        cards=("app-unlike-axes",),
    )
