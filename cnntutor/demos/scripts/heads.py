"""One body under two heads, and a dense layer that walks over a picture, in plain PyTorch."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from cnntutor.vision import mosaics, texture_patches, textures  # photographed surfaces, and pieces of them

SIDE, WIDTH, PIECES, EPOCHS, LEARNING_RATE, SEED = 24, 16, 1400, 12, 0.005, 0
FIRST, SECOND, LAYOUT, NUMBER = "wood", "writing", "side by side", 0
LAST_SIDE = 4

# Pieces of seven surfaces, [N, 3, SIDE, SIDE], to learn from and to judge by; and two surfaces in one picture.
data = texture_patches.data(SIDE, PIECES, 350, SEED % 1000)
mean, std = (torch.tensor(values)[:, None, None] for values in (data.mean, data.std))
train_x, test_x = (data.train.x - mean) / std, (data.held_out.x - mean) / std
mosaic = np.array(mosaics.mosaic(FIRST, SECOND, LAYOUT, NUMBER).pixels)
picture = (torch.from_numpy(mosaic).permute(2, 0, 1) / 255 - mean) / std  # [3, 96, 96]


def trained(pool, inputs):
    """body, pool, flatten, dense."""
    torch.manual_seed(SEED)
    convs = nn.Conv2d(3, WIDTH, 5, 2), nn.ReLU(), nn.Conv2d(WIDTH, 2 * WIDTH, 3, 2), nn.ReLU()
    net = nn.Sequential(nn.Sequential(*convs), pool, nn.Flatten(), nn.Linear(inputs, len(textures.NAMES)))
    steps = -(-(PIECES - 1) // 32)  # a single piece that is left over makes no step
    optimiser = torch.optim.Adam(net.parameters(), LEARNING_RATE, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, EPOCHS * steps, cycle_momentum=False)
    order = torch.Generator().manual_seed(SEED)
    for _ in range(EPOCHS):
        for rows in torch.randperm(PIECES, generator=order).split(32)[:steps]:
            loss = cross_entropy(net(train_x[rows]), data.train.y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return net.requires_grad_(False)


flatten = trained(nn.Identity(), 2 * WIDTH * LAST_SIDE**2)
gap = trained(nn.AdaptiveAvgPool2d(1), 2 * WIDTH)
for name, net in {"flatten": flatten, "gap": gap}.items():
    print(f"parameters_{name}", sum(values.numel() for values in net[3].parameters()))
    print(f"accuracy_{name}", (net(test_x).argmax(1) == data.held_out.y).double().mean().item())
    maps = net[0](test_x)
    order = torch.randperm(maps[0, 0].numel(), generator=torch.Generator().manual_seed(SEED))
    mixed = maps.flatten(2)[:, :, order].reshape(maps.shape)  # all cells at other places
    print(f"renamed_{name}", (net[1:](mixed).argmax(1) != net(test_x).argmax(1)).double().mean().item())

# The dense layer of the flatten net as a convolution: the same weights, but it walks.
walking = nn.Conv2d(2 * WIDTH, len(textures.NAMES), LAST_SIDE).requires_grad_(False)
walking.weight[:], walking.bias[:] = flatten[3].weight.reshape(walking.weight.shape), flatten[3].bias
score_map = walking(flatten[0](picture))  # [classes, rows, columns]
print("map_rows", score_map.shape[1])
