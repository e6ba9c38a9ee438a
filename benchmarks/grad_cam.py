"""Grad-CAM: does it point at the right half of mosaics with a known answer, and what does it cost?"""

from __future__ import annotations

from statistics import median

import torch
from torch import Tensor, nn

from benchmarks import Row, milliseconds, timed
from cnntutor.vision import checkpoints, mosaics
from cnntutor.vision.cam.layers import last_maps, map_layers
from cnntutor.vision.gradcam import grad_cam

TESTED = range(10_000, 10_200)
"""Mosaics that were drawn once the net and the method stood; numbers below 10,000 were free for development."""

BATCH = 32
RUNS = 30


def run() -> list[Row]:
    """Measure with the textures net."""
    return [pointing(), cost()]


def pointing() -> Row:
    """How often the hottest pixel for a texture that is in the mosaic lies in that texture's half."""
    net, names = _net()
    drawn = [mosaics.drawn(number) for number in TESTED]
    x, layer = _images(drawn), last_maps(map_layers(net, _images(drawn[:1])))
    hits = 0
    for which in ("first", "second"):
        asked = [getattr(mosaic, which) for mosaic in drawn]
        heats = grad_cam(net, layer, x, [names.index(name) for name in asked])
        for mosaic, name, heat in zip(drawn, asked, heats, strict=True):
            hits += bool(heat.any()) and bool(mosaic.where(name).flat[int(heat.argmax())])
    count = 2 * len(drawn)
    return f"grad-cam: hottest pixel in the asked texture, {count} questions", f"{hits / count:.1%}", "95 %"


def cost() -> Row:
    """Grad-CAM's time over that of one plain forward and backward pass of the same batch, the two in turn."""
    net, _ = _net()
    x = _images([mosaics.drawn(number) for number in range(BATCH)])
    layer = last_maps(map_layers(net, x))
    targets = net(x).argmax(1)
    _plain(net, x, targets)
    pairs = [
        (timed(lambda: grad_cam(net, layer, x, targets), 1)[0], timed(lambda: _plain(net, x, targets), 1)[0])
        for _ in range(RUNS)
    ]
    ratio = median(ours / plain for ours, plain in pairs)
    plain = milliseconds([plain for _, plain in pairs])
    return f"grad-cam: time of {BATCH} maps over forward and backward, {plain}", f"{ratio:.2f} ×", "1.3 ×"


def _plain(net: nn.Module, x: Tensor, targets: Tensor) -> None:
    net.zero_grad()
    net(x).gather(1, targets[:, None]).sum().backward()


def _net() -> tuple[nn.Module, tuple[str, ...]]:
    found = checkpoints.load("textures")
    return found.model(), found.class_names


def _images(drawn: list[mosaics.Mosaic]) -> Tensor:
    """As the textures net wants them, [N, 3, SIDE, SIDE]."""
    found = checkpoints.load("textures")
    x = torch.stack([torch.from_numpy(mosaic.pixels) for mosaic in drawn]).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(values)[:, None, None] for values in (found.mean, found.std))
    return (x - mean) / std
