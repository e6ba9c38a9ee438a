"""A CNN and a dense net learn digits, in order and with their pixels shuffled."""

import numpy as np
import torch
from torch import nn

DATA = "digits.npz"
SHUFFLE = "one for all"
BLOCK = 1
FILTERS = 24
UNITS = 128
PICTURES = 200
RUNS = 3
EPOCHS = 12
LEARNING_RATE = 0.01
SEED = 0

file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
x, y = torch.cat([x[~held_out], x[held_out]]), torch.cat([y[~held_out], y[held_out]])  # [1797, 1, 8, 8]


def new_order(draw):
    """Which pixel comes to each place; blocks of BLOCK × BLOCK stay whole."""
    n = 8 // BLOCK
    places = torch.arange(64).view(n, BLOCK, n, BLOCK).transpose(1, 2)
    moved = places.reshape(-1, BLOCK, BLOCK)[torch.randperm(n * n, generator=draw)]
    return moved.view(n, n, BLOCK, BLOCK).transpose(1, 2).flatten()


def cnn():
    def block(c_in, c_out):
        return nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU(), nn.MaxPool2d(2)

    return nn.Sequential(*block(1, FILTERS), *block(FILTERS, 2 * FILTERS), nn.Flatten(), nn.Linear(8 * FILTERS, 10))


def dense():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, UNITS), nn.BatchNorm1d(UNITS), nn.ReLU(), nn.Linear(UNITS, 10))


def learn(net, x, learnt, others, seed):
    x = (x - x[learnt].mean()) / x[learnt].std()
    adam, steps = torch.optim.Adam(net.parameters(), LEARNING_RATE), -(-(PICTURES - 1) // 40)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, EPOCHS * steps)
    shuffle = torch.Generator().manual_seed(seed)
    for _ in range(EPOCHS):
        for some in torch.randperm(PICTURES, generator=shuffle).split(40)[:steps]:
            adam.zero_grad()
            nn.functional.cross_entropy(net(x[learnt[some]]), y[learnt[some]]).backward()
            adam.step()
            schedule.step()
    with torch.no_grad():
        return (net.eval()(x[others]).argmax(1) == y[others]).float().mean().item()


right = {}
for seed in range(SEED, SEED + RUNS):
    draw = torch.Generator().manual_seed(seed)
    learnt, others = torch.randperm(len(y), generator=draw)[: PICTURES + 1000].tensor_split([PICTURES])
    order = new_order(draw) if SHUFFLE == "one for all" else torch.stack([new_order(draw) for _ in y])
    shuffled = x.flatten(1).gather(1, order.expand(len(y), -1)).view_as(x)
    for ending, pictures in (("", x), ("_shuffled", shuffled)):
        for net in (cnn, dense):
            torch.manual_seed(seed)
            score = learn(net(), pictures, learnt, others, seed)
            right.setdefault(f"{net.__name__}_accuracy{ending}", []).append(score)
for name, scores in right.items():
    print(name, sum(scores) / RUNS)
