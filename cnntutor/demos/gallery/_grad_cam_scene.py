"""What the demo `grad-cam` looks at: a picture as the net sees it, its scores, and the layers there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._grad_cam_knobs import GradCamKnobs
from cnntutor.errors import UsageError
from cnntutor.vision import colour, images, mosaics, nets

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.nets import Net


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A net and a picture before it."""

    net: Net
    x: Tensor
    """The picture as the net wants it, [1, C, side, side]."""
    chances: Tensor
    """Softmax of the scores, [classes]."""
    layers: Mapping[str, tuple[int, int, int]]
    """The layers that give feature maps, by name: (channels, height, width)."""
    mosaic: mosaics.Mosaic | None
    """None for a picture of which nobody knows what lies where."""

    @property
    def side(self) -> int:
        """Of the picture, in pixels."""
        return self.x.shape[-1]

    @property
    def pixels(self) -> colour.Pixels:
        """What the net sees: mean and deviation put back, [side, side, 3]."""
        shown = self.x[0].cpu()
        if self.net.std:
            shown = shown * shown.new_tensor(self.net.std)[:, None, None]
        if self.net.mean:
            shown = shown + shown.new_tensor(self.net.mean)[:, None, None]
        return colour.rgb(shown)

    @property
    def class_names(self) -> tuple[str, ...]:
        """One for each score; numbers where nobody named them."""
        return tuple(self.net.name_of(index) for index in range(len(self.chances)))

    def index_of(self, target: str, knob: str = "target") -> int:
        """The class that was asked for by name or number; the likeliest for an empty text.

        Args:
            target: as typed.
            knob: that it was typed into.

        Raises:
            UsageError: the net has no such class.
        """
        if not target:
            return int(self.chances.argmax())
        lower = [name.lower() for name in self.class_names]
        if target.lower() in lower:
            return lower.index(target.lower())
        if target.isdecimal() and int(target) < len(lower):
            return int(target)
        near = get_close_matches(target.lower(), lower, n=3) or lower[:8]
        raise UsageError(
            f"{knob}: the net {self.net.title} has no class “{target}”: choose {', '.join(near)},"
            f" or a number from 0 to {len(lower) - 1}"
        )

    def layer_named(self, layer: str, knob: str = "layer") -> str:
        """The layer that was asked for; the last with a map for an empty text.

        Args:
            layer: as typed.
            knob: that it was typed into.

        Raises:
            UsageError: it gives no feature maps in this net.
        """
        from cnntutor.vision.cam.layers import last_maps

        if not layer:
            return last_maps(dict(self.layers))
        if layer in self.layers:
            return layer
        near = get_close_matches(layer, self.layers, n=3) or list(self.layers)[-6:]
        raise UsageError(f"{knob}: the net has no feature maps called “{layer}”: choose {', '.join(near)}")

    def where(self, name: str) -> Tensor | None:
        """The pixels in which a class lies, bool [side, side]; None where nobody knows."""
        import torch

        if self.mosaic is None or name not in (self.mosaic.first, self.mosaic.second):
            return None
        mask = torch.from_numpy(self.mosaic.where(name)).float()[None, None]
        large = torch.nn.functional.interpolate(mask, (self.side, self.side), mode="nearest")
        return large[0, 0] > 0.5


def scene_of(knobs: GradCamKnobs, device: torch.device) -> Scene:
    """Open the net and put the picture before it.

    Raises:
        UsageError: the net or the picture cannot be opened, or they do not go together.
    """
    import torch

    from cnntutor.vision.cam.checks import scores_of
    from cnntutor.vision.cam.layers import map_layers

    net = nets.open_net(knobs.model, weights=knobs.weights == "trained", side=knobs.side, seed=torch.initial_seed())
    if knobs.weights == "random":
        forget(net.module)
    net.module.to(device)
    mosaic = None if knobs.scene == "picture" else mosaics.mosaic(knobs.first, knobs.second, knobs.layout, knobs.number)
    x = net.prepare(_picture(knobs, mosaic, net.side)).to(device)
    with net.at_work():
        with torch.no_grad():
            scores = scores_of(net.module(x), 1)[0]
        layers = map_layers(net.module, x)
    return Scene(net, x, scores.float().softmax(0).cpu(), layers, mosaic)


def forget(module: torch.nn.Module) -> None:
    """Give every layer the weights that it would start its training with."""
    import torch

    torch.manual_seed(torch.initial_seed())
    module.apply(_reset)


def _reset(layer: torch.nn.Module) -> None:
    reset: object = getattr(layer, "reset_parameters", None)
    if callable(reset):
        reset()


def _picture(knobs: GradCamKnobs, mosaic: mosaics.Mosaic | None, side: int) -> Tensor:
    """[3, H, W] from 0 to 1."""
    import torch

    if mosaic is None:
        return images.as_tensor(images.square(knobs.image, side))
    return torch.from_numpy(mosaic.pixels).permute(2, 0, 1) / 255
