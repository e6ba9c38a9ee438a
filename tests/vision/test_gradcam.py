from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerAttribution, LayerGradCam
from captum.attr import Occlusion as CaptumOcclusion
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations

from cnntutor.errors import UsageError
from cnntutor.vision.cam.layers import last_maps, map_layers
from cnntutor.vision.gradcam import grad_cam, grad_cam_plus_plus, layer_cam, occlusion, score_cam
from cnntutor.vision.torchvision_import import torchvision

torchvision()  # beside a CPU torch pytorch_grad_cam can only be imported after it
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, LayerCAM, ScoreCAM  # noqa: E402
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget  # noqa: E402

Method = Callable[..., Tensor]


def covered(model: nn.Module, layer: object, images: Tensor, targets: Any = None) -> Tensor:
    """Occlusion with the signature of the others."""
    return occlusion(model, images, targets, window=8, stride=4)


BY_LAYER: tuple[Method, ...] = (grad_cam, grad_cam_plus_plus, layer_cam, score_cam)
ALL: tuple[Method, ...] = (*BY_LAYER, covered)
every_method = pytest.mark.parametrize("method", ALL, ids=lambda method: method.__name__)
every_layer_method = pytest.mark.parametrize("method", BY_LAYER, ids=lambda method: method.__name__)


