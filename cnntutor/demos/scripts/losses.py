"""What losses ask of one sample, of one number and of one mask, in plain PyTorch."""

import torch
from torch.nn import functional

SCORES, TRUE = [2.0, 1.0, 0.0], 0
SMOOTHING, GAMMA = 0.1, 2.0
RATE, STEPS = 1.0, 100
ERROR, BETA = 3.0, 1.0
SHARE, FOUND, FALSE = 0.01, 0.01, 0.01

scores = torch.tensor(SCORES, dtype=torch.float64, requires_grad=True)
true = torch.tensor(TRUE)


def focal(scores):
    p = scores.softmax(0)[TRUE]
    return -((1 - p) ** GAMMA) * p.log()


def smoothed(scores):
    return functional.cross_entropy(scores, true, label_smoothing=SMOOTHING)


loss = functional.cross_entropy(scores, true)
loss.backward()
print("p", scores.softmax(0)[TRUE].item())
print("cross_entropy", loss.item())
print("gradient", scores.grad[TRUE].item())  # p − 1
print("smoothed", smoothed(scores).item())
print("focal", focal(scores).item())
print("pull_focal", -torch.autograd.grad(focal(scores), scores)[0][TRUE].item())

# The scores follow a loss, and nothing else holds them.
for name, follow in (("lead", lambda z: functional.cross_entropy(z, true)), ("lead_smoothed", smoothed)):
    z = scores.detach().clone().requires_grad_()
    descent = torch.optim.SGD([z], RATE)
    for _ in range(STEPS):
        descent.zero_grad()
        follow(z).backward()
        descent.step()
    others = torch.arange(len(SCORES)) != TRUE
    print(name, (z[TRUE] - z[others].max()).item())

error = torch.tensor(ERROR, dtype=torch.float64)
print("smooth_l1", functional.smooth_l1_loss(error, torch.zeros_like(error), beta=BETA).item())

# A mask: its true pixels all get FOUND, the others FALSE.
p, truth, weight = torch.tensor([FOUND, FALSE]), torch.tensor([1.0, 0.0]), torch.tensor([SHARE, 1 - SHARE])
print("dice_loss", 1 - (2 * (weight * p * truth).sum() / (weight * (p + truth)).sum()).item())
print("pixel_cross_entropy", functional.binary_cross_entropy(p, truth, weight, reduction="sum").item())
