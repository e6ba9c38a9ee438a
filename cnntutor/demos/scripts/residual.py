"""Two deep nets, one with shortcuts, and what is left of a gradient at the first layer, in plain PyTorch."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

DATA, DEPTH, WIDTH, STEPS, LEARNING_RATE, SEED = "digits.npz", 30, 16, 80, 0.002, 0
NORM, BLOCK, START, ZERO_LAST = "none", "original", "torch", False

# Digits to learn from and others held out, [N, 1, 8, 8], mean and deviation taken off.
file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
train_x, train_y, test_x, test_y = x[~held_out], y[~held_out], x[held_out], y[held_out]
mean, std = train_x.mean(), train_x.std()
train_x, test_x = (train_x - mean) / std, (test_x - mean) / std


class Block(nn.Module):
    def __init__(self, shortcut):
        super().__init__()
        self.shortcut = shortcut
        first, second = (nn.Conv2d(WIDTH, WIDTH, 3, padding=1, bias=NORM == "none") for _ in range(2))
        norm, other = (nn.BatchNorm2d(WIDTH) if NORM == "batch" else nn.Identity() for _ in range(2))
        if BLOCK == "original":
            self.branch = nn.Sequential(first, norm, nn.ReLU(), second, other)
        else:
            self.branch = nn.Sequential(norm, nn.ReLU(), first, other, nn.ReLU(), second)

    def forward(self, x):
        y = x + self.branch(x) if self.shortcut else self.branch(x)
        return y.relu() if BLOCK == "original" else y


for name, shortcut in {"plain": False, "residual": True}.items():
    torch.manual_seed(SEED)
    first = nn.Conv2d(1, WIDTH, 3, stride=2, padding=1)
    blocks = nn.Sequential(*(Block(shortcut) for _ in range((DEPTH - 2) // 2)))
    net = nn.Sequential(
        first, nn.ReLU(), blocks, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDTH, 10)
    )
    if START == "he":
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    if ZERO_LAST and NORM == "batch" and BLOCK == "original":
        for block in blocks if shortcut else ():
            nn.init.zeros_(block.branch[-1].weight)  # the last scale
    elif ZERO_LAST:
        for block in blocks if shortcut else ():
            last = block.branch[3] if BLOCK == "original" else block.branch[5]
            for values in last.parameters():
                nn.init.zeros_(values)

    optimiser = torch.optim.Adam(net.parameters(), LEARNING_RATE)
    draw, losses = torch.Generator().manual_seed(SEED), []
    for step in range(STEPS):
        rows = torch.randint(len(train_x), (64,), generator=draw)
        loss = cross_entropy(net(train_x[rows]), train_y[rows])
        optimiser.zero_grad()
        loss.backward()
        if step == 0:
            print(f"gradient_{name}", first.weight.grad.norm().item())
        optimiser.step()
        losses.append(loss.item())
    print(f"loss_{name}", sum(losses[-10:]) / len(losses[-10:]))
    net.eval().requires_grad_(False)
    print(f"accuracy_{name}", (net(test_x).argmax(1) == test_y).double().mean().item())
