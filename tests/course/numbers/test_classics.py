"""The numbers of the topic “classics” that no example of its article prints."""

from cnntutor.vision.arithmetic import conv_macs, conv_params, dense_params, output_size

VGG16_PARAMS, VGG16_MACS = 138_357_544, 15_470_264_320


def test_lenet_5_had_60_000_parameters() -> None:
    c3 = 6 * (25 * 3 + 1) + 9 * (25 * 4 + 1) + (25 * 6 + 1)  # wired to 3, 4 or all 6 maps
    poolings = 2 * 6 + 2 * 16  # a factor and an offset each
    assert c3 == 1516
    assert conv_params(1, 6, 5) + c3 + poolings + conv_params(16, 120, 5) + dense_params(120, 84) == 60_000


def test_lenet_5_took_0_3_million_macs() -> None:
    c3 = (6 * 3 + 9 * 4 + 6) * 25 * 10 * 10
    convolutions = conv_macs(1, 6, 5, 28, 28) + c3 + conv_macs(16, 120, 5, 1, 1)
    assert round((convolutions + 120 * 84 + 84 * 10) / 1e6, 1) == 0.3


def test_alexnet_as_torchvision_builds_it() -> None:
    layers = [(3, 64, 11, 55), (64, 192, 5, 27), (192, 384, 3, 13), (384, 256, 3, 13), (256, 256, 3, 13)]
    conv = sum(conv_params(c_in, c_out, kernel) for c_in, c_out, kernel, _ in layers)
    sizes = [(9216, 4096), (4096, 4096), (4096, 1000)]
    dense = sum(dense_params(*size) for size in sizes)
    assert (conv + dense, dense) == (61_100_840, 58_631_144)
    assert round(100 * dense / (conv + dense)) == 96
    work = sum(conv_macs(c_in, c_out, kernel, side, side) for c_in, c_out, kernel, side in layers)
    total = work + sum(n_in * n_out for n_in, n_out in sizes)
    assert round(total / 1e6) == 714
    assert round(100 * work / total) == 92


def test_vgg_16_and_its_largest_layer() -> None:
    largest = dense_params(25_088, 4096)
    dense = largest + dense_params(4096, 4096) + dense_params(4096, 1000)
    assert 14_714_688 + dense == VGG16_PARAMS
    assert round(dense / 1e6) == 124
    assert round(VGG16_PARAMS * 4 / 1e6) == 553
    assert round((25_088 - 512) * 4096 / 1e6) == 101  # saved by averaging the maps
    assert round(3 * conv_params(512, 512, 3) / 1e6) == 7
    assert conv_params(3, 64, 3) + conv_params(64, 64, 3) == 38_720
    first_two = conv_macs(3, 64, 3, 224, 224) + conv_macs(64, 64, 3, 224, 224)
    assert round(VGG16_MACS / first_two) == 8
    assert round(largest * 4 / 1e6) == 411
    assert round(100 * largest / VGG16_PARAMS) == 74
    assert round(1000 * 25_088 * 4096 / VGG16_MACS) == 7  # 0.7 %


def test_vgg_16_takes_15_470_million_macs() -> None:
    side, c_in, macs = 224, 3, 25_088 * 4096 + 4096 * 4096 + 4096 * 1000
    for width, layers in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(layers):
            macs += conv_macs(c_in, width, 3, side, side)
            c_in = width
        side //= 2
    assert macs == VGG16_MACS


def googlenet(large: int) -> int:
    """Parameters of GoogLeNet without its side classifiers, batch norms included, with `large`×`large` for 5×5."""
    layers = [(3, 64, 7), (64, 64, 1), (64, 192, 3)]
    for c_in, one, thin_3, three, thin_5, five, pool in (
        (192, 64, 96, 128, 16, 32, 32),
        (256, 128, 128, 192, 32, 96, 64),
        (480, 192, 96, 208, 16, 48, 64),
        (512, 160, 112, 224, 24, 64, 64),
        (512, 128, 128, 256, 24, 64, 64),
        (512, 112, 144, 288, 32, 64, 64),
        (528, 256, 160, 320, 32, 128, 128),
        (832, 256, 160, 320, 32, 128, 128),
        (832, 384, 192, 384, 48, 128, 128),
    ):
        layers += [(c_in, one, 1), (c_in, thin_3, 1), (thin_3, three, 3)]
        layers += [(c_in, thin_5, 1), (thin_5, five, large), (c_in, pool, 1)]
    convolutions = sum(conv_params(c_in, c_out, kernel, bias=False) + 2 * c_out for c_in, c_out, kernel in layers)
    return convolutions + dense_params(1024, 1000)


def test_googlenet_beside_alexnet_and_vgg_16() -> None:
    assert googlenet(large=3) == 6_624_904  # torchvision's
    assert round(googlenet(large=5) / 1e6, 1) == 7.0
    assert round(60e6 / googlenet(large=5)) == 9
    assert round(VGG16_PARAMS / googlenet(large=5)) == 20


def test_the_side_classifiers_of_googlenet() -> None:
    head = dense_params(2048, 1024) + dense_params(1024, 1000)
    both = sum(conv_params(c_in, 128, 1, bias=False) + 2 * 128 + head for c_in in (512, 528))
    assert round(both / 1e6, 1) == 6.4
    assert round((both + 6_624_904) / 1e6) == 13


def test_stacks_and_crosses() -> None:
    assert (3 * 9, 7 * 7, 7 + 7) == (27, 49, 14)
    assert output_size(227, 11, stride=4) == 55
