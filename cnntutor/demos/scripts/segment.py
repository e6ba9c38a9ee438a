"""A small U-Net paints a class on every pixel, with its skips and without, in plain PyTorch."""

import random

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

DIGITS, TEXTURES = "digits.npz", ["brick.png", "grass.png"]
NETS, SCENE, SIDE, PICTURES = "both", "digits", 32, 256
HALVINGS, WIDTH, GROW, LOSS = 3, 8, "nearest", "cross-entropy"
STEPS, BATCH_SIZE, LEARNING_RATE, SEED = 100, 16, 0.01, 0


def scenes(count, held_out):  # one texture cut out of another, and which is where
    chance, surfaces, masks, x, y = random.Random(SEED), [], np.zeros((count, SIDE, SIDE), bool), [], []
    for whole in (np.array(Image.open(path).convert("RGB")) for path in TEXTURES):
        n = max(whole.shape)
        part = slice(n - int(0.4 * n), n) if held_out else slice(int(0.55 * n))
        surfaces.append(whole[:, part] if whole.shape[1] == n else whole[part])
    if SCENE == "digits":
        file = np.load(DIGITS)
        digits = torch.from_numpy(file["images"][file["held_out"] == held_out])[:, None].float() / 16
        rows = [chance.randrange(len(digits)) for _ in masks]
        masks = (functional.interpolate(digits[rows], (SIDE, SIDE), mode="bilinear") > 0.45)[:, 0].numpy()
    else:
        for mask in masks:
            (mask if chance.random() < 0.5 else mask.T)[: chance.randint(SIDE // 4, SIDE - SIDE // 4)] = True
    for mask in masks:
        kinds, cuts = chance.sample(range(len(TEXTURES)), 2), []
        for whole in (surfaces[kind] for kind in kinds):
            top, left = (chance.randint(0, length - SIDE) for length in whole.shape[:2])
            cuts.append(whole[top : top + SIDE, left : left + SIDE][:, :: -1 if chance.random() < 0.5 else 1])
        x, y = [*x, np.where(mask[..., None], *cuts)], [*y, np.where(mask, *kinds)]
    return torch.from_numpy(np.stack(x)).permute(0, 3, 1, 2).float() / 255, torch.from_numpy(np.stack(y))


def block(c_in, c_out):
    return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU())


class Level(nn.Module):  # a fine map, everything that is coarser, and the two joined
    def __init__(self, c_in, c, halvings, skips):
        super().__init__()
        self.skips, self.fine = skips, block(c_in, c)
        self.inside = Level(c, 2 * c, halvings - 1, skips) if halvings > 1 else block(c, 2 * c)
        if GROW == "transposed":
            self.grow = nn.ConvTranspose2d(2 * c, 2 * c, 2, 2)
        else:
            self.grow = nn.Upsample(scale_factor=2, mode=GROW)
        self.up = block(2 * c + skips * c, c)

    def forward(self, x):
        fine = self.fine(x)
        x = self.grow(self.inside(functional.max_pool2d(fine, 2)))
        return self.up(torch.cat([x, fine], 1) if self.skips else x)


(x, y), (test_x, test_y) = scenes(PICTURES, False), scenes(48, True)
mean, std = x.mean((0, 2, 3), keepdim=True), x.std((0, 2, 3), keepdim=True)
for name, skips in {"both": {"": 1, "plain_": 0}, "skips": {"": 1}, "no skips": {"plain_": 0}}[NETS].items():
    torch.manual_seed(SEED)
    net = nn.Sequential(Level(3, WIDTH, HALVINGS, skips), nn.Conv2d(WIDTH, len(TEXTURES), 1))
    draw, adam = torch.Generator().manual_seed(SEED), torch.optim.Adam(net.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(adam, LEARNING_RATE, STEPS)
    for _ in range(STEPS):
        some = torch.randint(PICTURES, (BATCH_SIZE,), generator=draw)
        scores = net((x[some] - mean) / std)
        if LOSS == "cross-entropy":
            loss = functional.cross_entropy(scores, y[some])
        else:
            p, true = scores.softmax(1), functional.one_hot(y[some], len(TEXTURES)).movedim(-1, 1).float()
            loss = 1 - (2 * (p * true).sum((0, 2, 3)) / (p + true).sum((0, 2, 3))).mean()
            if LOSS == "both":
                loss = functional.cross_entropy(scores, y[some]) + loss
        adam.zero_grad()
        loss.backward()
        adam.step()
        schedule.step()
    guess = net.eval()((test_x - mean) / std).argmax(1)
    dice = [2 * ((guess == k) & (test_y == k)).sum() / ((guess == k).sum() + (test_y == k).sum()) for k in y.unique()]
    print(f"{name}dice", torch.stack(dice).mean().item())
