"""What the demo `attention` says: the working, what to look at and to try, the question before the run. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._attention_knobs import CHANNELS, AttentionKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.vision.attention import attention_macs, gate_params
from cnntutor.wording import percent

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.demos.gallery._attention_gates import Gates
    from cnntutor.demos.gallery._attention_map import Attention

UNDECIDED = 0.8
"""Of all cells: whoever attends to as many asks nobody in particular."""


# Self-attention


def formulas(found: Attention, row_sum: float) -> tuple[str, ...]:
    """Factors and costs with these knobs, and what shuffling the cells changes."""
    knobs = found.knobs
    n, c, side = knobs.cells, knobs.channels, knobs.map_side
    sharp = "" if knobs.sharpness == 1 else f"{knobs.sharpness:g}·"
    return (
        f"a = softmax({sharp}q·k/√{c}), {n} keys; Σ a = {row_sum:.4f}",
        f"factors = N² = ({side}·{side})² = {n * n:,}",
        f"MACs = 2·N²·C + 4·N·C² = {attention_macs(n, c):,}",
        f"conv 3×3: 9·N·C² = {9 * n * c * c:,}, dearer if N < 2.5·C = {2.5 * c:g}",
        f"shuffled before or after: differ by {found.shuffled:.1g}",
    )


def caption(found: Attention, query: tuple[int, int]) -> str:
    """What this query attends to, and what to try next."""
    return f"**Look** {_finding(found, query)} {_note(found.knobs)}\n\n**Try** {_try(found.knobs)}"


def _finding(found: Attention, query: tuple[int, int]) -> str:
    attended = f"The outlined cell attends to about {found.attended(query):.0f} of {found.knobs.cells} cells"
    inside = found.inside(query)
    if inside is None:
        return f"{attended}; {percent(found.near(query))} of its weight lies on itself and its neighbours."
    return f"{attended}, and {percent(inside)} of its weight stays in its own texture."


def _note(knobs: AttentionKnobs) -> str:
    cases = (
        (knobs.sharpness == 0, "With sharpness 0 all scores are equal, and it averages everything."),
        (knobs.projections == "random", "These matrices were never trained, so what it prefers means nothing."),
        (knobs.positions > 0, "Its place counts too: cells near it look more like it."),
        (knobs.layer == "pixels", "All it can compare is colour."),
    )
    return next((note for holds, note in cases if holds), "Distance does not count: only what a cell looks like.")


def _try(knobs: AttentionKnobs) -> str:
    cases = (
        (knobs.sharpness == 0, "Set `sharpness` back to 1, then to 8: fewer and fewer cells count."),
        (knobs.projections == "random", "Set `projections` to none: then a cell looks for what is like itself."),
        (knobs.positions > 0, "Turn `positions` up until only neighbours count: it has become a blur."),
        (
            knobs.scene == "picture",
            "Move `query_row` and `query_column` to the eye, the fur, the background. Lower `sharpness` to 0.3.",
        ),
        (knobs.layer != "blocks.2", "Go to a deeper `layer`: the deeper, the better cells know their own kind."),
    )
    first = "Set `layer` to pixels: what does colour alone tell? Then back, and `positions` to 2: who counts now?"
    return next((advice for holds, advice in cases if holds), first)


# Gates


def gate_formulas(knobs: AttentionKnobs, gates: Gates, given: list[Tensor]) -> tuple[str, ...]:
    """The block's steps and size with this run's numbers."""
    c, narrow = CHANNELS["blocks.2"], CHANNELS["blocks.2"] // knobs.reduction
    first, second = given
    apart = int((first - second).abs().argmax())
    shut, opened = float(first[apart]), float(second[apart])
    names = [shown.name for shown in gates.shown]
    return (
        f"gates = σ(W₂·ReLU(W₁·means)): {c} → {narrow} → {c}",
        f"parameters = {c}·{narrow} + {narrow} + {narrow}·{c} + {c} = {gate_params(c, knobs.reduction):,}",
        f"channel {apart}: ·{shut:.2f} for {names[0]}, ·{opened:.2f} for {names[1]}",
    )


def gate_caption(knobs: AttentionKnobs, gates: Gates, names: list[str]) -> str:
    """How far the gates have come, what is surprising about it, and what to try."""
    sigmoid, softmax, fixed = (values[-1] for values in gates.accuracy.values())
    if gates.steps[-1] == 0:
        look = f"Fresh gates stand at about {gates.fresh:.2f} for every picture: the block halves what it is given."
        advice = "Set `steps` to 300 and watch them part." if not knobs.steps else "Watch which gates part first."
        return f"**Look** {look}\n\n**Try** {advice}"
    look = (
        f"The head is frozen at random weights; only gates learn. Worked out from the picture they reach "
        f"{percent(sigmoid)}, fixed ones {percent(fixed)}, and those of a softmax {percent(softmax)}. "
        f"Same weights, but {names[0]} and {names[1]} get gates of their own."
    )
    return f"**Look** {look}\n\n**Try** Set `reduction` to 64: how narrow may the middle be? Or `steps` to 0."


# Predict first


def predict(knobs: AttentionKnobs) -> Prediction | None:
    """Where a query's weight goes, or which gates rescue a random head."""
    if knobs.block == "squeeze-excite":
        return _which_gates(knobs)
    plain = knobs.projections == "none" and knobs.sharpness > 0 and knobs.map_side >= 4
    return _what_it_attends_to(knobs) if plain else None


def _what_it_attends_to(knobs: AttentionKnobs) -> Prediction:
    def judge(frame: Frame) -> int | None:
        figures = frame.figures
        if "attended" not in figures:
            return None
        if figures["attended"] > UNDECIDED * figures["cells"]:
            return 2
        return 0 if figures["near"] > 0.5 else 1

    told = "knows its place a little" if knobs.positions else "is not told where it is"
    return Prediction(
        f"Every cell asks all {knobs.cells} cells, by what they look like; it {told}. Where does most of the outlined "
        "cell's weight go?",
        ("to itself and its eight neighbours", "to cells like it, wherever they lie", "to all cells about alike"),
        judge,
        why="The weight of a pair is the softmax of query times key. Distance is in neither of them, unless positions "
        "are added to the cells.",
        cards=("att-no-neighbours", "att-query-key-value"),
    )


def _which_gates(knobs: AttentionKnobs) -> Prediction | None:
    if not knobs.steps:
        return None

    def judge(frame: Frame) -> int | None:
        figures = frame.figures
        if "fixed_accuracy" not in figures:
            return None
        ends = [figures[name] for name in ("accuracy", "softmax_accuracy", "fixed_accuracy")]
        return ends.index(max(ends))

    return Prediction(
        "Seven textures, a head frozen at random weights: only gates before it may learn. Which gates end best?",
        (
            "worked out from the picture, each by a sigmoid",
            "worked out from the picture, all by one softmax",
            "learnt once, the same for every picture",
        ),
        judge,
        why="Fixed gates are just more weights. Computed ones open other channels for other pictures, and a softmax "
        "lets one channel rise only at the expense of the others.",
        cards=("att-computed-factors", "att-sigmoid-gates"),
    )
