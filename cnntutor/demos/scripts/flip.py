"""One kernel, two operations: cross-correlation lays it down as it is, convolution turns it by 180° first."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn import functional

KERNEL = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]
UNDER = "dot"
NUMBERS = [[0.0, 0.0], [0.0, 0.0]]
INPUT_SIZE = 5
EXTENT = "same"
IMAGE = "chelsea.png"
SIDE = 64

w = torch.tensor(KERNEL, dtype=torch.float64)
k = len(w)
half_turn = w.flip(-2, -1)
if EXTENT == "valid":
    before, after = 0, 0
elif EXTENT == "full":
    before, after = k - 1, k - 1
else:
    before, after = (k - 1) // 2, k // 2  # an even kernel has no middle tap


def correlate(x, weight, before, after):
    return functional.conv2d(functional.pad(x, (before, after) * 2)[None, None], weight[None, None].to(x))[0, 0]


def convolve(x, weight, before, after):
    """By copies: every number leaves the kernel, as it is written and multiplied by it."""
    full = torch.zeros(len(x) + k - 1, len(x) + k - 1, dtype=x.dtype)
    for i, line in enumerate(x):
        for j, value in enumerate(line):
            full[i : i + k, j : j + k] += value * weight
    return full[k - 1 - after : len(full) - (k - 1 - before), k - 1 - after : len(full) - (k - 1 - before)]


picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (SIDE, SIDE), Image.Resampling.BICUBIC)
colours = torch.from_numpy(np.array(picture)) / 255
grey = colours @ torch.tensor([0.299, 0.587, 0.114])
if UNDER == "own":
    x = torch.tensor(NUMBERS, dtype=torch.float64)
elif UNDER == "picture":
    start = (SIDE - INPUT_SIZE) // 2
    x = (9 * grey[start : start + INPUT_SIZE, start : start + INPUT_SIZE].double()).round()
else:
    x = torch.zeros(INPUT_SIZE, INPUT_SIZE, dtype=torch.float64)
    x[(INPUT_SIZE - 1) // 2, (INPUT_SIZE - 1) // 2] = 1

correlation, convolution = correlate(x, w, before, after), convolve(x, w, before, after)
apart = [round(value, 9) for value in (convolution - correlation).abs().flatten().tolist()]
side = len(convolution)
cell = divmod(apart.index(max(apart)) if any(apart) else side // 2 * (side + 1), side)  # where they differ most
same = ((k - 1) // 2, k // 2)
maps = correlate(grey, w, *same), correlate(grey, half_turn, *same[::-1])
print("correlation", correlation[cell].item())
print("convolution", convolution[cell].item())
print("symmetric", int(torch.allclose(w, half_turn, atol=1e-9)))
print("picture_difference", (maps[1] - maps[0]).abs().max().item())
print("picture_sum", (maps[1] + maps[0]).abs().max().item())
# The flipped kernel, laid down, comes to the same as the copies.
print("off_from_torch", (correlate(x, half_turn, after, before) - convolution).abs().max().item())
