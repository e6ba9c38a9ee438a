"""One convolution layer on one picture, in plain PyTorch."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn

IMAGE = "/work/main/assets/pictures/chelsea.png"
SIDE = 64
KERNEL = [
    [-1.0, 0.0, 1.0],
    [-2.0, 0.0, 2.0],
    [-1.0, 0.0, 1.0],
]
STRIDE = 1
PADDING = 1
PADDING_MODE = "zeros"
DILATION = 1
CHANNELS = 1
FILTERS = 1
ACTIVATION = "none"
SEED = 0

# The middle square of the picture, as numbers from 0 to 1: [3, side, side].
picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (SIDE, SIDE), Image.Resampling.BICUBIC)
colours = torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255

# Grey, or red, green, blue and then mixtures of them: [channels, side, side].
mixtures = torch.rand(max(0, CHANNELS - 3), 3, generator=torch.Generator().manual_seed(0)).softmax(dim=1)
mixing = torch.tensor([[0.299, 0.587, 0.114]]) if CHANNELS == 1 else torch.cat([torch.eye(3), mixtures])
x = torch.tensordot(mixing[:CHANNELS], colours, dims=1)

# The first filter is the chosen kernel, averaged over the channels; the others stay random.
torch.manual_seed(SEED)
layer = nn.Conv2d(CHANNELS, FILTERS, len(KERNEL), STRIDE, PADDING, DILATION, padding_mode=PADDING_MODE)
with torch.no_grad():
    layer.weight[0] = torch.tensor(KERNEL) / CHANNELS
    layer.bias[0] = 0
    maps = layer(x[None])[0]  # [filters, output size, output size]
if ACTIVATION == "relu":
    maps = maps.relu()

rows = maps.shape[-1]
print("output_size", rows)
print("params", sum(parameter.numel() for parameter in layer.parameters()))
print("macs", layer.weight.numel() * rows * rows)
print("min", maps[0].min().item())
print("max", maps[0].max().item())
print("mean", maps[0].mean().item())
