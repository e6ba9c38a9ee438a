"""One look of the demo `grad-cam`: the map for a class at a layer, by one of five methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._grad_cam_knobs import GradCamKnobs, Method
from cnntutor.demos.gallery._grad_cam_scene import Scene

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.vision.cam.recording import Recording
    from cnntutor.vision.cam.steps import Steps

WINDOWS = 6
"""So many squares of the occlusion lie side by side; each moves by half of itself."""


@dataclass(frozen=True, slots=True)
class Question:
    """Where is this class seen, at this layer?"""

    target: int
    layer: str
    """Empty for occlusion."""


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """What the feature maps say, and how much each counts. On the processor."""

    maps: Tensor
    """A, [K, h, w]."""
    weights: Tensor | None
    """αₖ, [K]; None where every cell has a weight of its own."""
    contributions: Tensor
    """What each adds to the map before the ReLU, [K, h, w]."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A map and what it is made of. On the processor."""

    name: str
    """Of the class that was asked for."""
    chance: float
    """Of the class, by the softmax over all."""
    question: Question
    heat: Tensor
    """[side, side], from 0 to 1."""
    raw: Tensor
    """The same before it was enlarged and scaled, [h, w]."""
    map_size: int
    """Cells on a side that are worked out one by one."""
    stride: float
    """Pixels from one of them to the next."""
    channels: Channels | None
    mask: Tensor | None
    """The pixels in which the class lies, bool [side, side]; None where nobody knows."""

    @property
    def peak(self) -> float:
        """The largest value before scaling; 0 where nothing speaks for the class."""
        return float(self.raw.max())

    @property
    def top(self) -> tuple[int, int]:
        """Row and column of the largest value, in pixels."""
        row, column = divmod(int(self.heat.argmax()), self.heat.shape[-1])
        return row, column

    @property
    def hit(self) -> bool:
        """Whether the largest value lies where the class does."""
        return self.mask is not None and self.peak > 0 and bool(self.mask[self.top])

    @property
    def inside(self) -> float:
        """How much of the map lies where the class does, 0–1."""
        total = float(self.heat.sum())
        return 0.0 if self.mask is None or not total else float(self.heat[self.mask].sum()) / total


def questions(scene: Scene, knobs: GradCamKnobs) -> tuple[Question, ...]:
    """What the knobs ask: one question, or two that differ.

    Raises:
        UsageError: the net has no such class or layer.
    """
    asked = [(knobs.target, "target", knobs.layer, "layer")]
    if knobs.has_second:
        target = (knobs.second_target, "second_target") if knobs.second_target else asked[0][:2]
        layer = (knobs.second_layer, "second_layer") if knobs.second_layer else asked[0][2:]
        asked.append((*target, *layer))
    blind = knobs.method == "occlusion"
    found = [
        Question(scene.index_of(target, target_knob), "" if blind else scene.layer_named(layer, layer_knob))
        for target, target_knob, layer, layer_knob in asked
    ]
    return tuple(dict.fromkeys(found))


def look(scene: Scene, method: Method, question: Question) -> Steps[Look]:
    """Answer a question, a bit at a time."""
    if method == "occlusion":
        return _covered(scene, question.target)
    return _channel_wise(scene, method, question)


def _channel_wise(scene: Scene, method: Method, question: Question) -> Steps[Look]:
    from cnntutor.vision.cam.recording import record
    from cnntutor.vision.cam.scaling import laid_over, raw_map

    recording = record(scene.net.module, question.layer, scene.x, question.target)
    weights, contributions = yield from _weighed(scene, method, recording)
    raw = raw_map(contributions)  # [1, h, w]
    channels = Channels(
        recording.activations[0].cpu(), None if weights is None else weights[0].cpu(), contributions[0].cpu()
    )
    return _look(scene, question, laid_over(raw, scene.x), raw, (raw.shape[-2], scene.side / raw.shape[-2]), channels)


def _weighed(scene: Scene, method: Method, recording: Recording) -> Steps[tuple[Tensor | None, Tensor]]:
    """The channels' weights [1, K], where the method has them, and what they contribute [1, K, h, w]."""
    from cnntutor.vision.cam import grad_cam, grad_cam_plus_plus, layer_cam, score_cam

    match method:
        case "grad-cam":
            return grad_cam.weights(recording), grad_cam.contributions(recording)
        case "grad-cam++":
            return grad_cam_plus_plus.weights(recording), grad_cam_plus_plus.contributions(recording)
        case "layer-cam":
            return None, layer_cam.contributions(recording)
    alpha = yield from score_cam.weights(recording, scene.net.module, scene.x)
    return alpha, alpha[:, :, None, None] * recording.activations


def _covered(scene: Scene, index: int) -> Steps[Look]:
    from cnntutor.vision.cam.occlusion import falls
    from cnntutor.vision.cam.scaling import scaled

    window, stride = occlusion_window(scene.side)
    raw = (yield from falls(scene.net.module, scene.x, index, window=window, stride=stride)).relu()
    map_size = len(range(0, scene.side - window + stride, stride))
    return _look(scene, Question(index, ""), scaled(raw), raw, (map_size, stride), None)


def occlusion_window(side: int) -> tuple[int, int]:
    """Side of the square that covers, and how far it moves, in pixels."""
    window = max(2, side // WINDOWS)
    return window, window // 2


def _look(
    scene: Scene, question: Question, heat: Tensor, raw: Tensor, cells: tuple[int, float], channels: Channels | None
) -> Look:
    name = scene.net.name_of(question.target)
    chance = float(scene.chances[question.target])
    return Look(name, chance, question, heat[0].cpu(), raw[0].cpu(), *cells, channels, scene.where(name))
