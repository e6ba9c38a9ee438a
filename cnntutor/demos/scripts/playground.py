"""A net put together layer by layer: what it costs, what it sees, and what it learns."""

import numpy as np
import torch
from torch import nn

DATA = "digits.npz"
SIDE, PICTURES, EPOCHS, OPTIMISER, LEARNING_RATE, SEED = 8, 1437, 15, "adam", 0.01, 0
LAYERS = "nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 10)"

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
net, x = nn.Sequential(*eval(f"[{LAYERS}]")).eval(), test_x[:1]
macs, sees, jump, maps = 0, 1, 1, True
for layer in net:
    x = layer(x)
    maps = maps and not isinstance(layer, (nn.AdaptiveAvgPool2d, nn.Flatten))
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        macs += x.numel() * layer.weight[0].numel()
    if maps and hasattr(layer, "kernel_size"):
        kernel, stride, dilation = (np.max(getattr(layer, name, 1)) for name in ("kernel_size", "stride", "dilation"))
        sees, jump = sees + dilation * (kernel - 1) * jump, jump * stride

if OPTIMISER == "adam":
    optimiser = torch.optim.Adam(net.parameters(), LEARNING_RATE)
else:
    optimiser = torch.optim.SGD(net.parameters(), LEARNING_RATE, momentum=0.9)
steps = -(-(PICTURES - 1) // 64)  # in an epoch; a single picture that is left over makes none
rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, EPOCHS * steps, cycle_momentum=False)
shuffle = torch.Generator().manual_seed(SEED)
net.train()
for _ in range(EPOCHS):
    for some in torch.randperm(PICTURES, generator=shuffle).split(64)[:steps]:
        optimiser.zero_grad()
        nn.functional.cross_entropy(net(train_x[some]), train_y[some]).backward()
        optimiser.step()
        rate.step()

print("parameters", sum(weights.numel() for weights in net.parameters()))
print("macs", macs)
print("receptive_field", sees)
print("accuracy", (net.eval()(test_x).argmax(1) == test_y).double().mean().item())
