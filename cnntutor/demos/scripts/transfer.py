"""Digits 7, 8 and 9 from few pictures: from scratch, on a frozen body that knows 0 to 6, and fine-tuned."""

from copy import deepcopy

import numpy as np
import torch
from torch import nn

DATA, COUNTS = "digits.npz", [5, 50]
NOISE, PRETRAINING, WIDTH, STEPS, SLOWER, RUNS, SEED = 0.2, 8, 12, 40, 10, 3, 0

file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
train_x, train_y, test_x, test_y = x[~held_out], y[~held_out], x[held_out], y[held_out]
draw = torch.Generator().manual_seed(SEED)


def scattered(x):
    """Each digit somewhere on 12×12 noisy pixels."""
    down, across = (torch.randint(5, (len(x), 1, 1), generator=draw) for _ in range(2))
    ground = torch.zeros(len(x), 1, 12, 12)
    places = down + torch.arange(8)[:, None], across + torch.arange(8)
    ground[torch.arange(len(x))[:, None, None], 0, *places] = x[:, 0]
    return (ground + NOISE * torch.randn(ground.shape, generator=draw) - 0.3) / 0.4


def new_body():
    layers = []
    for c_in, c_out in ((1, WIDTH), (WIDTH, 2 * WIDTH), (2 * WIDTH, 4 * WIDTH)):
        layers += nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU(), nn.MaxPool2d(2)
    return nn.Sequential(*layers[:-1], nn.AdaptiveMaxPool2d(1), nn.Flatten())


def fit(net, batches, rate):
    adam = torch.optim.Adam(net.parameters(), rate)
    for x, y in batches:
        adam.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        adam.step()
    return net.eval()


def old_digits():
    for _ in range(PRETRAINING):
        old_x, old_y = scattered(train_x[train_y < 7]), train_y[train_y < 7]
        for rows in torch.randperm(len(old_x), generator=draw).split(64):
            yield old_x[rows], old_y[rows]


new_x, new_y = scattered(train_x[train_y > 6]), train_y[train_y > 6] - 7
judge_x, judge_y = scattered(test_x[test_y > 6]), test_y[test_y > 6] - 7
scattered(test_x[test_y < 7])  # the app looks at these; here they only keep the draws in step
torch.manual_seed(SEED)
body = new_body()
fit(nn.Sequential(body, nn.Linear(4 * WIDTH, 7)), old_digits(), 0.005)

for count in COUNTS:
    right = {}
    for seed in range(SEED, SEED + RUNS):
        torch.manual_seed(seed)
        fresh, head = new_body(), nn.Linear(4 * WIDTH, 3)
        order = torch.randperm(len(new_x), generator=torch.Generator().manual_seed(seed))
        rows = torch.cat([order[new_y[order] == digit][:count] for digit in range(3)])
        few = new_x[rows], new_y[rows]
        features = body(few[0]).detach(), few[1]  # frozen, and in eval mode: always the same
        half = fit(deepcopy(head), STEPS // 2 * [features], 0.01)
        nets = {
            "scratch": fit(nn.Sequential(fresh, deepcopy(head)), STEPS * [few], 0.01),
            "frozen": nn.Sequential(body, fit(deepcopy(head), STEPS * [features], 0.01)),
            "tuned": fit(nn.Sequential(deepcopy(body), half).eval(), (STEPS - STEPS // 2) * [few], 0.01 / SLOWER),
        }
        for way, net in nets.items():
            right.setdefault(way, []).append((net(judge_x).argmax(1) == judge_y).double().mean().item())
    for way, shares in right.items():
        print(f"{way}_{count}", sum(shares) / RUNS)
