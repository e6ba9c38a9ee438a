"""A feature map made smaller in three ways, before and after the picture moves, in plain PyTorch."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn import functional

IMAGE = "coffee.png"
SIDE = 48
KERNEL = [[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]
RELU = True
POOL_SIZE = 2
STRIDE = 0
PADDING = 0
CEIL_MODE = False
COUNT_BORDER = True
SHIFT = 1

# The middle square of the picture in grey, 8 pixels wider than the map needs: [1, SIDE + 10, SIDE + 10].
picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (SIDE + 10, SIDE + 10), Image.Resampling.BICUBIC)
colours = torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255
grey = torch.tensordot(torch.tensor([[0.299, 0.587, 0.114]]), colours, dims=1)


def feature_map(shift):
    """The map of the picture, moved so many pixels to the right: [1, SIDE, SIDE]."""
    seen = grey[:, : SIDE + 2, 8 - shift : SIDE + 10 - shift]
    sums = functional.conv2d(seen, torch.tensor(KERNEL)[None, None])
    return sums.relu() if RELU else sums


def summaries(x):
    """The largest and the mean of each window, and what a strided convolution computes."""
    step = STRIDE or POOL_SIZE
    return {
        "max": functional.max_pool2d(x, POOL_SIZE, step, PADDING, ceil_mode=CEIL_MODE),
        "average": functional.avg_pool2d(x, POOL_SIZE, step, PADDING, CEIL_MODE, COUNT_BORDER),
        "strided": x[:, ::step, ::step],  # as conv2d(seen, kernel, stride=step) would
    }


at_rest, moved = summaries(feature_map(0)), summaries(feature_map(SHIFT))
print("output_size", at_rest["max"].shape[-1])
for way, y in at_rest.items():
    print(f"change_{way}", ((moved[way] - y).norm() / y.norm()).item())
print("global_max", functional.adaptive_max_pool2d(feature_map(0), 1).item())
print("global_mean", functional.adaptive_avg_pool2d(feature_map(0), 1).item())