class SmallNet(nn.Module):
    """Two convolutions, with everything in it that a look could disturb."""

    def __init__(self, classes: int = 5) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.last = nn.Conv2d(8, 12, 3, stride=2, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(12, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(self.norm(self.first(x)).relu(), 2)
        x = self.relu(self.last(x))
        scores: Tensor = self.head(self.drop(x.mean((2, 3))))
        return scores


@pytest.fixture
def net(images: Tensor) -> SmallNet:
    """With statistics of its own in the norm, and no class that wins everywhere."""
    torch.manual_seed(0)
    net = SmallNet()
    with torch.no_grad():
        net(torch.rand(16, 3, 24, 24))
        net.head.weight *= 10
        net.eval()
        net.head.bias -= net(images).mean(0)
    return net.train()


@pytest.fixture
def images() -> Tensor:
    torch.manual_seed(1)
    coarse = torch.randn(4, 3, 6, 7)
    return functional.interpolate(coarse, (24, 28), mode="bicubic")


def correlations(maps: Tensor, others: Tensor) -> list[float]:
    """Of each image's two maps, but for images where nothing speaks for the class."""
    pairs = [(one, other) for one, other in zip(maps, others, strict=True) if one.any() or other.any()]
    assert len(pairs) >= 3
    return [float(np.corrcoef(one.flatten(), other.flatten())[0, 1]) for one, other in pairs]


# Worked out by hand


class PencilNet(nn.Module):
    """Two feature maps that are the picture's two channels, and scores that are weighted means of them."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Conv2d(2, 2, 1, bias=False)
        self.head = nn.Linear(2, 2, bias=False)
        with torch.no_grad():
            self.maps.weight[:] = torch.eye(2)[:, :, None, None]
            self.head.weight[:] = torch.tensor([[4.0, -8.0], [-4.0, 0.0]])

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.head(self.maps(x).mean((2, 3)))
        return scores


PENCIL = torch.tensor([[[[3.0, 1.0], [0.0, 2.0]], [[0.0, 1.0], [0.0, 0.5]]]])
"""A⁰ = 3 1 / 0 2 and A¹ = 0 1 / 0 ½."""


def test_grad_cam_of_a_net_on_paper() -> None:
    # ∂y₀/∂A⁰ = 4/4 = 1 everywhere, ∂y₀/∂A¹ = −8/4 = −2, so α = (1, −2) and
    # L = ReLU(A⁰ − 2·A¹) = 3 0 / 0 1; divided by 3.
    heat = grad_cam(PencilNet(), "maps", PENCIL, 0)
    torch.testing.assert_close(heat, torch.tensor([[[1.0, 0.0], [0.0, 1 / 3]]]))


def test_grad_cam_plus_plus_of_a_net_on_paper() -> None:
    # Slopes upwards are in A⁰ alone: a = 1/(2 + 6·1) at each of 4 places, w₀ = 4/8, w₁ = 0; L ∝ A⁰.
    heat = grad_cam_plus_plus(PencilNet(), "maps", PENCIL, 0)
    torch.testing.assert_close(heat, PENCIL[:, 0] / 3)


def test_layer_cam_of_a_net_on_paper() -> None:
    torch.testing.assert_close(layer_cam(PencilNet(), "maps", PENCIL, 0), PENCIL[:, 0] / 3)


def test_score_cam_of_a_net_on_paper() -> None:
    # H⁰ = A⁰/3, H¹ = A¹. Under them y₀ is the mean of 4·A⁰ − 8·A¹, cell by cell:
    # y(H⁰) = (12 + (4 − 8)/3 + (8 − 4)·2/3)/4 = 10/3, y(H¹) = ((4 − 8)·1 + (8 − 4)·½)/4 = −1/2.
    alpha = torch.tensor([10 / 3, -1 / 2]).softmax(0)
    raw = alpha[0] * PENCIL[:, 0] + alpha[1] * PENCIL[:, 1]
    torch.testing.assert_close(score_cam(PencilNet(), "maps", PENCIL, 0), raw / raw.max())


def test_occlusion_of_a_net_on_paper() -> None:
    # Covering cell (i, j) takes A⁰ᵢⱼ − 2·A¹ᵢⱼ off y₀: 3 −1 / 0 1.
    heat = occlusion(PencilNet(), PENCIL, 0, window=1, stride=1)
    torch.testing.assert_close(heat, torch.tensor([[[1.0, 0.0], [0.0, 1 / 3]]]))


@pytest.mark.parametrize("method", [grad_cam, grad_cam_plus_plus, layer_cam])
def test_where_nothing_speaks_for_the_class_the_map_is_zero(method: Method) -> None:
    assert not method(PencilNet(), "maps", PENCIL, 1).any()


# Against other people's code


@pytest.mark.parametrize("layer", ["first", "norm", "last"])
def test_grad_cam_is_captums(net: SmallNet, images: Tensor, layer: str) -> None:
    net.eval()
    targets = torch.tensor([0, 3, 2, 4])
    raw = LayerGradCam(net, net.get_submodule(layer)).attribute(images, targets, relu_attributions=True)
    large = LayerAttribution.interpolate(raw.detach(), images.shape[-2:], "bilinear")[:, 0]
    expected = large / large.amax((1, 2), keepdim=True).clamp_min(1e-30)
    assert large.any()
    torch.testing.assert_close(grad_cam(net, layer, images, targets), expected)


@pytest.mark.parametrize(("window", "stride"), [(8, 4), (7, 3), (6, 6), (24, 5)])
def test_occlusion_is_captums(net: SmallNet, images: Tensor, window: int, stride: int) -> None:
    net.eval()
    found = CaptumOcclusion(net).attribute(
        images, (3, window, window), (3, stride, stride), target=2, baselines=0.5, perturbations_per_eval=1
    )
    expected = found[:, 0].relu()  # the channels are covered together and share one value
    expected = expected / expected.amax((1, 2), keepdim=True).clamp_min(1e-30)
    ours = occlusion(net, images, 2, window=window, stride=stride, fill=0.5)
    torch.testing.assert_close(ours, expected.detach(), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("layer", ["first", "last"])
@pytest.mark.parametrize(
    ("ours", "theirs", "least"),
    [
        (grad_cam, GradCAM, 0.999),
        (grad_cam_plus_plus, GradCAMPlusPlus, 0.999),
        (layer_cam, LayerCAM, 0.999),
        (score_cam, ScoreCAM, 0.998),
    ],
    ids=["grad-cam", "grad-cam++", "layer-cam", "score-cam"],
)
def test_maps_are_those_of_pytorch_grad_cam(
    net: SmallNet, images: Tensor, ours: Method, theirs: type[Any], least: float, layer: str
) -> None:
    """They scale from minimum to maximum and then enlarge with OpenCV; we enlarge and divide by the maximum.

    Their Score-CAM enlarges its masks from corner to corner (`align_corners=True`), ours like the paper's own code.
    """
    targets = [1, 3, 0, 2]
    net.relu.inplace = False  # their hooks would see what the next layer wrote over
    if ours is grad_cam_plus_plus:
        with torch.no_grad():
            net.head.weight *= 1000  # their fraction has an epsilon, which hides slopes below 0.001
    with warnings.catch_warnings(action="ignore"), theirs(net, [net.get_submodule(layer)]) as cam:
        expected = cam(images, [ClassifierOutputTarget(target) for target in targets])
    found = ours(net, layer, images, targets)
    assert min(correlations(found, torch.from_numpy(expected))) > least


def test_a_large_nets_map_is_that_of_pytorch_grad_cam(images: Tensor) -> None:
    torch.manual_seed(0)
    net = torchvision().models.resnet18(weights=None).eval()
    large = functional.interpolate(images, (96, 96), mode="bilinear")
    with GradCAM(net, [net.layer4]) as cam:
        expected = cam(large, [ClassifierOutputTarget(target) for target in (7, 300, 2, 999)])
    found = grad_cam(net, "layer4", large, [7, 300, 2, 999])
    assert min(correlations(found, torch.from_numpy(expected))) > 0.999


# What may be asked


@every_method
def test_maps_are_as_large_as_the_images_and_go_up_to_one(net: SmallNet, images: Tensor, method: Method) -> None:
    heat = method(net, "last", images)
    assert heat.shape == (4, 24, 28)
    assert float(heat.min()) >= 0
    assert set(heat.amax((1, 2)).tolist()) <= {0.0, 1.0}
    assert heat.any()
    assert not heat.requires_grad


@every_method
def test_without_a_target_each_image_is_asked_for_its_top_class(net: SmallNet, images: Tensor, method: Method) -> None:
    top = net.eval()(images).argmax(1)
    assert torch.equal(method(net, "last", images), method(net, "last", images, top))
    assert len(set(top.tolist())) > 1


@every_method
def test_images_do_not_influence_each_other(net: SmallNet, images: Tensor, method: Method) -> None:
    together = method(net, "last", images, [0, 1, 2, 3])
    alone = torch.cat([method(net, "last", images[number : number + 1], number) for number in range(4)])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(2, 9), st.integers(2, 9), st.integers(0, 10_000))
def test_any_size_gives_maps_in_range(count: int, height: int, width: int, seed: int) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Conv2d(1, 3, 2), nn.Flatten(2), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(3, 2))
    for method in BY_LAYER:
        heat = method(model, "0", torch.randn(count, 1, height, width))
        assert heat.shape == (count, height, width)
        assert set(heat.amax((1, 2)).tolist()) <= {0.0, 1.0}
        assert float(heat.min()) >= 0


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-3, 1e3), st.integers(0, 10_000))
def test_scaling_the_scores_does_not_change_grad_cam(factor: float, seed: int) -> None:
    torch.manual_seed(seed)
    model, image = PencilNet().double(), torch.randn(1, 2, 4, 4, dtype=torch.float64)
    before = grad_cam(model, "maps", image, 0)
    with torch.no_grad():
        model.head.weight *= factor
    torch.testing.assert_close(grad_cam(model, "maps", image, 0), before)


@every_layer_method
def test_a_layer_is_named_or_given(net: SmallNet, images: Tensor, method: Method) -> None:
    assert torch.equal(method(net, net.last, images), method(net, "last", images))


@pytest.mark.parametrize("caller", [nullcontext, torch.no_grad, torch.inference_mode], ids=lambda c: c.__name__)
@every_method
def test_it_works_whatever_the_caller_does_with_gradients(
    net: SmallNet, images: Tensor, method: Method, caller: Callable[[], AbstractContextManager[None]]
) -> None:
    expected = method(net, "last", images)
    with caller():
        assert torch.equal(method(net, "last", images.clone()), expected)


@every_method
def test_frozen_nets_are_looked_into_too(net: SmallNet, images: Tensor, method: Method) -> None:
    expected = method(net, "last", images)
    assert torch.equal(method(net.requires_grad_(False), "last", images), expected)


@every_layer_method
def test_an_in_place_relu_after_the_layer_does_not_reach_the_recording(
    net: SmallNet, images: Tensor, method: Method
) -> None:
    in_place = method(net, "last", images)
    net.relu.inplace = False
    assert torch.equal(in_place, method(net, "last", images))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@every_method
def test_halves_are_computed_with_and_maps_come_back_in_full(
    net: SmallNet, images: Tensor, method: Method, dtype: torch.dtype
) -> None:
    exact = method(net, "last", images, 2)
    heat = method(net.to(dtype), "last", images.to(dtype), 2)
    assert heat.dtype == torch.float32
    assert min(correlations(heat, exact)) > 0.97


def test_images_of_another_precision_are_brought_to_the_nets(net: SmallNet, images: Tensor) -> None:
    assert grad_cam(net, "last", images.double()).dtype == torch.float32
    assert grad_cam(net.double(), "last", images).dtype == torch.float64


class TwiceNet(nn.Module):
    """One ReLU that runs before and after the pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(functional.avg_pool2d(self.relu(x), 2)).mean((2, 3))


def test_of_a_layer_that_runs_twice_the_last_time_counts() -> None:
    image = torch.arange(16.0).reshape(1, 1, 4, 4)
    torch.testing.assert_close(
        grad_cam(TwiceNet(), "relu", image),
        functional.interpolate(functional.avg_pool2d(image, 2), (4, 4), mode="bilinear")[:, 0] / 12.5,
    )


# The net comes back as it was


def state_of(net: nn.Module) -> dict[str, object]:
    return {
        "modes": [module.training for module in net.modules()],
        "wants gradients": [parameter.requires_grad for parameter in net.parameters()],
        "gradients": [None if p.grad is None else p.grad.clone().tolist() for p in net.parameters()],
        "numbers": {name: value.tolist() for name, value in net.state_dict().items()},
        "hooks": [(len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks)) for m in net.modules()],
        "generator": torch.get_rng_state().tolist(),
        "records": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
    }


@pytest.fixture
def used(net: SmallNet, images: Tensor) -> SmallNet:
    """A net in the middle of training, partly frozen, one norm in evaluation mode, with a hook of its owner's."""
    net.first.requires_grad_(False)
    net(images).sum().backward()
    net.norm.eval()
    net.last.register_forward_hook(lambda *_: None)
    return net


@every_method
def test_the_net_comes_back_as_it_was(used: SmallNet, images: Tensor, method: Method) -> None:
    before, given = state_of(used), images.clone()
    method(used, "last", images)
    assert state_of(used) == before
    assert torch.equal(images, given)


class Trouble(Exception):
    """Of a net's own."""


@every_method
def test_a_net_that_raises_comes_back_as_it_was_with_its_own_error(
    used: SmallNet, images: Tensor, method: Method
) -> None:
    def fail(*_: object) -> None:
        torch.rand(3)
        raise Trouble("midway")

    handle = used.head.register_forward_hook(fail)
    before = state_of(used)
    with pytest.raises(Trouble, match="midway"):
        method(used, "last", images)
    assert state_of(used) == before
    handle.remove()


@every_method
def test_a_net_that_draws_numbers_leaves_the_generator_alone(net: SmallNet, images: Tensor, method: Method) -> None:
    net.drop.register_forward_hook(lambda module, inputs, output: output + torch.rand_like(output))
    before = torch.get_rng_state()
    method(net, "last", images)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_net_that_writes_into_its_input_does_not_reach_the_callers(images: Tensor) -> None:
    model = nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    given = images.clone()
    grad_cam(model, "1", images)
    assert torch.equal(images, given)


# What is refused, in one line


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        ("lost", "The net has no layer “lost”: choose last"),
        (nn.Conv2d(1, 1, 1), "The net has no such layer: the Conv2d is not part of it"),
        ("head", r"The layer “head” gives no feature maps \[4, K, h, w\] but \[4, 5\]"),
    ],
)
@every_layer_method
def test_a_layer_that_does_not_fit_is_refused(
    used: SmallNet, images: Tensor, method: Method, layer: Any, line: str
) -> None:
    before = state_of(used)
    with pytest.raises(UsageError, match=line):
        method(used, layer, images)
    assert state_of(used) == before


