"""The numbers of the topic “efficient” that no example of its article prints."""

import torch
import torch.nn.functional as F

from cnntutor.vision.arithmetic import conv_macs, conv_params

VGG16 = (138_357_544, 15_470_264_320)  # see test_classics


def mobilenet_v2() -> tuple[int, int]:
    """Parameters and MACs of MobileNetV2 on 224×224 pixels, batch norms included."""
    params, macs, side, c_in = conv_params(3, 32, 3, bias=False) + 64, conv_macs(3, 32, 3, 112, 112), 112, 32
    for expand, c_out, blocks, first_stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for block in range(blocks):
            wide = c_in * expand
            if expand > 1:
                params += conv_params(c_in, wide, 1, bias=False) + 2 * wide
                macs += conv_macs(c_in, wide, 1, side, side)
            side //= first_stride if block == 0 else 1
            params += conv_params(wide, wide, 3, groups=wide, bias=False) + 2 * wide
            params += conv_params(wide, c_out, 1, bias=False) + 2 * c_out
            macs += conv_macs(wide, wide, 3, side, side, groups=wide) + conv_macs(wide, c_out, 1, side, side)
            c_in = c_out
    params += conv_params(320, 1280, 1, bias=False) + 2 * 1280 + 1280 * 1000 + 1000
    return params, macs + conv_macs(320, 1280, 1, 7, 7) + 1280 * 1000


def test_mobilenet_v2_beside_vgg_16() -> None:
    params, macs = mobilenet_v2()
    assert (params, macs) == (3_504_872, 300_774_272)  # torchvision's
    assert round(VGG16[1] / macs) == 51
    assert round(100 * (1 - macs / VGG16[1])) == 98


def test_vgg_16_at_30_frames_a_second() -> None:
    assert round(1000 / 30) == 33
    assert round(VGG16[1] * 30 / 1e9) == 464


def test_efficientnet_b7_does_98_times_the_work_of_b0() -> None:
    assert round(37.746 / 0.386) == 98  # billions of MACs in torchvision's table
    assert round(84.122 - 77.692, 1) == 6.4


def test_h_swish() -> None:
    x = torch.tensor([-4.0, -3.0, 1.0, 3.0, 5.0])
    values = x * F.relu6(x + 3) / 6
    assert torch.allclose(values, F.hardswish(x))
    assert torch.allclose(values, torch.tensor([0.0, 0.0, 0.6667, 3.0, 5.0]), atol=1e-4)


def test_relu_wipes_out_one_vector_of_two_channels_in_four() -> None:
    torch.manual_seed(0)
    wiped = (torch.randn(100_000, 2).relu() == 0).all(dim=1).float().mean().item()
    assert abs(wiped - 1 / 4) < 0.01


def test_equal_widths_move_the_least() -> None:
    moved = {a: 784 * (a + 4096 // a) + 4096 for a in (2**n for n in range(13))}
    assert min(moved, key=lambda a: moved[a]) == 64
    assert round(moved[16] / moved[64]) == 2


def test_a_depthwise_layer_uses_each_number_nine_times() -> None:
    assert conv_params(144, 144, 3, groups=144, bias=False) // 144 == 9
