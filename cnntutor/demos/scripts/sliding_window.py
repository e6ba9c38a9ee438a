"""A window walks over a square: how often does it stop, and who is read how often? Counted, and asked of PyTorch."""

import torch
from torch.nn import functional

LAYER = "convolution"
SIDE = 7
KERNEL_SIZE = 3
STRIDE = 2
PADDING = 1
DILATION = 1
OUTPUT_PADDING = 0

span = DILATION * (KERNEL_SIZE - 1) + 1
ones = torch.ones(1, 1, KERNEL_SIZE, KERNEL_SIZE)

if LAYER == "transposed":
    inputs = torch.ones(1, 1, SIDE, SIDE)
    # With ones everywhere, each number of the output counts the copies that lie on it.
    copies = functional.conv_transpose2d(inputs, ones, None, STRIDE, PADDING, OUTPUT_PADDING, 1, DILATION)
    places = [tap * DILATION % STRIDE for tap in range(KERNEL_SIZE)]  # between two copies' beginnings
    print("output_size", copies.shape[-1])
    print("stops", inputs.numel())
    print("span", span)
    print("fewest_copies", int(copies.min()))
    print("most_copies", int(copies.max()))
    print("even", int(len({places.count(place) for place in range(STRIDE)}) == 1))
else:
    # Walk along one row for as long as the window fits.
    stops, start = 0, 0
    while start + span <= SIDE + 2 * PADDING:
        stops, start = stops + 1, start + STRIDE

    padded = torch.ones(1, 1, SIDE + 2 * PADDING, SIDE + 2 * PADDING, requires_grad=True)
    output = functional.conv2d(padded, ones, stride=STRIDE, dilation=DILATION)
    assert output.shape[-1] == stops
    output.sum().backward()
    reads = padded.grad[0, 0]  # with ones everywhere, a gradient counts the windows that read a pixel
    inside = reads[PADDING : PADDING + SIDE, PADDING : PADDING + SIDE]
    print("output_size", stops)
    print("stops", output.numel())
    print("span", span)
    print("unread", SIDE + 2 * PADDING - span - (stops - 1) * STRIDE)
    print("reads_of_a_corner", int(inside[0, 0]))
    print("most_reads", int(reads.max()))
    print("made_up_share", 1 - (inside.sum() / reads.sum()).item())
