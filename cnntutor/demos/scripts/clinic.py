"""A patient of the clinic: its program, and six epochs of it."""

from types import SimpleNamespace

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD

from cnntutor.vision.data import load  # 1,797 digits of 8×8 pixels

SEED = 0
PROGRAM = """\
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
"""
digits = load("digits")
by_class = digits.train.y.argsort(stable=True)  # sorted, as folders are
x, y = digits.train.x[by_class], digits.train.y[by_class]
held_out = digits.held_out.x[::2], digits.held_out.y[::2]

torch.manual_seed(SEED)
names = {"torch": torch, "nn": nn, "SGD": SGD, "cross_entropy": cross_entropy}
names |= {"MEAN": digits.mean[0], "STD": digits.std[0]}
exec(PROGRAM, names)
program = SimpleNamespace(**names)
for _ in range(6):
    for rows in program.order(len(y)).split(64):
        loss = program.train_step(*program.batch(x, y, rows))
print("loss", loss.item())
print("held_out", program.accuracy(*program.batch(*held_out, torch.arange(180))).item())
