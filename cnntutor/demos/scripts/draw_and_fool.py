"""A drawn digit, its scores, the worst patch to cover, and the least change that fools, in plain PyTorch."""

import torch
from torch.nn.functional import cross_entropy

from cnntutor.vision.nets import open_net  # the shipped net that reads 8×8 digits

PICTURE = [[0.0] * 8] * 8
COVER, TARGET, STEPS = 2, "", 20

net = open_net("digits")
net.module.requires_grad_(False)


def scores(x):
    return net.module((x - net.mean[0]) / net.std[0])


x = torch.tensor(PICTURE)[None, None]
answers = scores(x)[0]
best, runner_up = answers.argsort(descending=True)[:2].tolist()
chance = answers.softmax(0)[best].item()
print("digit", best)
print("chance", chance)
print("margin", (answers[best] - answers[runner_up]).item())

falls = []
for top in range(8 - COVER + 1):
    for left in range(8 - COVER + 1):
        covered = x.clone()
        covered[..., top : top + COVER, left : left + COVER] = 0
        falls.append(chance - scores(covered).softmax(1)[0, best].item())
print("worst_cover", max(falls))

aim = torch.tensor([runner_up if TARGET in ("", str(best)) else int(TARGET)])
for level in range(1, 33):
    epsilon, moved = level / 32, x
    for _ in range(STEPS):
        moved = moved.clone().requires_grad_(True)
        (slope,) = torch.autograd.grad(cross_entropy(scores(moved), aim), moved)
        moved = (moved.detach() - min(epsilon, 2.5 * epsilon / STEPS) * slope.sign()).clamp(0, 1)
        moved = moved.clamp(x - epsilon, x + epsilon)
    if scores(moved).argmax() == aim:
        print("least_change", epsilon)
        print("taken_for", scores(moved).argmax().item())
        break
