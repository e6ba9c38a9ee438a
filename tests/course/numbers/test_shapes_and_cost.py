"""The numbers of the topic *Output size and cost*."""

from cnntutor.vision.arithmetic import conv_macs, conv_params, dense_params, output_size

VGG_16 = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)
"""Filters of its 3×3 convolutions; 0 is a pooling."""

VGG_16_DENSE = ((512 * 7 * 7, 4096), (4096, 4096), (4096, 1000))


def vgg_16() -> tuple[int, int]:
    """Its parameters and MACs for a picture of 224×224."""
    side, channels, params, macs = 224, 3, 0, 0
    for filters in VGG_16:
        if not filters:
            side = output_size(side, 2, stride=2)
            continue
        params += conv_params(channels, filters, 3)
        macs += conv_macs(channels, filters, 3, side, side)
        channels = filters
    for shape in VGG_16_DENSE:
        params += dense_params(*shape)
        macs += dense_params(*shape, bias=False)
    return params, macs


def resnet_18() -> int:
    """Its MACs for a picture of 224×224."""
    macs, channels, side = conv_macs(3, 64, 7, 112, 112), 64, 56
    for filters in (64, 128, 256, 512):
        if filters != channels:
            side //= 2
            macs += conv_macs(channels, filters, 1, side, side)
        macs += conv_macs(channels, filters, 3, side, side) + 3 * conv_macs(filters, filters, 3, side, side)
        channels = filters
    return macs + 512 * 1000


def test_one_dense_layer_has_three_quarters_of_vgg_16s_weights_and_0_7_per_cent_of_its_macs() -> None:
    params, macs = vgg_16()
    largest = dense_params(*VGG_16_DENSE[0], bias=False)
    assert params == 138_357_544
    assert largest == 102_760_448
    assert round(largest / params, 2) == 0.74
    assert round(largest / macs, 3) == 0.007


def test_resnet_18_takes_1_81_thousand_million_macs() -> None:
    assert resnet_18() == 1_814_073_344
    assert round(resnet_18() / 1e9, 2) == 1.81


def test_the_four_usual_settings() -> None:
    assert output_size(56, 3, padding=1) == 56
    assert output_size(56, 1) == 56
    assert [output_size(n, 3, stride=2, padding=1) for n in (56, 7)] == [28, 4]
    assert [output_size(n, 2, stride=2) for n in (56, 7)] == [28, 3]
    assert [output_size(n, 3, stride=2, padding=1) for n in (55, 56)] == [28, 28]


def test_padding_that_makes_up_for_the_kernel_leaves_the_stride_alone_rounding_up() -> None:
    for kernel in (1, 3, 5, 7):
        for stride in (1, 2, 3):
            for size in range(7, 60):
                assert output_size(size, kernel, stride=stride, padding=(kernel - 1) // 2) == -(-size // stride)


def test_a_resnet_goes_from_224_to_7() -> None:
    sizes = [224, output_size(224, 7, stride=2, padding=3)]
    while sizes[-1] > 7:
        sizes.append(output_size(sizes[-1], 3, stride=2, padding=1))
    assert sizes == [224, 112, 56, 28, 14, 7]


def test_the_layer_from_64_to_128_channels_on_56_by_56() -> None:
    assert conv_params(64, 1, 3, bias=False) == 576
    assert conv_params(64, 128, 3) - conv_params(64, 128, 3, bias=False) == 128
    assert 2 * conv_macs(64, 128, 3, 56, 56) == 462_422_016
    assert 4 * conv_params(64, 128, 3, bias=False) == 294_912
    written = 4 * 128 * 56 * 56
    assert written == 1_605_632
    assert 64 * written == 102_760_448
    moved = 4 * 64 * 56 * 56 + written + 294_912
    assert round(moved / 1e6, 1) == 2.7
    assert round(conv_macs(64, 128, 3, 56, 56) / moved) == 86


def test_the_layers_of_the_quiz_in_order_of_their_weights() -> None:
    weights = [
        conv_params(3, 64, 3, bias=False),
        conv_params(64, 64, 1, bias=False),
        conv_params(64, 64, 3, bias=False),
        conv_params(512, 512, 3, bias=False),
        dense_params(25_088, 4_096, bias=False),
    ]
    assert weights == [1_728, 4_096, 36_864, 2_359_296, 102_760_448]


def test_the_same_macs() -> None:
    macs = conv_macs(64, 64, 3, 56, 56)
    assert conv_macs(128, 128, 3, 28, 28) == macs
    assert conv_macs(64, 128, 3, 28, 28) * 2 == macs
    assert output_size(56, 3, padding=2, dilation=2) == output_size(56, 5, padding=2) == 56
