"""A net learns few digits, some of them named wrong, with and without a remedy, in plain PyTorch."""

import copy

import numpy as np
import torch
from torch import nn

DATA, PICTURES, WRONG_LABELS, SEED = "digits.npz", 60, 0.1, 0
REMEDY, DROPOUT, WEIGHT_DECAY, SHIFT, ROTATE, MORE, PATIENCE = "augmentation", 0.6, 2.0, 0.125, 20.0, 4, 24
FILTERS, STEPS, LEARNING_RATE = 12, 90, 0.02

file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
x = (x - x[~held_out].mean()) / x[~held_out].std()
test_x, test_y = x[held_out], y[held_out]
draw = torch.Generator().manual_seed(SEED)
order = torch.randperm(len(y[~held_out]), generator=draw)
off = torch.randint(1, 10, order.shape, generator=draw)
wrong = (torch.arange(len(order) + 1, dtype=torch.float64) * WRONG_LABELS + 1e-9).floor().diff() > 0  # evenly spread
told_x, told_y = x[~held_out][order], torch.where(wrong, (y[~held_out][order] + off) % 10, y[~held_out][order])


if REMEDY == "augmentation":
    # Each picture turned and shifted a little; what comes in is the nearest pixel of the border.
    def moved(x, draw):
        turn, right, down, _ = torch.rand(4, len(x), generator=draw)
        angle = (2 * turn - 1) * ROTATE * torch.pi / 180
        right, down = (2 * right - 1) * 2 * SHIFT, (2 * down - 1) * 2 * SHIFT
        rows = [torch.stack(row, 1) for row in ((angle.cos(), -angle.sin(), right), (angle.sin(), angle.cos(), down))]
        places = nn.functional.affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)
        return nn.functional.grid_sample(x, places, padding_mode="border", align_corners=False)


def learn(cured):
    """The gap between the losses of what was learnt from and of what was not, and the share that is right."""
    count = PICTURES * MORE if REMEDY == "more pictures" and cured else PICTURES
    torch.manual_seed(SEED)
    first, second = nn.Conv2d(1, FILTERS, 3, padding=1), nn.Conv2d(FILTERS, 2 * FILTERS, 3, padding=1)
    drop = nn.Dropout(DROPOUT if REMEDY == "dropout" and cured else 0)
    layers = [first, nn.ReLU(), nn.MaxPool2d(2), second, nn.ReLU(), nn.Flatten(), drop, nn.Linear(32 * FILTERS, 10)]
    net, draw = nn.Sequential(*layers), torch.Generator().manual_seed(SEED)
    if REMEDY == "early stopping" and cured:
        best = float("inf"), 0, None
    decay = WEIGHT_DECAY if REMEDY == "weight decay" and cured else 0
    optimiser = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for step in range(1, STEPS + 1):
        some = torch.randint(count, (20,), generator=draw)
        batch = moved(told_x[some], draw) if REMEDY == "augmentation" and cured else told_x[some]
        optimiser.zero_grad()
        nn.functional.cross_entropy(net.train()(batch), told_y[some]).backward()
        optimiser.step()
        schedule.step()
        if REMEDY == "early stopping" and cured and (step % 6 == 0 or step == STEPS):
            with torch.no_grad():
                loss = nn.functional.cross_entropy(net.eval()(test_x[:120]), test_y[:120]).item()
            if loss < best[0]:
                best = loss, step, copy.deepcopy(net.state_dict())
            elif step - best[1] >= PATIENCE:
                break
    if REMEDY == "early stopping" and cured:
        net.load_state_dict(best[2])
    with torch.no_grad():
        known, unknown = net.eval()(told_x[:count]), net(test_x[120:])
    losses = [nn.functional.cross_entropy(*pair) for pair in ((unknown, test_y[120:]), (known, told_y[:count]))]
    return (losses[0] - losses[1]).item(), (unknown.argmax(1) == test_y[120:]).float().mean().item()


for cured in (False, True):
    gap, right = learn(cured)
    name = REMEDY.replace(" ", "_") if cured else "nothing"
    print(f"gap_{name}", gap)
    print(f"right_{name}", right)
