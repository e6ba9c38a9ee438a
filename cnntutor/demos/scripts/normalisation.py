"""One net, two norms, and batches that get smaller, in plain PyTorch."""

from math import gcd

import numpy as np
import torch
from torch import nn

DATA, PICTURES, EPOCHS, LEARNING_RATE, SEED = "digits.npz", 300, 4, 0.01, 0
SIZES = [32, 16, 8, 4, 2]
RIVAL, GROUPS, WIDTH, STRIDES = "group", 2, 16, [2, 2, 2]
PICTURE, COMPANY = 0, 4

# Digits to learn from and others held out, [N, 1, 8, 8], mean and deviation taken off.
file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
few = torch.randperm(len(y[~held_out]), generator=torch.Generator().manual_seed(0))[:PICTURES]
train_x, train_y, test_x, test_y = x[~held_out][few], y[~held_out][few], x[held_out], y[held_out]
mean, std = train_x.mean(), train_x.std()
train_x, test_x = (train_x - mean) / std, (test_x - mean) / std

# The layers by name, as functions of their channels.
norms = {
    "batch": nn.BatchNorm2d,
    "layer": lambda c: nn.GroupNorm(1, c),
    "instance": lambda c: nn.InstanceNorm2d(c, affine=True),
    "group": lambda c: nn.GroupNorm(gcd(GROUPS, c), c),
}


def trained(name, size):
    """The net with this norm, after learning from batches of this size."""
    torch.manual_seed(SEED)
    layers, c_in = [], 1
    for c_out, stride in zip([WIDTH, 2 * WIDTH, 2 * WIDTH], STRIDES, strict=True):
        layers += [nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False), norms[name](c_out), nn.ReLU()]
        c_in = c_out
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_in, 10))
    steps = -(-(len(train_y) - 1) // size)  # a single picture that is left over makes no step
    rate = LEARNING_RATE * (size / 16) ** 0.5
    optimiser = torch.optim.Adam(net.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, EPOCHS * steps, cycle_momentum=False)
    order = torch.Generator().manual_seed(SEED)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(train_y), generator=order).split(size)[:steps]:
            loss = nn.functional.cross_entropy(net(train_x[rows]), train_y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return net.requires_grad_(False)


nets = {(name, size): trained(name, size) for size in SIZES for name in ("batch", RIVAL)}
for (name, size), net in nets.items():
    print(f"error_{name}_{size}", (net.eval()(test_x).argmax(1) != test_y).double().mean().item())

# One digit in eight batches, each time beside others, as the net trained on the largest batches sees it.
draw = torch.Generator().manual_seed(SEED)
orders = [torch.randperm(len(test_y), generator=draw) for _ in range(8)]
others = [order[order != PICTURE][: COMPANY - 1] for order in orders]
batches = [torch.cat([test_x[[PICTURE]], test_x[beside]]) for beside in others]
net = nets["batch", SIZES[0]].train()
chances = torch.stack([net(batch)[0].softmax(0)[test_y[PICTURE]] for batch in batches])
print("swing_train", (chances.max() - chances.min()).item())