@pytest.mark.parametrize(
    ("targets", "line"),
    [
        (5, r"targets must be from 0 to 4, the classes of the net, not 5"),
        (-1, r"targets must be from 0 to 4"),
        ([0, 1], r"targets must be one class or 4, one an image, not \[2\]"),
        (1.0, "targets must be whole numbers"),
    ],
)
@every_method
def test_a_target_that_does_not_fit_is_refused(
    net: SmallNet, images: Tensor, method: Method, targets: Any, line: str
) -> None:
    with pytest.raises(UsageError, match=line):
        method(net, "last", images, targets)


@every_method
def test_images_that_are_no_batch_are_refused(net: SmallNet, images: Tensor, method: Method) -> None:
    with pytest.raises(UsageError, match=r"images must be float \[N, C, H, W\], not torch.float32 \[3, 24, 28\]"):
        method(net, "last", images[0])
    with pytest.raises(UsageError, match=r"images must be float .* not torch.uint8"):
        method(net, "last", images.byte())


def test_a_layer_that_does_not_run_is_refused(net: SmallNet, images: Tensor) -> None:
    net.spare = nn.Conv2d(3, 3, 1)
    with pytest.raises(UsageError, match="The layer “spare” did not run"):
        grad_cam(net, "spare", images)


def test_a_layer_that_the_scores_do_not_depend_on_is_refused(net: SmallNet, images: Tensor) -> None:
    net.last.register_forward_hook(lambda module, inputs, output: output)
    net.head.register_forward_hook(lambda module, inputs, output: output.detach())
    with pytest.raises(UsageError, match="do not depend on the layer “last”"):
        grad_cam(net, "last", images)


