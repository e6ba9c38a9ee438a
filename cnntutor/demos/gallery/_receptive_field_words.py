"""What the demo `receptive-field` says. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._receptive_field_knobs import ReceptiveFieldKnobs
from cnntutor.demos.protocol import Prediction, predict_number
from cnntutor.vision import window_stack
from cnntutor.wording import percent, plural

MOST_CHOICES = 5


def walking(knobs: ReceptiveFieldKnobs, depth: int) -> str:
    """What is said when the walk has come to this layer."""
    if not depth:
        return "A pixel sees itself. Now up through the layers."
    field = window_stack.fields(knobs.layers)[depth - 1]
    word = knobs.layers[depth - 1].word
    return f"Layer {depth}, {word}: its units see {field.size}×{field.size} pixels, {field.jump} from one to the next."


def formulas(knobs: ReceptiveFieldKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """The step of the last layer, and what the gradient found."""
    last, field = knobs.layers[-1], knobs.field
    jump = field.jump // last.stride
    adds = (last.kernel - 1) * last.dilation * jump
    return (
        f"sees = {field.size - adds} + ({last.kernel} − 1)·{last.dilation}·{jump} = {field.size}",
        f"jump = {_product([layer.stride for layer in knobs.layers if layer.stride > 1])}{field.jump}",
        f"95 %: {figures['square_95']:g}² of {field.size}² pixels = {percent(figures['share'])}",
    )


def caption(knobs: ReceptiveFieldKnobs, figures: Mapping[str, float]) -> str:
    """What to look at, and what to try next."""
    return f"**Look** {_look(knobs, figures)}\n\n**Try** {_try(knobs, figures)}"


def predict(knobs: ReceptiveFieldKnobs) -> Prediction | None:
    """How much the unit sees; the wrong choices are what people forget."""
    sizes = dict.fromkeys([knobs.field.size, *(size for size in _usual_mistakes(knobs) if size > 0)])
    unit = f"layer {knobs.depth}" if knobs.depth else "the last layer"
    return predict_number(
        f"`{knobs.stack}`: k3 is a 3×3 convolution, p2 a 2×2 pooling, s a stride, d a dilation. "
        f"How many pixels wide is the field of a unit of {unit}?",
        "field",
        list(sizes)[:MOST_CHOICES],
        why="Each layer adds (k − 1)·d times the jump *below* it; its stride spreads the cells for the layers above.",
        cards=("rf-recurrence", "rf-own-stride"),
    )


def _usual_mistakes(knobs: ReceptiveFieldKnobs) -> tuple[int, ...]:
    own = all_ones = flat = 1
    jump = 1
    for layer in knobs.layers:
        jump *= layer.stride
        own += (layer.kernel - 1) * layer.dilation * jump  # the layer's own stride counted too
        all_ones += (layer.kernel - 1) * layer.dilation  # no jump at all
        flat += layer.kernel  # the kernel for the kernel less one
    windowless = knobs.field.size - sum(layer.kernel - 1 for layer in knobs.layers if layer.kind == "pooling")
    return own, all_ones, windowless, flat, knobs.field.size - 1  # last: the pixel that one starts with is forgotten


def _product(strides: list[int]) -> str:
    if len(strides) < 2:
        return ""
    shown = [str(stride) for stride in strides] if len(strides) <= 4 else [str(strides[0]), "…", str(strides[-1])]
    return f"{'·'.join(shown)} = "


def _look(knobs: ReceptiveFieldKnobs, figures: Mapping[str, float]) -> str:
    size, square = knobs.field.size, f"{figures['square_95']:g}"
    if not figures["reached"]:
        return "A ReLU has switched every path to the unit off, so no pixel has any influence: change the seed."
    if figures["reached"] < size and figures["outside"]:
        return (
            f"The unit looks at {size} pixels, and the picture has {knobs.side}: what sticks out is padding. "
            f"95 % of the influence that is left lies in {square}×{square} pixels."
        )
    if figures["columns_read"] < figures["reached"]:
        read = f"{figures['columns_read']:g} of its {size} columns"
        return f"The field is full of holes: it reads {read}, and what lies between never reaches the unit."
    wide = "" if size < 5 else f" All of it counts, but 95 % of the influence lies in {square}×{square} of them."
    return f"Lit is all that the unit can ever see, {size}×{size} pixels, for any weights.{wide}"


def _try(knobs: ReceptiveFieldKnobs, figures: Mapping[str, float]) -> str:
    if figures["columns_read"] < figures["reached"]:
        return "Set `stack` to `k3 k3d2 k3d4`: more pixels, and no holes."
    if knobs.shortcuts:
        return "Turn `shortcuts` off again and compare the 95 % square: they hold the influence in the middle."
    if knobs.weights == "random":
        return (
            f"Turn `shortcuts` on, or `relu`. Then raise `nets` from {plural(knobs.nets, 'net')} for a smoother bell."
        )
    count = 4 * len(knobs.layers)
    if len({layer.word for layer in knobs.layers}) == 1 and 4 < count <= window_stack.MOST_LAYERS:
        return f"Make `stack` four times as deep (`{count}*{knobs.layers[0].word}`): does the square grow fourfold?"
    if figures["outside"]:
        return "Raise `side` until the whole field fits into the picture."
    return "Set `stack` to `5*k3`, then to `20*k3`: how much wider is the bell? Or to `3*k3d2`, and see the holes."
