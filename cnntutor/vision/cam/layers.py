"""The layers of a net by name."""

from __future__ import annotations

from contextlib import ExitStack
from difflib import get_close_matches

from torch import Tensor, nn

from cnntutor.errors import UsageError
from cnntutor.vision.cam.checks import taken
from cnntutor.vision.cam.undisturbed import undisturbed

LISTED = 6
"""Names that an error line offers."""


def named(model: nn.Module, layer: nn.Module | str) -> tuple[str, nn.Module]:
    """The dotted name of a layer and the layer.

    Args:
        model: the net.
        layer: one of its submodules, or the dotted name of one.

    Raises:
        UsageError: the net has no such layer.
    """
    layers = dict(model.named_modules(remove_duplicate=False))  # one that is used twice has two names
    if isinstance(layer, str):
        if layer not in layers:
            raise UsageError(f"The net has no layer “{layer}”: choose {_offered(layer, layers)}.")
        return layer, layers[layer]
    for name, module in layers.items():
        if module is layer:
            return name, module
    raise UsageError(f"The net has no such layer: the {type(layer).__name__} is not part of it.")


def map_layers(model: nn.Module, images: Tensor) -> dict[str, tuple[int, int, int]]:
    """The layers that give feature maps [N, K, h, w], by dotted name in the order in which they finish, with (K, h, w).

    Plain `nn.Sequential` containers are left out: what they give is what their last member gave.

    Args:
        model: the net; run once, and left as it was.
        images: [N, C, H, W] of a size that it takes.
    """
    found: dict[str, tuple[int, int, int]] = {}

    def watch(name: str, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4 and len(output) == len(images):
            found.pop(name, None)  # of a layer that runs several times, the last time counts
            found[name] = (output.shape[1], output.shape[2], output.shape[3])

    with undisturbed(model, gradients=False), ExitStack() as hooks:
        for name, module in model.named_modules():
            if name and type(module) is not nn.Sequential:
                handle = module.register_forward_hook(lambda _m, _i, output, name=name: watch(name, output))
                hooks.callback(handle.remove)
        model(taken(model, images))
    return found


def last_maps(layers: dict[str, tuple[int, int, int]]) -> str:
    """The last layer whose maps have more than one cell: where Grad-CAM usually looks.

    Args:
        layers: as `map_layers` gives them.

    Raises:
        UsageError: there is none.
    """
    names = [name for name, (_, height, width) in layers.items() if height * width > 1]
    if not names:
        raise UsageError("No layer of the net gives feature maps, so there is none to look at.")
    return names[-1]


def _offered(wanted: str, layers: dict[str, nn.Module]) -> str:
    near = get_close_matches(wanted, layers, n=LISTED)
    convolutions = [name for name, module in layers.items() if isinstance(module, nn.Conv2d)]
    return " or ".join(near or convolutions[-LISTED:] or ["one of named_modules()"])
