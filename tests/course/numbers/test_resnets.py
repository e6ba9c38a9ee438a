"""The numbers of the topic “resnets” that no example of its article prints."""

from cnntutor.vision.arithmetic import conv_macs, conv_params

BOTTLENECKS = {50: (3, 4, 6, 3), 152: (3, 8, 36, 3)}


def resnet(plan: tuple[int, ...], *, groups: int = 1, width: int = 64) -> tuple[int, int]:
    """Parameters and MACs of a net of bottlenecks on 224×224 pixels, the stride on the 3×3, with batch norms."""
    params, macs = conv_params(3, 64, 7, bias=False) + 2 * 64, conv_macs(3, 64, 7, 112, 112)
    side, c_in = 56, 64
    for stage, blocks in enumerate(plan):
        middle, c_out = width * 2**stage, 256 * 2**stage
        for block in range(blocks):
            before = side
            if block == 0 and stage:
                side //= 2
            layers = [(c_in, middle, 1, 1, before), (middle, middle, 3, groups, side), (middle, c_out, 1, 1, side)]
            if block == 0:
                layers.append((c_in, c_out, 1, 1, side))
            for n_in, n_out, kernel, parts, out in layers:
                params += conv_params(n_in, n_out, kernel, groups=parts, bias=False) + 2 * n_out
                macs += conv_macs(n_in, n_out, kernel, out, out, groups=parts)
            c_in = c_out
    return params + 2048 * 1000 + 1000, macs + 2048 * 1000


def test_resnet_50() -> None:
    assert resnet(BOTTLENECKS[50]) == (25_557_032, 4_089_184_256)


def test_resnext_50_costs_about_as_much() -> None:
    params, macs = resnet(BOTTLENECKS[50], groups=32, width=128)
    assert (round(params / 1e6, 1), round(macs / 1e9, 2)) == (25.0, 4.23)


def test_resnet_152_takes_nearly_three_times_the_work_of_resnet_50() -> None:
    params, macs = resnet(BOTTLENECKS[152])
    assert (round(params / 1e6, 1), round(macs / 1e9, 2)) == (60.2, 11.51)
    assert 2.7 < macs / 4_089_184_256 < 3
    assert params > 2 * 25_557_032


def test_resnet_18() -> None:
    params, macs = conv_params(3, 64, 7, bias=False) + 2 * 64 + 512_000 + 1000, conv_macs(3, 64, 7, 112, 112) + 512_000
    side, c_in = 56, 64
    for stage, c_out in enumerate((64, 128, 256, 512)):
        for block in range(2):
            if block == 0 and stage:
                side //= 2
                params += conv_params(c_in, c_out, 1, bias=False) + 2 * c_out
                macs += conv_macs(c_in, c_out, 1, side, side)
            for n_in in (c_in, c_out):
                params += conv_params(n_in, c_out, 3, bias=False) + 2 * c_out
                macs += conv_macs(n_in, c_out, 3, side, side)
            c_in = c_out
    assert (round(params / 1e6, 1), round(macs / 1e9, 2)) == (11.7, 1.81)


def test_densenet_121() -> None:
    def norm(c: int) -> int:
        return 2 * c

    c, side = 64, 56
    params, macs = conv_params(3, 64, 7, bias=False) + norm(64), conv_macs(3, 64, 7, 112, 112)
    for block, layers in enumerate((6, 12, 24, 16)):
        for _ in range(layers):
            params += norm(c) + conv_params(c, 128, 1, bias=False) + norm(128) + conv_params(128, 32, 3, bias=False)
            macs += conv_macs(c, 128, 1, side, side) + conv_macs(128, 32, 3, side, side)
            c += 32
        if block < 3:
            params += norm(c) + conv_params(c, c // 2, 1, bias=False)
            macs += conv_macs(c, c // 2, 1, side, side)
            c, side = c // 2, side // 2
    params, macs = params + norm(c) + c * 1000 + 1000, macs + c * 1000
    assert (round(params / 1e6, 1), round(macs / 1e9, 2)) == (8.0, 2.83)
    assert 0.3 < params / 25_557_032 < 1 / 3
    assert macs > 4_089_184_256 / 2


def test_convnext_tiny() -> None:
    widths, plan, side = (96, 192, 384, 768), (3, 3, 9, 3), 56
    params, macs = conv_params(3, 96, 4) + 2 * 96, conv_macs(3, 96, 4, 56, 56)
    for stage, (c, blocks) in enumerate(zip(widths, plan, strict=True)):
        if stage:
            side //= 2
            params += 2 * widths[stage - 1] + conv_params(widths[stage - 1], c, 2)
            macs += conv_macs(widths[stage - 1], c, 2, side, side)
        depthwise, wide, thin = conv_params(c, c, 7, groups=c), conv_params(c, 4 * c, 1), conv_params(4 * c, c, 1)
        params += blocks * (depthwise + 2 * c + wide + thin + c)
        macs += blocks * (conv_macs(c, c, 7, side, side, groups=c) + 8 * c * c * side * side)
    params, macs = params + 2 * 768 + 768_000 + 1000, macs + 768_000
    assert (round(params / 1e6, 1), round(macs / 1e9, 2)) == (28.6, 4.46)


def test_blocks_and_stem() -> None:
    assert 4 + 9 + 4 == 17
    assert 17 * 64**2 == 69_632
    assert (224 // 56) ** 2 == 16  # fifteen of sixteen positions go
    assert conv_params(128, 128, 3, groups=32, bias=False) == 4608
    assert conv_params(64, 64, 3, bias=False) // 4608 == 8
