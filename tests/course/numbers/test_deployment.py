"""The numbers of the topic *Deployment and hardware*."""

import torch

from cnntutor.vision.arithmetic import conv_macs, conv_params


def test_a_million_answers_at_50_ms_take_13_9_hours_and_at_10_ms_2_8() -> None:
    assert round(1e6 * 0.050 / 3600, 1) == 13.9
    assert round(1e6 * 0.010 / 3600, 1) == 2.8


def test_a_chip_with_10_teraflops_and_500_gigabytes_a_second_balances_at_20() -> None:
    assert 10e12 / 500e9 == 20


def test_a_relu_does_an_eighth_of_an_operation_per_byte() -> None:
    assert 1 / (4 + 4) == 0.125


def test_the_depthwise_layer_has_a_128th_of_the_arithmetic_and_is_14_times_faster() -> None:
    side = 56
    plain, depthwise = conv_macs(64, 128, 3, side, side), conv_macs(64, 64, 3, side, side, groups=64)
    assert plain / depthwise == 128
    moved = 4 * (128 * side**2 + conv_params(64, 64, 3, groups=64, bias=False))
    arithmetic, memory = 2 * plain / 10e12, moved / 500e9
    assert round(arithmetic / memory) == 14


def test_weights_up_to_one_half_have_steps_of_0_0039_and_254_of_them() -> None:
    assert round(0.5 / 127, 4) == 0.0039
    assert round(1.0 / (0.5 / 127)) == 254


def test_576_products_of_8_bits_make_9_3_million_and_fit_into_32_bits() -> None:
    assert round(576 * 127 * 127 / 1e6, 1) == 9.3
    assert round(torch.iinfo(torch.int32).max / 1e9, 1) == 2.1


def test_the_temperature_keeps_the_order_and_shrinks_the_gradient_about_sixteenfold() -> None:
    teacher = torch.tensor([0.8, 0.4, -0.2])
    sizes = []
    for temperature in (1.0, 4.0):
        student = torch.zeros(3, requires_grad=True)
        target = (teacher / temperature).softmax(0)
        loss = -(target * (student / temperature).log_softmax(0)).sum()
        loss.backward()
        sizes.append(student.grad.norm().item())
    assert 12 < sizes[0] / sizes[1] < 20


def test_an_outlier_ten_times_as_large_makes_the_steps_ten_times_as_wide() -> None:
    weights = torch.linspace(-1, 1, 9)
    wide = torch.cat([weights, torch.tensor([10.0])])
    assert torch.isclose(wide.abs().max() / 127, 10 * weights.abs().max() / 127)


def test_removing_half_of_the_filters_shrinks_both_layers() -> None:
    first, second = conv_params(10, 20, 3, bias=False), conv_params(20, 10, 3, bias=False)
    assert (first + second) / 2 == 9 * 10 * (10 + 10)


def test_a_dense_layer_does_half_a_flop_per_byte_for_one_picture_and_nearly_32_for_64() -> None:
    n = 4096

    def intensity(batch: int) -> float:
        return 2 * n * n * batch / (4 * (n * n + 2 * n * batch))

    assert round(intensity(1), 2) == 0.5
    assert 31 < intensity(64) < 32
