"""Which pixels made a score: slopes, and shares of the score, down to single pixels.

All take images [N, C, H, W] as the net wants them and give one number for each value of them, [N, C, H, W]. y is the
score of a class before the softmax. The net comes back as it was.
"""

from __future__ import annotations

from contextlib import ExitStack

import torch
from torch import Tensor, nn

from cnntutor.vision.cam.checks import Targets, chosen, scores_of, taken
from cnntutor.vision.cam.undisturbed import undisturbed


def slopes(model: nn.Module, images: Tensor, targets: Targets = None) -> Tensor:
    """∂y/∂x, [N, C, H, W].

    Simonyan, Vedaldi & Zisserman (2014), "Deep Inside Convolutional Networks: Visualising Image Classification Models
    and Saliency Maps", arXiv:1312.6034, section 3.

    Args:
        model: images [N, C, H, W] → scores [N, classes].
        images: float [N, C, H, W].
        targets: class indices [N], one for all, or None for each image's top class.

    Raises:
        UsageError: the images or the targets do not fit the net.
    """
    with undisturbed(model, gradients=True):
        x = taken(model, images).requires_grad_()
        scores = scores_of(model(x), len(x))
        classes = chosen(targets, scores)
        (found,) = torch.autograd.grad(scores.gather(1, classes[:, None]).sum(), x)
    return found


def smooth_slopes(
    model: nn.Module, images: Tensor, target: int, *, noise: float, samples: int, seed: int = 0
) -> Tensor:
    """The mean of |∂y/∂x| over noisy copies of one image, [1, C, H, W].

    Smilkov, Thorat, Kim, Viégas & Wattenberg (2017), "SmoothGrad: removing noise by adding noise", arXiv:1706.03825,
    section 3.

    Args:
        model: images [N, C, H, W] → scores [N, classes].
        images: one, [1, C, H, W].
        target: its class.
        noise: standard deviation, as a share of the distance from the least value of the image to the largest.
        samples: noisy copies.
        seed: of the noise.
    """
    spread = noise * (images.max() - images.min())
    draw = torch.Generator().manual_seed(seed)
    copies = images + spread * torch.randn(samples, *images.shape[1:], generator=draw).to(images)
    return slopes(model, copies, target).abs().mean(0, keepdim=True)


def integrated_gradients(model: nn.Module, images: Tensor, target: int, baseline: Tensor, steps: int) -> Tensor:
    """(x − x′)·mean of ∂y/∂x on the straight way from x′ to x, [1, C, H, W]; they add up to about y(x) − y(x′).

    Sundararajan, Taly & Yan (2017), "Axiomatic Attribution for Deep Networks", arXiv:1703.01365, equations 1 and 3. The
    way is cut into equal steps, each judged in its middle.

    Args:
        model: images [N, C, H, W] → scores [N, classes].
        images: one, x, [1, C, H, W].
        target: its class.
        baseline: x′, [1, C, H, W].
        steps: into which the way is cut, at least 1.
    """
    return (images - baseline) * slopes(model, way(images, baseline, steps), target).mean(0, keepdim=True)


def way(images: Tensor, baseline: Tensor, steps: int) -> Tensor:
    """The middles of so many equal steps from the baseline to an image: both [1, C, H, W] → [steps, C, H, W]."""
    shares = (torch.arange(steps).to(images) + 0.5) / steps
    return baseline + shares[:, None, None, None] * (images - baseline)


def guided_slopes(model: nn.Module, images: Tensor, targets: Targets = None) -> Tensor:
    """As `slopes`, but on the way back every ReLU lets only slopes above zero through, [N, C, H, W].

    Springenberg, Dosovitskiy, Brox & Riedmiller (2015), "Striving for Simplicity: The All Convolutional Net",
    arXiv:1412.6806, section 3.4.

    Args:
        model: images [N, C, H, W] → scores [N, classes]; its ReLUs are modules, and not in place.
        images: float [N, C, H, W].
        targets: as for `slopes`.
    """
    with ExitStack() as hooks:
        for module in model.modules():
            if isinstance(module, nn.ReLU):
                hooks.callback(module.register_full_backward_hook(_only_upwards).remove)
        return slopes(model, images, targets)


def strongest(values: Tensor) -> Tensor:
    """The size of each pixel's largest slope among the channels: [N, C, H, W] → [N, H, W], none negative."""
    return values.abs().amax(1)


def together(values: Tensor) -> Tensor:
    """The size of each pixel's share, its channels added up: [N, C, H, W] → [N, H, W], none negative."""
    return values.sum(1).abs()


def rank_correlation(first: Tensor, second: Tensor) -> float:
    """Spearman's ρ of two maps of one shape: 1 where they put the pixels into one order; 0 if a map is flat.

    Equal values share the mean of their ranks.
    """
    a, b = (_ranks(values) for values in (first, second))
    size = a.norm() * b.norm()
    return float(a @ b / size) if size else 0.0


def _ranks(values: Tensor) -> Tensor:
    """Ranks less their mean, float64 [pixels]."""
    _, places, counts = torch.unique(values.flatten(), return_inverse=True, return_counts=True)
    ranks = counts.cumsum(0).double() - (counts - 1) / 2
    found: Tensor = ranks[places] - ranks[places].mean()
    return found


def _only_upwards(module: nn.Module, to_input: tuple[Tensor], to_output: object) -> tuple[Tensor]:
    return (to_input[0].clamp(min=0),)
