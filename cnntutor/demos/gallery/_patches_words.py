"""What the demo `patches` says: the working, the finding, what to try, and the question before the run. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._patches_knobs import PatchesKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

if TYPE_CHECKING:
    from cnntutor.demos.gallery._patches_cut import Cut
    from cnntutor.demos.gallery._patches_digits import Score

ROUNDING = 0.01
"""So small a share of changed answers may be owed to the order in which numbers are added."""


def formulas(knobs: PatchesKnobs, cut: Cut) -> tuple[str, ...]:
    """Tokens, their embedding, and what the order changes."""
    p, d, n = knobs.patch, knobs.width, knobs.tokens
    return (
        f"tokens = ({knobs.side}/{p})² = {n}, pairs = {n}² = {n * n:,}",
        f"3·{p}² = {3 * p * p:,} pixels → {d}: {3 * p * p * d + d:,} weights",
        f"cut by hand and by Conv2d: {cut.conv_difference:.1g} apart",
        f"shuffled: {cut.order_difference:.1g} off; told places: {cut.places_difference:.1g}",
    )


def caption(knobs: PatchesKnobs, scores: Mapping[str, Score], epoch: int) -> str:
    """How the three nets take the shuffling."""
    if epoch < knobs.epochs:
        return f"Epoch {epoch} of {knobs.epochs}: both transformers learn, and never see a shuffled digit."
    cnn, vit, bag = scores.values()
    look = (
        f"Shuffled, the CNN falls from {percent(cnn.whole)} to {percent(cnn.shuffled)}, the ViT from "
        f"{percent(vit.whole)} to {percent(vit.shuffled)}. The bag ViT was told no places, and "
        f"{percent(bag.whole)} stay {percent(bag.shuffled)}: {_bag(bag)}"
    )
    return f"**Look** {look}\n\n**Try** {_try(knobs)}"


def _bag(bag: Score) -> str:
    if not bag.changed:
        return "not one answer changed."
    return f"rounding alone changed {percent(bag.changed)} of the answers."


def _try(knobs: PatchesKnobs) -> str:
    cases = (
        (knobs.epochs == 0, "Set `epochs` to 8: what does the bag of tiles learn all the same?"),
        (knobs.tile == 2, "Set `tile` to 4: four large tiles. Why does the arrangement hardly count now?"),
        (
            knobs.tile == 4,
            "Set `tile` to 1, a bag of single pixels: 256 times the pairs, so it takes its time. What is left?",
        ),
    )
    return next((advice for holds, advice in cases if holds), "Set `patch` to 8: how many more pairs are there?")


def predict(knobs: PatchesKnobs) -> Prediction | None:
    """Whose answers survive the shuffling."""
    if knobs.epochs < 2:
        return None

    def judge(frame: Frame) -> int | None:
        if "cnn_changed" not in frame.figures:
            return None
        kept = [frame.figures[f"{name}_changed"] < ROUNDING for name in ("cnn", "vit", "bag")]
        return kept.index(True) if sum(kept) == 1 else 3 if not any(kept) else None

    return Prediction(
        f"Three nets have learnt digits. Now each digit is cut into {knobs.tiles} tiles, and they are shuffled. "
        "Whose answers stay exactly as they were?",
        (
            "the CNN's",
            "those of the transformer with position embeddings",
            "those of the transformer without them",
            "nobody's",
        ),
        judge,
        why="Attention adds up over all tokens, and a sum does not know the order of its terms. Only what is added "
        "to a token says where it lay.",
        cards=("vit-permutation", "vit-position"),
    )
