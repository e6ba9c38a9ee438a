"""The seven maps of the demo `saliency`, and what can be measured on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cnntutor.demos.gallery._saliency_knobs import METHODS, Method, SaliencyKnobs
from cnntutor.vision import mosaics, nets, saliency
from cnntutor.vision.cam.grad_cam import contributions
from cnntutor.vision.cam.occlusion import occlusion
from cnntutor.vision.cam.recording import record
from cnntutor.vision.cam.scaling import laid_over, raw_map
from cnntutor.vision.forgetting import forgetful
from cnntutor.vision.models import ConvNet

if TYPE_CHECKING:
    from cnntutor.vision.nets import Net

LAST_MAPS = "blocks.2"
"""The layer of the textures net where Grad-CAM looks: 12×12 cells."""

PARTS = 4
"""Of the textures net, that are reset: its head and three blocks."""

CHARTED: tuple[Method, ...] = ("slope", "integrated", "guided", "grad-cam")
"""Methods whose maps are followed while part after part is reset."""

STEPS_TRIED = (1, 2, 4, 8, 16, 32)
"""Into which the way is cut for the chart, besides the chosen number."""

POINTS = 24
"""Of the way, at which the score is drawn."""

Maps = Mapping[Method, Tensor]
"""[side, side] each, none negative."""


@dataclass(slots=True, eq=False)
class Study:
    """A net, a mosaic, and what was found so far."""

    knobs: SaliencyKnobs
    net: Net
    device: torch.device
    seed: int
    mosaic: mosaics.Mosaic
    x: Tensor
    """The mosaic as the net wants it, [1, 3, side, side]."""
    maps: dict[Method, Tensor] = field(default_factory=dict)
    """Of the trained net."""
    reset_maps: dict[Method, Tensor] = field(default_factory=dict)
    """Of the net without anything that it has learnt."""
    alike: dict[Method, dict[int, float]] = field(default_factory=lambda: {method: {0: 1.0} for method in METHODS})
    """Rank correlation with the trained net's map, by the number of parts that were reset."""
    judged: dict[Method, list[tuple[float, bool]]] = field(default_factory=lambda: {method: [] for method in METHODS})
    """Of each mosaic: (share of the map in the right half, whether the largest value lies there)."""

    @property
    def target(self) -> int:
        """The class whose score is explained."""
        return self.net.class_names.index(self.knobs.name)

    @property
    def model(self) -> ConvNet:
        """The trained net."""
        assert isinstance(self.net.module, ConvNet)
        return self.net.module

    @property
    def baseline(self) -> Tensor:
        """x′, where the way of integrated gradients starts, [1, 3, side, side]."""
        return baseline(self.knobs, self.net, self.x, self.seed)


def start(knobs: SaliencyKnobs, device: torch.device) -> Study:
    """The trained net and the first mosaic."""
    net = nets.open_net("textures")
    net.module.to(device)
    mosaic = mosaics.mosaic(knobs.first, knobs.second, knobs.layout, knobs.number)
    return Study(knobs, net, device, torch.initial_seed(), mosaic, _prepared(net, mosaic, device))


def work(study: Study) -> Iterator[None]:
    """Find everything, and halt after each piece."""
    for method in METHODS:
        study.maps[method] = map_of(study, method, study.model, study.x)
        study.judged[method].append(_judged(study.mosaic, study.knobs.name, study.maps[method]))
        yield
    for count in range(1, PARTS + 1):
        _forget(study, count)
        yield
    for number in range(study.knobs.number + 1, study.knobs.number + study.knobs.mosaics):
        _judge_another(study, number)
        yield


def pieces(knobs: SaliencyKnobs) -> int:
    """How often `work` halts."""
    return len(METHODS) + PARTS + knobs.mosaics - 1