def test_a_net_that_answers_with_something_else_is_refused(images: Tensor) -> None:
    with pytest.raises(UsageError, match=r"must answer 4 images with scores \[4, classes\], not \[4, 2, 24, 28\]"):
        grad_cam(nn.Sequential(nn.Conv2d(3, 2, 1)), "0", images)


@every_method
def test_a_net_gone_wrong_is_named_and_gives_no_map(net: SmallNet, images: Tensor, method: Method) -> None:
    with torch.no_grad():
        net.last.weight.fill_(float("nan"))
    with pytest.raises(UsageError, match="The map is not finite"):
        method(net, "last", images, 0)


@pytest.mark.parametrize(
    ("window", "stride", "line"),
    [(25, 1, "window must be at most 24"), (4, 5, "stride must be from 1 to window"), (4, 0, "stride must be from 1")],
)
def test_a_window_that_leaves_gaps_or_does_not_fit_is_refused(
    net: SmallNet, images: Tensor, window: int, stride: int, line: str
) -> None:
    with pytest.raises(UsageError, match=line):
        occlusion(net, images, window=window, stride=stride)


def test_the_layers_with_maps_are_listed_in_the_order_in_which_they_finish(used: SmallNet, images: Tensor) -> None:
    before = state_of(used)
    layers = map_layers(used, images)
    assert layers == {"first": (8, 24, 28), "norm": (8, 24, 28), "last": (12, 6, 7), "relu": (12, 6, 7)}
    assert last_maps(layers) == "relu"
    assert state_of(used) == before


