"""FGSM, PGD and plain noise against a shipped net, in plain PyTorch."""

import torch
from torch.nn.functional import cross_entropy

from cnntutor.vision import data, texture_patches  # pictures that the net never saw
from cnntutor.vision.nets import open_net

NET = "textures"
NUMBER, EPSILON, STEPS, PICTURES, SEED = 2, 6, 10, 35, 0
METHOD, TARGET = "fgsm", ""

net = open_net(NET)
net.module.requires_grad_(False)
mean, std = (torch.tensor(values)[:, None, None] for values in (net.mean, net.std))
if NET == "digits":
    part = data.load("digits").held_out
else:
    part = texture_patches.pieces("held-out", max(PICTURES, NUMBER + 1), 48)


def scores(x):
    return net.module((x - mean) / std)


def attacked(x, y, epsilon, steps, sign=1):
    """Steps against the loss (sign 1), or towards the class y (sign -1), never more than epsilon away."""
    length, moved = min(epsilon, 2.5 * epsilon / steps), x
    for _ in range(steps):
        moved = moved.clone().requires_grad_(True)
        loss = cross_entropy(scores(moved), y, reduction="sum")
        (slope,) = torch.autograd.grad(loss, moved)
        moved = (moved.detach() + sign * length * slope.sign()).clamp(0, 1)
        moved = moved.clamp(x - epsilon, x + epsilon)
    return moved


epsilon = EPSILON / 255
one, label = part.x[NUMBER][None], part.y[NUMBER][None]
aim = torch.tensor([list(net.class_names).index(TARGET)]) if TARGET else label
after = attacked(one, aim, epsilon, 1 if METHOD == "fgsm" else STEPS, -1 if TARGET else 1)
print("largest_change", (after - one).abs().max().item() * 255)
print("chance_before", scores(one).softmax(1).max().item())
print("chance_after", scores(after).softmax(1).max().item())
print("flipped", int(scores(one).argmax() != scores(after).argmax()))

x, y = part.x[:PICTURES], part.y[:PICTURES]
signs = torch.randn(x.shape, generator=torch.Generator().manual_seed(SEED)).sign()
noise = (x + epsilon * signs).clamp(0, 1)
changed = {"": x, "noise_": noise, "fgsm_": attacked(x, y, epsilon, 1), "pgd_": attacked(x, y, epsilon, STEPS)}
for name, pictures in changed.items():
    print(f"{name}accuracy", (scores(pictures).argmax(1) == y).float().mean().item())
