"""What the demo `optimisers` says. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._optimisers_knobs import OptimisersKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.vision.descent import RACERS, Racer, limit

STAYS = 1e-3
"""So close to −1 a factor counts as −1."""


def racing(knobs: OptimisersKnobs) -> str:
    """What is said while the paths grow."""
    return (
        "The darker, the lower. All four start at the same place: plain is orange, momentum blue, Nesterov green,"
        " Adam pink."
    )


def learning(knobs: OptimisersKnobs, racer: Racer) -> str:
    """What is said while nets are trained."""
    return f"The race is run. Now the same four teach a net to read digits, each at its own rate: {racer} is at it."


def testing(knobs: OptimisersKnobs) -> str:
    """What is said during the range test."""
    return (
        f"A range test of {knobs.tested}: the rate rises at every step. When does the loss fall, and when does it jump?"
    )


def formulas(knobs: OptimisersKnobs) -> tuple[str, ...]:
    """The factor of a plain step, and the limits, with this run's numbers."""
    if knobs.surface != "valley":
        return ("plain: w ← w − η·g", f"momentum: v ← {knobs.momentum:g}·v + g, then w ← w − η·v")
    rate, curvature = f"{knobs.learning_rate:g}", f"{knobs.curvature:g}"
    plain, momentum, nesterov = (f"{limit(racer, knobs.curvature, knobs.momentum):.3g}" for racer in RACERS[:3])
    return (
        f"1 − η·λ = 1 − {rate}·{curvature} = {_signed(knobs.factor)} times a step",
        f"limits: {plain}, momentum {momentum}, Nesterov {nesterov}",
    )


def caption(knobs: OptimisersKnobs, figures: Mapping[str, float]) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    look, try_ = {"race": _race, "net": _net, "range test": _test}[knobs.show](knobs, figures)
    return f"**Look** {look}\n\n**Try** {try_}"


def _race(knobs: OptimisersKnobs, figures: Mapping[str, float]) -> tuple[str, str]:
    if knobs.noise:
        return _noisy(knobs)
    if knobs.surface == "saddle":
        return (
            "On the saddle's ridge the ground is almost level, and plain descent (orange) lingers there. Velocity"
            " piles up for momentum (blue), and Adam (pink) does not mind how gentle the slope is.",
            "Set `steps` to 400: after how many does plain descent leave the ridge?",
        )
    if knobs.surface == "bend":
        return (
            "The valley turns. Plain descent (orange) creeps along its floor; momentum (blue) swings"
            " wide and is carried on.",
            "Set `momentum` to 0.99: what does so much speed do in a bend? Then raise `learning_rate`.",
        )
    return _valley(knobs, figures)


def _valley(knobs: OptimisersKnobs, figures: Mapping[str, float]) -> tuple[str, str]:
    curvature = f"{knobs.curvature:g}"
    lost = [racer for racer in RACERS if knobs.learning_rate > limit(racer, knobs.curvature, knobs.momentum)]
    if "plain" in lost:
        return (
            f"Rate {knobs.learning_rate:g} is above 2/{curvature}: plain descent (orange) lands further up on the"
            f" other wall at every step, {abs(knobs.factor):.4g} times as far out as before. Above"
            f" their limits: {_listed(lost)}.",
            f"Lower `learning_rate` a little below {2 / knobs.curvature:.3g}. Then halve `curvature` and put it back.",
        )
    if abs(knobs.factor + 1) < STAYS:
        return (
            f"This rate is 2/{curvature} itself: plain descent (orange) jumps from wall to wall, always as far out, and"
            " neither settles nor runs away.",
            "Turn `learning_rate` up by a hair, then down by a hair.",
        )
    if lost:
        return (
            f"Plain descent (orange) still holds, {abs(knobs.factor):.3g} times as far out at every step, but rate"
            f" {knobs.learning_rate:g} is above the limit of {_listed(lost)}, and away it goes.",
            f"Raise `learning_rate` just above 2/{curvature} = {2 / knobs.curvature:.3g}. Which of them still holds?",
        )
    return (
        f"Plain descent (orange) stands at height {_height(figures, 'plain')}: the steep walls allow it no"
        " longer steps, and along the floor these are short."
        f" What agrees adds up for momentum (blue), now at {_height(figures, 'momentum')}."
        " Nesterov is green, Adam pink.",
        f"Raise `learning_rate` to {1.9 / knobs.curvature:.3g}, then {2.1 / knobs.curvature:.3g}: who is thrown out"
        " first? Then set `surface` to saddle.",
    )