def test_containers_and_single_cells_are_not_where_one_looks() -> None:
    inner = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1))
    layers = map_layers(nn.Sequential(inner, nn.Flatten()), torch.rand(1, 3, 8, 8))
    assert layers == {"0.0": (4, 6, 6), "0.1": (4, 1, 1)}
    assert last_maps(layers) == "0.0"


def test_a_net_without_maps_has_no_layer_to_look_at() -> None:
    layers = map_layers(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)), torch.rand(1, 3, 2, 2))
    with pytest.raises(UsageError, match="No layer of the net gives feature maps"):
        last_maps(layers)


def test_a_layer_that_is_used_twice_answers_to_both_of_its_names(images: Tensor) -> None:
    twice = nn.Conv2d(3, 3, 3, padding=1)
    net = nn.Sequential(twice, nn.ReLU(), twice, nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(48, 5))
    assert torch.equal(grad_cam(net, "2", images), grad_cam(net, "0", images))


def test_targets_that_are_no_numbers_are_refused(net: SmallNet, images: Tensor) -> None:
    with pytest.raises(UsageError, match="targets must be whole numbers, not 'cat'"):
        grad_cam(net, "last", images, "cat")  # type: ignore[arg-type]


def test_a_net_whose_weights_have_no_gradients_by_their_nature_is_refused(images: Tensor) -> None:
    with torch.inference_mode():
        net = SmallNet()
    with pytest.raises(UsageError, match=r"The net was made under torch\.inference_mode"):
        grad_cam(net, "last", images)


def test_what_makes_a_layers_weight_is_no_layer_with_maps(images: Tensor) -> None:
    maps = parametrizations.weight_norm(nn.Conv2d(3, 6, 3))
    net = nn.Sequential(maps, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 5))
    assert list(map_layers(net, images)) == ["0", "1"]
    with pytest.raises(UsageError, match=r"gives no feature maps \[4, K, h, w\] but \[6, 3, 3, 3\]"):
        grad_cam(net, "0.parametrizations.weight", images)
