"""A kernel made by hand and one that was learnt, on one picture; and a wave that turns."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn import functional

IMAGE = "chelsea.png"
SIDE = 96
BRIGHTEN = 0.0
KERNEL = [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]
WAVE_SIZE = 9
LEARNT_FROM = "textures.pt"
LEARNT_FILTER = 1
SEED = 0  # that KERNEL was drawn with, if it is a random one

picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (SIDE, SIDE), Image.Resampling.BICUBIC)
grey = torch.from_numpy(np.array(picture)) / 255 @ torch.tensor([0.299, 0.587, 0.114]) + BRIGHTEN


def answers(kernel):
    """To the picture; beyond its border, its last pixels go on."""
    padded = functional.pad(grey[None, None], [len(kernel) // 2] * 4, "replicate")
    return functional.conv2d(padded, kernel[None, None])[0, 0]


# Three tiny pictures tell most about a kernel: an even surface, a ramp and a bright spot.
kernel = torch.tensor(KERNEL)
middle = len(kernel) // 2
ramp = 7 + 2 * (torch.arange(len(kernel)) - middle)
print("sum", kernel.sum().item())
print("even", (7 * kernel).sum().item())
print("ramp", (ramp * kernel).sum().item())
print("spot", (8 * kernel[middle, middle]).item())

answer = answers(kernel)
print("min", answer.min().item())
print("max", answer.max().item())
print("mean", answer.mean().item())
print("picture_mean", grey.mean().item())

# What a filter that was learnt does to grey: its weights, added up over red, green and blue.
filters = next(values for values in torch.load(LEARNT_FROM)["state"].values() if values.ndim == 4)
learnt = filters[(LEARNT_FILTER - 1) % len(filters)].sum(dim=0)
print("learnt_sum", learnt.sum().item())

# A Gabor kernel, a wave under a bell, at every angle: where is the answer strongest?
taps = torch.arange(WAVE_SIZE, dtype=torch.float64) - (WAVE_SIZE - 1) / 2
y, x = torch.meshgrid(taps, taps, indexing="ij")
energy = {}
for angle in range(0, 180, 15):
    turn = torch.tensor(angle, dtype=torch.float64).deg2rad()
    along = x * turn.cos() + y * turn.sin()
    bell = torch.exp(-(x**2 + y**2) / (2 * (WAVE_SIZE / 5) ** 2))
    wave = bell * torch.cos(2 * torch.pi * along / (2 * WAVE_SIZE / 3))
    wave -= wave.mean()  # an even surface gives 0
    energy[angle] = answers((wave / wave.abs().sum()).float()).square().mean().item()
print("best_angle", max(energy, key=energy.get))
