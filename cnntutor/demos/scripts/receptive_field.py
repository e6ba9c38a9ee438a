"""What can reach one unit of a stack of layers: by the formula, and by back-propagation."""

import re

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn import functional

STACK = "k3 k3 p2 k3 k3 p2 k3 k3"
DEPTH = 0
IMAGE = "chelsea.png"
SIDE = 96
WEIGHTS = "equal"
RELU = False
SHORTCUTS = False
NETS = 8
SEED = 0

# (k or p, kernel, stride, dilation, padding) of each layer up to the unit's.
layers = []
for times, kind, *numbers in re.findall(r"(?:(\d+)\*)?([kp])(\d+)(?:s(\d+))?(?:d(\d+))?", STACK):
    kernel, stride, dilation = int(numbers[0]), int(numbers[1] or 1), int(numbers[2] or 1)
    if kind == "p":
        layers += [(kind, kernel, int(numbers[1] or kernel), 1, 0)] * int(times or 1)
    else:
        layers += [(kind, kernel, stride, dilation, dilation * (kernel - 1) // 2)] * int(times or 1)
layers = layers[: DEPTH or len(layers)]

# By the formula: how many pixels a unit sees, how far two neighbours lie apart, and where the first one's middle is.
field, jump, start = 1, 1, 0.5
for _, kernel, stride, dilation, padding in layers:
    field += (kernel - 1) * dilation * jump
    start += ((kernel - 1) * dilation / 2 - padding) * jump
    jump *= stride
print("field", field)
print("jump", jump)

# By back-propagation: from the unit in the middle, which pixels get a gradient, and how large?
torch.manual_seed(SEED)
picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (SIDE, SIDE), Image.Resampling.BICUBIC)
grey = torch.from_numpy(np.array(picture)) / 255 @ torch.tensor([0.299, 0.587, 0.114])
image = (grey.double() if WEIGHTS == "equal" else grey)[None, None].requires_grad_()  # [1, 1, side, side]
influence = torch.zeros(SIDE, SIDE, dtype=torch.float64)
for _ in range(1 if WEIGHTS == "equal" else NETS):
    x = image
    for number, (kind, kernel, stride, dilation, padding) in enumerate(layers, 1):
        if kind == "p":
            x = functional.avg_pool2d(x, kernel, stride)
            continue
        n = x.shape[1] * kernel**2  # products in a sum
        if WEIGHTS == "equal":
            weight = torch.full((1, x.shape[1], kernel, kernel), 1 / n, dtype=torch.float64)
        else:
            weight = torch.randn(4, x.shape[1], kernel, kernel) * ((2 if RELU else 1) / n) ** 0.5
        y = functional.conv2d(x, weight, None, stride, padding, dilation)
        if RELU and number < len(layers):
            y = y.relu()
        if SHORTCUTS:
            y = x + y if x.shape[-1] == y.shape[-1] else y
        x = y
    cell = max(0, min(x.shape[-1] - 1, round((SIDE / 2 - start) / jump)))
    influence += torch.autograd.grad(x[0, 0, cell, cell], image)[0][0, 0].abs()

columns = influence.sum(dim=0).nonzero().flatten()
print("reached", int(columns[-1] - columns[0] + 1) if len(columns) else 0)
print("columns_read", len(columns))

# Around the field's middle: how small is the square with 95 % of all influence?
low = round(start + cell * jump - field / 2)
for square in range(2 - field % 2, field + 1, 2):
    first = low + (field - square) // 2
    inside = slice(max(0, first), max(0, first + square))
    if influence[inside, inside].sum() >= 0.95 * influence.sum():
        break
print("square_95", square)
