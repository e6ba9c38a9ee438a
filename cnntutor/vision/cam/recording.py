"""One pass through a net with a layer tapped: what the layer said, and how much the class score depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

import torch
from torch import Tensor, nn

from cnntutor.errors import UsageError
from cnntutor.vision.cam.checks import Targets, chosen, scores_of, taken, wide
from cnntutor.vision.cam.layers import named
from cnntutor.vision.cam.undisturbed import undisturbed


@dataclass(frozen=True, slots=True)
class Recording:
    """What the methods work with; tensors are float32 or wider, whatever the net's precision."""

    activations: Tensor
    """A, the layer's feature maps: [N, K, h, w]."""
    gradients: Tensor
    """∂y/∂A, y being the score of each image's class before the softmax: [N, K, h, w]."""
    scores: Tensor
    """Of all classes, before the softmax: [N, classes]."""
    targets: Tensor
    """The class of each image: [N]."""


def record(model: nn.Module, layer: nn.Module | str, images: Tensor, targets: Targets = None) -> Recording:
    """Run the net once forwards, and backwards as far as the layer.

    The net is in evaluation mode meanwhile and afterwards exactly as it was: modes, `requires_grad`, `.grad`, hooks,
    random generators. Parameters may be frozen. Of a layer that runs several times, the last time counts.

    Args:
        model: images [N, C, H, W] → scores [N, classes].
        layer: a submodule or its dotted name; it must give feature maps [N, K, h, w].
        images: float [N, C, H, W], as the net wants them.
        targets: class indices [N], one for all, or None for the top class.

    Raises:
        UsageError: the layer or the targets do not fit the net, the images are no batch, or the weights were made under
            `inference_mode`. What the net itself raises goes through.
    """
    name, module = named(model, layer)
    if any(weight.is_inference() for weight in model.parameters()):
        raise UsageError("The net was made under torch.inference_mode, which bars gradients: make it outside.")
    with undisturbed(model, gradients=True), _Tap(name, module, len(images)) as tap:
        given = taken(model, images)
        scores = scores_of(model(given), len(images))
        classes = chosen(targets, scores)
        gradients = tap.gradients(scores.gather(1, classes[:, None]).sum())
    return Recording(wide(tap.activations), wide(gradients), wide(scores), classes)


class _Tap:
    """Owns the hook on a layer, and releases it."""

    def __init__(self, name: str, layer: nn.Module, images: int) -> None:
        self._name = name
        self._images = images
        self._layer = layer
        self._leaf: Tensor | None = None

    def __enter__(self) -> _Tap:
        self._handle = self._layer.register_forward_hook(self._keep)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._handle.remove()

    @property
    def activations(self) -> Tensor:
        """What the layer said, [N, K, h, w].

        Raises:
            UsageError: it did not run.
        """
        if self._leaf is None:
            raise UsageError(f"The layer “{self._name}” did not run for these images: choose another.")
        return self._leaf

    def gradients(self, score: Tensor) -> Tensor:
        """∂score/∂activations.

        Raises:
            UsageError: the score does not depend on them.
        """
        leaf = self.activations
        gradient = torch.autograd.grad(score, leaf, allow_unused=True)[0] if score.requires_grad else None
        if gradient is None:
            raise UsageError(f"The class scores do not depend on the layer “{self._name}”: choose another.")
        return gradient

    def _keep(self, layer: nn.Module, inputs: object, output: object) -> Tensor:
        self._leaf = _feature_maps(self._name, output, self._images).detach().requires_grad_()
        # The graph begins here: nothing is computed below the layer. What follows may overwrite the copy in place.
        return self._leaf.clone()


def _feature_maps(name: str, output: object, images: int) -> Tensor:
    if isinstance(output, Tensor) and output.ndim == 4 and len(output) == images and output.is_floating_point():
        return output
    found = list(output.shape) if isinstance(output, Tensor) else type(output).__name__
    raise UsageError(f"The layer “{name}” gives no feature maps [{images}, K, h, w] but {found}: choose another.")
