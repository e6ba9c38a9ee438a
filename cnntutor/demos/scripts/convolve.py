"""One convolution layer on one picture, in plain PyTorch."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn
from torch.nn import functional

IMAGE = "chelsea.png"
SIDE = 64
KERNEL = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]
LEARNT_FROM = ""
LEARNT_FILTER = 1
KERNEL_SIZE = 3
STRIDE = 1
PADDING = 1
PADDING_MODE = "zeros"
DILATION = 1
CHANNELS = 1
FILTERS = 1
GROUPS = 1
ACTIVATION = "none"
POOLING = "none"
POOL_SIZE = 2
SEED = 0

# The middle square of the picture, as numbers from 0 to 1: [3, side, side].
picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (SIDE, SIDE), Image.Resampling.BICUBIC)
colours = torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255

if CHANNELS == 1:
    x = torch.tensordot(torch.tensor([[0.299, 0.587, 0.114]]), colours, dims=1)  # grey: [1, side, side]
elif CHANNELS in (2, 3):
    x = colours[:CHANNELS]
else:
    # Red, green, blue and then mixtures of them: [channels, side, side].
    mixtures = torch.rand(CHANNELS - 3, 3, generator=torch.Generator().manual_seed(0)).softmax(dim=1)
    x = torch.tensordot(torch.cat([torch.eye(3), mixtures]), colours, dims=1)

if LEARNT_FROM:
    # A filter of a trained net, added up over its channels, then cut or bordered with zeros around its middle.
    filters = next(values for values in torch.load(LEARNT_FROM)["state"].values() if values.ndim == 4)
    learnt = filters[(LEARNT_FILTER - 1) % len(filters)].sum(dim=0)
    before = (KERNEL_SIZE - 1) // 2 - (len(learnt) - 1) // 2
    after = KERNEL_SIZE - len(learnt) - before
    kernel = functional.pad(learnt, (before, after, before, after))
else:
    kernel = torch.tensor(KERNEL)

torch.manual_seed(SEED)
size = len(kernel)
layer = nn.Conv2d(CHANNELS, FILTERS, size, STRIDE, PADDING, DILATION, groups=GROUPS, padding_mode=PADDING_MODE)
with torch.no_grad():
    # The first filter is the kernel, by equal shares in each channel that it reads; the others stay random.
    layer.weight[0] = kernel * GROUPS / CHANNELS
    layer.bias[0] = 0
    sums = layer(x)  # [filters, output size, output size]
    if ACTIVATION == "relu":
        maps = functional.relu(sums)
    elif ACTIVATION == "leaky-relu":
        maps = functional.leaky_relu(sums)
    elif ACTIVATION == "tanh":
        maps = torch.tanh(sums)
    elif ACTIVATION == "sigmoid":
        maps = torch.sigmoid(sums)
    elif ACTIVATION == "gelu":
        maps = functional.gelu(sums)
    else:
        maps = sums
    if POOLING == "max":
        maps = functional.max_pool2d(maps, POOL_SIZE)
    elif POOLING == "average":
        maps = functional.avg_pool2d(maps, POOL_SIZE)

rows = sums.shape[-1]
print("output_size", rows)
print("params", sum(parameter.numel() for parameter in layer.parameters()))
print("macs", layer.weight.numel() * rows * rows)
print("min", maps[0].min().item())
print("max", maps[0].max().item())
print("mean", maps[0].mean().item())
if POOLING != "none":
    print("pooled_size", maps.shape[-1])
