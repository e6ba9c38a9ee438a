"""A dense net and a CNN learn the same digits; both are counted."""

import numpy as np
import torch
from torch import nn

DATA = "digits.npz"
SIDE = 16
UNITS = 128
FILTERS = 12
KERNEL = 3
PICTURES = 1437
EPOCHS = 8
LEARNING_RATE = 0.01
SEED = 0

# 8×8 pixels from 0 to 1, some of them held out; [N, 1, side, side] when enlarged, mean and deviation taken off.
file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
train_x, train_y, test_x, test_y = x[~held_out], y[~held_out], x[held_out], y[held_out]
if PICTURES < 1437:
    few = torch.randperm(len(train_y), generator=torch.Generator().manual_seed(0))[:PICTURES]
    train_x, train_y = train_x[few], train_y[few]
if SIDE != 8:
    train_x, test_x = (nn.functional.interpolate(x, SIDE, mode="bilinear", antialias=True) for x in (train_x, test_x))
mean, std = train_x.mean(), train_x.std()
train_x, test_x = (train_x - mean) / std, (test_x - mean) / std

torch.manual_seed(SEED)
dense = nn.Sequential(
    nn.Flatten(), nn.Linear(SIDE * SIDE, UNITS), nn.BatchNorm1d(UNITS), nn.ReLU(), nn.Linear(UNITS, 10)
)


def block(c_in):
    return nn.Conv2d(c_in, FILTERS, KERNEL, padding=KERNEL // 2, bias=False), nn.BatchNorm2d(FILTERS), nn.ReLU()


halves = nn.MaxPool2d(2)
mean_of_each_map = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
cnn = nn.Sequential(
    *block(1), halves, *block(FILTERS), halves, *block(FILTERS), mean_of_each_map, nn.Linear(FILTERS, 10)
)

for name, net in (("dense", dense), ("cnn", cnn)):
    steps = EPOCHS * -(-(PICTURES - 1) // 64)
    adam = torch.optim.Adam(net.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    shuffle = torch.Generator().manual_seed(SEED)
    for _ in range(EPOCHS):
        for some in torch.randperm(PICTURES, generator=shuffle).split(64)[: steps // EPOCHS]:
            adam.zero_grad()
            nn.functional.cross_entropy(net(train_x[some]), train_y[some]).backward()
            adam.step()
            schedule.step()
    with torch.no_grad():
        right = net.eval()(test_x).argmax(1) == test_y
    print(f"{name}_accuracy", right.float().mean().item())
    print(f"{name}_params", sum(parameter.numel() for parameter in net.parameters()))
