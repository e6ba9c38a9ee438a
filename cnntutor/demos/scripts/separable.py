"""One convolution, and three ways to save on it: counted, and timed on this machine."""

import time

import torch
from torch import nn
from torch.nn import functional

CHANNELS = 64
FILTERS = 128
KERNEL_SIZE = 3
GROUPS = 2
SIDE = 28
ROUNDS = 9
SEED = 0


def conv(inputs, outputs, size, groups=1):
    return nn.Conv2d(inputs, outputs, size, padding=size // 2, groups=groups, bias=False)


torch.manual_seed(SEED)
ordinary = conv(CHANNELS, FILTERS, KERNEL_SIZE)
grouped = conv(CHANNELS, FILTERS, KERNEL_SIZE, GROUPS)
depthwise = conv(CHANNELS, CHANNELS, KERNEL_SIZE, groups=CHANNELS)  # looks around, never across
pointwise = conv(CHANNELS, FILTERS, 1)  # looks across, never around
layers = {
    "ordinary": ordinary,
    "grouped": grouped,
    "depthwise": depthwise,
    "pointwise": pointwise,
    "separable": nn.Sequential(depthwise, pointwise),
}

# By the count: every weight is used once at each of the SIDE × SIDE places.
macs = {}
for name, layer in layers.items():
    weights = sum(weight.numel() for weight in layer.parameters())
    macs[name] = weights * SIDE**2
    print(f"weights_{name}", weights)
    print(f"macs_{name}", macs[name])
print("saving", macs["ordinary"] / macs["separable"])

# The pair is an ordinary convolution with a restricted bank of filters: one pattern for each input channel.
x = torch.rand(1, CHANNELS, SIDE, SIDE)
with torch.inference_mode():
    bank = pointwise.weight * depthwise.weight.transpose(0, 1)  # [filters, channels, k, k]
    whole = functional.conv2d(x, bank, padding=KERNEL_SIZE // 2)
    print("difference", (pointwise(depthwise(x)) - whole).abs().max().item())

    # By the clock: in turns, the first round to warm up, and the shortest time of the others.
    times = {name: [] for name in layers if name != "pointwise"}
    for _ in range(ROUNDS + 1):
        for name, taken in times.items():
            began = time.perf_counter()
            layers[name](x)
            taken.append(1000 * (time.perf_counter() - began))
best = {name: min(taken[1:]) for name, taken in times.items()}
for name, milliseconds in best.items():
    print(f"ms_{name}", milliseconds)
print("speed_up", best["ordinary"] / best["separable"])
