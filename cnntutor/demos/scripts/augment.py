"""A net that was trained on plain digits reads changed ones."""

import numpy as np
import torch
from torch import nn

from cnntutor.vision.torchvision_import import torchvision  # plain `import torchvision` where it fits your torch

DATA = "digits.npz"
NET = "digits.pt"
CHANGE = "turn"
STRENGTH = 0.1
PICTURES = 360
SEED = 0

v2 = torchvision().transforms.v2
smooth = v2.InterpolationMode.BILINEAR
file = np.load(DATA)
held_out = file["held_out"]
x, y = torch.tensor(file["images"])[held_out, None] / 16, torch.tensor(file["labels"])[held_out].long()
sixes, x, y = x[y == 6], x[:PICTURES], y[:PICTURES]

kept = torch.load(NET)
net = nn.Sequential(
    *(nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
    *(nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
    *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10)),
).eval()
net.load_state_dict(dict(zip(net.state_dict(), kept["state"].values(), strict=True)))


def read(x):
    with torch.no_grad():
        return net((x - kept["mean"][0]) / kept["std"][0]).argmax(1)


def changed(x, strength):
    """Every picture in its own way."""
    if strength == 0:
        return x
    if CHANGE == "turn":
        change = v2.RandomRotation(180 * strength, interpolation=smooth)
    elif CHANGE == "shift":
        change = v2.RandomAffine(0, translate=(0.5 * strength, 0.5 * strength), interpolation=smooth)
    elif CHANGE == "flip":
        change = v2.RandomHorizontalFlip(strength)
    elif CHANGE == "crop":
        change = v2.RandomResizedCrop(8, (1 - 0.92 * strength, 1.0), (1.0, 1.0))
    elif CHANGE == "light":
        change = v2.ColorJitter(brightness=strength, contrast=strength)
    elif CHANGE == "noise":
        change = v2.GaussianNoise(sigma=0.5 * strength)
    elif CHANGE == "erase":
        change = v2.RandomErasing(1.0, (0.6 * strength, 0.6 * strength), (0.8, 1.25))
    else:
        change = v2.RandAugment(2, round(30 * strength))
    torch.manual_seed(SEED)
    return torch.stack([change(picture) for picture in x]).clamp(0, 1)


def mixed(x, others, share):
    """Mixup, or CutMix with its rectangle in the middle."""
    if CHANGE == "mixup":
        return (1 - share) * x + share * others
    side = round(8 * share**0.5)
    middle = slice((8 - side) // 2, (8 - side) // 2 + side)
    patched = x.clone()
    patched[..., middle, middle] = others[..., middle, middle]
    return patched


for name, strength in {"right_plain": 0.0, "right": STRENGTH, "right_full": 1.0}.items():
    if CHANGE in ("mixup", "cutmix"):
        others, differ = x.roll(1, 0), y != y.roll(1)
        answers, labels = read(mixed(x[differ], others[differ], strength)), y[differ]
    else:
        answers, labels = read(changed(x, strength)), y
    print(name, (answers == labels).double().mean().item())

if CHANGE == "turn":
    answers = read(v2.functional.rotate(sixes, 180, smooth))
    print("upside_down_six", (answers == 6).double().mean().item())
    print("upside_down_nine", (answers == 9).double().mean().item())