def map_of(study: Study, method: Method, model: nn.Module, x: Tensor) -> Tensor:
    """One map, [side, side], none negative, on the processor."""
    knobs, target = study.knobs, study.target
    match method:
        case "slope":
            found = saliency.strongest(saliency.slopes(model, x, target))
        case "smoothed":
            smooth = saliency.smooth_slopes(model, x, target, noise=knobs.noise, samples=knobs.samples, seed=study.seed)
            found = saliency.strongest(smooth)
        case "times pixel":
            found = saliency.together(x * saliency.slopes(model, x, target))
        case "integrated":
            found = saliency.together(shares(study, model, x))
        case "guided":
            found = saliency.strongest(saliency.guided_slopes(model, x, target))
        case "occlusion":
            found = occlusion(model, x, target, window=knobs.window, stride=knobs.window // 2)
        case "grad-cam":
            found = laid_over(raw_map(contributions(record(model, LAST_MAPS, x, target))), x)
    return found[0].detach().cpu()


def shares(study: Study, model: nn.Module, x: Tensor, steps: int = 0) -> Tensor:
    """Integrated gradients, [1, 3, side, side]; with another number of steps than the knob's, if one is given."""
    start = baseline(study.knobs, study.net, x, study.seed)
    return saliency.integrated_gradients(model, x, study.target, start, steps or study.knobs.steps)


def baseline(knobs: SaliencyKnobs, net: Net, x: Tensor, seed: int) -> Tensor:
    """x′ of the knobs, as the net wants pictures, [1, 3, side, side]."""
    mean, std = (x.new_tensor(values)[:, None, None] for values in (net.mean, net.std))
    match knobs.baseline:
        case "black":
            pixels = torch.zeros_like(x[0])
        case "white":
            pixels = torch.ones_like(x[0])
        case "grey":
            pixels = mean.expand_as(x[0])
        case "noise":
            pixels = torch.rand(x.shape[1:], generator=torch.Generator().manual_seed(seed)).to(x)
    return ((pixels - mean) / std)[None]


@torch.no_grad()
def scores_on_the_way(study: Study) -> list[float]:
    """The score at equal distances from the baseline to the picture, both ends among them."""
    places = torch.linspace(0, 1, POINTS + 1).to(study.x)[:, None, None, None]
    found: list[float] = study.model(study.baseline + places * (study.x - study.baseline))[:, study.target].tolist()
    return found


@torch.no_grad()
def scores_at_the_ends(study: Study) -> tuple[float, float]:
    """y(x′) and y(x)."""
    before, after = (float(study.model(picture)[0, study.target]) for picture in (study.baseline, study.x))
    return before, after


def sums(study: Study, chosen: float) -> list[tuple[int, float]]:
    """What the shares add up to, by the number of steps.

    Args:
        study: with a trained net.
        chosen: the sum with the knob's number of steps.
    """
    tried = [steps for steps in STEPS_TRIED if steps != study.knobs.steps]
    found = [(steps, float(shares(study, study.model, study.x, steps).sum())) for steps in tried]
    return sorted([*found, (study.knobs.steps, chosen)])


def _forget(study: Study, count: int) -> None:
    """Maps once more, after the last parts of the net were reset; all of them when nothing is left."""
    model = forgetful(study.model, count, study.seed)
    for method in METHODS if count == PARTS else CHARTED:
        found = map_of(study, method, model, study.x)
        study.alike[method][count] = saliency.rank_correlation(study.maps[method], found)
        study.reset_maps[method] = found


def _judge_another(study: Study, number: int) -> None:
    knobs = study.knobs
    mosaic = mosaics.mosaic(knobs.first, knobs.second, knobs.layout, number)
    x = _prepared(study.net, mosaic, study.device)
    for method in METHODS:
        study.judged[method].append(_judged(mosaic, knobs.name, map_of(study, method, study.model, x)))


def _judged(mosaic: mosaics.Mosaic, name: str, found: Tensor) -> tuple[float, bool]:
    mask, total = torch.from_numpy(mosaic.where(name)), float(found.sum())
    inside = float(found[mask].sum()) / total if total else 0.0
    return inside, bool(total) and bool(mask.flatten()[found.argmax()])


def _prepared(net: Net, mosaic: mosaics.Mosaic, device: torch.device) -> Tensor:
    picture = torch.from_numpy(mosaic.pixels).permute(2, 0, 1) / 255
    return net.prepare(picture).to(device)
