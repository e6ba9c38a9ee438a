"""SimCLR in miniature: a body learns from digits without labels, and a linear probe examines it."""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional

DATA = "digits.npz"
SHIFT, NOISE = 1, 0.2
TASK, BATCH, TEMPERATURE, STEPS, LEARNING_RATE = "find the partner", 64, 0.2, 200, 0.005
LABELS, PUSH, SEED = 50, 1, 0

file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
train_x, train_y, test_x, test_y = x[~held_out], y[~held_out], x[held_out], y[held_out]

torch.manual_seed(SEED)
half = nn.ReLU(), nn.MaxPool2d(2)
body = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), *half, nn.Conv2d(16, 32, 3, padding=1), *half, nn.Flatten())
projection = nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 32))
untrained = copy.deepcopy(body)


def view(x):  # moved by up to SHIFT pixels, and noisy
    across, down = torch.randint(2 * SHIFT + 1, (2, len(x), 1, 1))
    rows, columns = down + torch.arange(8)[:, None], across + torch.arange(8)
    moved = functional.pad(x, (SHIFT,) * 4)[torch.arange(len(x))[:, None, None], 0, rows, columns][:, None]
    return moved + NOISE * torch.randn(x.shape)


torch.manual_seed(SEED)
adam = torch.optim.Adam([*body.parameters(), *projection.parameters()], LEARNING_RATE)
for _ in range(STEPS):
    x = train_x[torch.randint(len(train_x), (BATCH,))]
    z = functional.normalize(projection(body(torch.cat([view(x), view(x)]))))  # length 1: products are cosines
    if TASK == "find the partner":
        scores = (z @ z.T / TEMPERATURE).masked_fill(torch.eye(2 * BATCH).bool(), -1e9)
        loss = functional.cross_entropy(scores, torch.arange(2 * BATCH).roll(BATCH))
    else:
        loss = 1 - (z[:BATCH] * z[BATCH:]).sum(1).mean()
    adam.zero_grad(), loss.backward(), adam.step()
print("loss", loss.item())

for name, features in (("pixels", nn.Flatten()), ("untrained", untrained), ("learnt", body)):  # body is frozen now
    pushed = functional.pad(test_x, (PUSH, -PUSH))
    with torch.no_grad():
        known, as_they_are, pushed = (features(x) for x in (train_x[:LABELS], test_x, pushed))
    mean, std = known.mean(0), known.std(0).clamp(min=0.01)
    known, *exams = (functional.pad((f - mean) / std, (0, 1), value=1.0) for f in (known, as_they_are, pushed))
    weights = torch.zeros(known.shape[1], 10, requires_grad=True)
    adam = torch.optim.Adam([weights], 0.05, weight_decay=0.01)
    for _ in range(50):
        adam.zero_grad(), functional.cross_entropy(known @ weights, train_y[:LABELS]).backward(), adam.step()
    for exam, asked in zip(("probe", "pushed"), exams, strict=True):
        print(f"{exam}_{name}", ((asked @ weights).argmax(1) == test_y).double().mean().item())
