"""One convolution layer on one picture, in plain PyTorch."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn

IMAGE = "chelsea.png"
SIDE = 64
KERNEL = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]
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

# Grey, or red, green, blue and then mixtures of them: [channels, side, side].
mixtures = torch.rand(max(0, CHANNELS - 3), 3, generator=torch.Generator().manual_seed(0)).softmax(dim=1)
mixing = torch.tensor([[0.299, 0.587, 0.114]]) if CHANNELS == 1 else torch.cat([torch.eye(3), mixtures])
x = torch.tensordot(mixing[:CHANNELS], colours, dims=1)

# The first filter is the chosen kernel in each of its channels, by equal shares; the others stay random.
torch.manual_seed(SEED)
layer = nn.Conv2d(CHANNELS, FILTERS, len(KERNEL), STRIDE, PADDING, DILATION, groups=GROUPS, padding_mode=PADDING_MODE)
activations = {"leaky-relu": nn.LeakyReLU(), "relu": nn.ReLU(), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid()}
activation = (activations | {"gelu": nn.GELU(), "none": nn.Identity()})[ACTIVATION]
pooling = {"none": nn.Identity(), "max": nn.MaxPool2d(POOL_SIZE), "average": nn.AvgPool2d(POOL_SIZE)}[POOLING]
with torch.no_grad():
    layer.weight[0] = torch.tensor(KERNEL) * GROUPS / CHANNELS
    layer.bias[0] = 0
    sums = layer(x)  # [filters, output size, output size]
    maps = pooling(activation(sums))

rows = sums.shape[-1]
print("output_size", rows)
print("params", sum(parameter.numel() for parameter in layer.parameters()))
print("macs", layer.weight.numel() * rows * rows)
print("min", maps[0].min().item())
print("max", maps[0].max().item())
print("mean", maps[0].mean().item())
if POOLING != "none":
    print("pooled_size", maps.shape[-1])