def _noisy(knobs: OptimisersKnobs) -> tuple[str, str]:
    if knobs.schedule == "constant":
        return (
            "Near the floor the noise takes over: at a constant rate nobody settles, all hover.",
            "Set `schedule` to cosine and compare the ends of the curves.",
        )
    return (
        f"The rate follows the schedule {knobs.schedule}. As it falls, the cloud around the floor shrinks.",
        "Set `schedule` back to constant: who came lower, and who came there sooner?",
    )


def _net(knobs: OptimisersKnobs, figures: Mapping[str, float]) -> tuple[str, str]:
    return (
        f"Same first weights, same digits, and after {knobs.net_steps} steps plain names {_right(figures, 'plain')}"
        f" right, momentum {_right(figures, 'momentum')}, Adam {_right(figures, 'adam')}. Each has a rate of its own:"
        " ten times less for momentum, and again for Adam.",
        "Set `net_adam` to 0.3, plain's rate. Then set `net_plain` to 0.003, Adam's.",
    )


def _test(knobs: OptimisersKnobs, figures: Mapping[str, float]) -> tuple[str, str]:
    if "rate_steepest" not in figures:
        return "The loss blew up before it could be read.", "Lower `lowest_rate`, or take more `test_steps`."
    name = {"plain": "net_plain", "Adam": "net_adam"}.get(knobs.tested, "net_momentum")
    burst = f" and blows up at {figures['rate_bursts']:.2g}" if "rate_bursts" in figures else ""
    return (
        f"For {knobs.tested} the loss falls fastest near {figures['rate_steepest']:.2g}, is lowest at"
        f" {figures['rate_lowest']:.2g}{burst}. Take a rate on the slope: the lowest point is already the edge.",
        f"Set `{name}` to {figures['rate_steepest']:.2g}, then to {figures['rate_lowest']:.2g}, and compare in the view"
        " net. Set `tested` to Adam.",
    )


def _listed(racers: list[Racer]) -> str:
    return racers[0] if len(racers) == 1 else f"{', '.join(racers[:-1])} and {racers[-1]}"


def _height(figures: Mapping[str, float], name: str) -> str:
    return f"{figures[f'height_{name}']:.2g}"


def _right(figures: Mapping[str, float], name: str) -> str:
    return f"{100 * figures[f'accuracy_{name}']:.0f} %"


def _signed(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


# Predict first


def predict(knobs: OptimisersKnobs) -> Prediction:
    """What plain descent does across the valley, or who comes lowest."""
    return _across(knobs) if knobs.is_the_lessons else _lowest(knobs)


def _across(knobs: OptimisersKnobs) -> Prediction:
    def judge(frame: Frame) -> int | None:
        factor = frame.figures.get("factor")
        if factor is None:
            return None
        if abs(factor + 1) < STAYS:
            return 2
        return 3 if abs(factor) > 1 else 0 if factor >= 0 else 1

    return Prediction(
        f"Across, the valley has curvature {knobs.curvature:g}. Plain gradient descent with learning rate"
        f" {knobs.learning_rate:g} starts on one wall. What do its steps do?",
        (
            "slide down this wall to the floor",
            "jump from wall to wall, lower each time",
            "jump from wall to wall, always as high",
            "jump from wall to wall, higher each time",
        ),
        judge,
        why=f"A step turns the distance into 1 − {knobs.learning_rate:g}·{knobs.curvature:g} ="
        f" {_signed(knobs.factor)} times itself. Below 0 it crosses the floor; below −1 it lands higher up.",
        cards=("opt-stability-limit", "opt-flat-and-sharp"),
    )


def _lowest(knobs: OptimisersKnobs) -> Prediction:
    def judge(frame: Frame) -> int | None:
        heights = [frame.figures.get(f"height_{racer.lower()}") for racer in RACERS]
        known = [value for value in heights if value is not None]
        return heights.index(min(known)) if len(known) == len(heights) else None

    return Prediction(
        f"Four optimisers take {knobs.steps} steps down this {knobs.surface}. Which one stands lowest in the end?",
        RACERS,
        judge,
        why="No order holds everywhere: it depends on the surface, and on how well each rate was chosen.",
        cards=("opt-flat-and-sharp",),
    )
