"""A small CNN learns to name pictures, in plain PyTorch. LEFT_OUT: knobs that these few lines do without."""

import numpy as np
import torch
from torch import nn, optim

DATA = "digits.npz"
BLOCKS = 2
WIDTH = 16
KERNEL = 3
NORM = "batch"
DROPOUT = 0.0
LEARNING_RATE = 0.1
OPTIMISER = "sgd"
MOMENTUM = 0.9
WEIGHT_DECAY = 0.0005
SCHEDULE = "one-cycle"
LABEL_SMOOTHING = 0.0
BATCH_SIZE = 64
EPOCHS = 30
LEFT_OUT = ""
SEED = 0

file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
train_x, train_y, test_x, test_y = x[~held_out], y[~held_out], x[held_out], y[held_out]  # [N, 1, 8, 8], [N]
mean, std = train_x.mean((0, 2, 3)), train_x.std((0, 2, 3))

torch.manual_seed(SEED)
channels = [1, *(WIDTH * 2**block for block in range(BLOCKS))]
layers = []
for block in range(BLOCKS):
    layers += [nn.Conv2d(channels[block], channels[block + 1], KERNEL, padding=KERNEL // 2, bias=NORM == "none")]
    layers += [nn.BatchNorm2d(channels[block + 1]) if NORM == "batch" else nn.Identity(), nn.ReLU()]
    layers += [nn.MaxPool2d(2) if block < 3 else nn.Identity()]  # 8 pixels can be halved three times
net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(channels[-1], 10))

steps_per_epoch = -(-(len(train_y) - 1) // BATCH_SIZE)  # a single picture that is left over makes no step
options = {"lr": LEARNING_RATE, "weight_decay": WEIGHT_DECAY} | ({"momentum": MOMENTUM} if OPTIMISER == "sgd" else {})
optimiser = {"sgd": optim.SGD, "adam": optim.Adam, "adamw": optim.AdamW}[OPTIMISER](net.parameters(), **options)
if SCHEDULE == "one-cycle":
    schedule = optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, EPOCHS * steps_per_epoch, cycle_momentum=False)
else:
    schedule = optim.lr_scheduler.ConstantLR(optimiser, factor=1.0)

order = torch.Generator().manual_seed(SEED)
for _ in range(EPOCHS):
    for rows in torch.randperm(len(train_y), generator=order).split(BATCH_SIZE)[:steps_per_epoch]:
        scores = net((train_x[rows] - mean) / std)
        loss = nn.functional.cross_entropy(scores, train_y[rows], label_smoothing=LABEL_SMOOTHING)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
net.eval()
with torch.no_grad():
    scores = net((test_x - mean) / std)
print("accuracy", (scores.argmax(dim=1) == test_y).double().mean().item())
print("loss", nn.functional.cross_entropy(scores, test_y).item())
print("parameters", sum(weights.numel() for weights in net.parameters()))
