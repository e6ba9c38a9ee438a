"""Attention on a picture: every cell asks all others, or gates for channels learn to depend on the picture."""

import random

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn
from torch.nn import functional

from cnntutor.vision import mosaics, textures
from cnntutor.vision.attention import position_codes  # sine and cosine waves, [cells, channels]
from cnntutor.vision.nets import open_net

BLOCK = "self-attention"
SCENE = "mosaic"
FIRST = "brick"
SECOND = "gravel"
LAYOUT = "side by side"
NUMBER = 0
IMAGE = "chelsea.png"
QUERY_ROW = 40
QUERY_COLUMN = 20
LAYER = "blocks.2"
MAP_SIDE = 12
PROJECTIONS = "none"
SHARPNESS = 1.0
POSITIONS = 0.0
REDUCTION = 16
STEPS = 300
SEED = 0

torch.manual_seed(SEED)
net = open_net("textures")  # a small trained CNN: three blocks of convolution and pooling

if BLOCK == "self-attention":
    if SCENE == "mosaic":
        picture = mosaics.mosaic(FIRST, SECOND, LAYOUT, NUMBER).pixels
    else:
        picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (net.side, net.side), Image.Resampling.BICUBIC)
    maps = net.prepare(torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255)
    with torch.no_grad():
        if LAYER != "pixels":
            maps = net.module.blocks[: int(LAYER[-1]) + 1](maps)
    maps = functional.instance_norm(functional.adaptive_avg_pool2d(maps, MAP_SIDE))
    cells = maps[0].flatten(1).T  # [N, C], N = MAP_SIDE²
    n, c = cells.shape
    if POSITIONS:
        cells = cells + POSITIONS * position_codes(MAP_SIDE, MAP_SIDE, c)
    if PROJECTIONS == "random":
        w_q, w_k, w_v = torch.randn(3, c, c) / c**0.5
        q, k, v = cells @ w_q, cells @ w_k, cells @ w_v
    else:
        q = k = v = cells

    a = (SHARPNESS * q @ k.T / c**0.5).softmax(dim=1)  # [N, N], every row adds up to 1
    y = a @ v  # [N, C]
    reference = functional.scaled_dot_product_attention(SHARPNESS * q[None], k[None], v[None])[0]

    row, column = round((MAP_SIDE - 1) * QUERY_ROW / 100), round((MAP_SIDE - 1) * QUERY_COLUMN / 100)
    weights = a[row * MAP_SIDE + column]  # what the cell there attends to
    print("factors", a.numel())
    print("macs", 2 * n * n * c + 4 * n * c * c)
    print("row_sum", weights.sum().item())
    print("largest", weights.max().item())
    print("attended", (-weights * weights.clamp_min(1e-30).log()).sum().exp().item())
    print("difference", (y - reference).abs().max().item())
else:

    def squeezed(part):
        """The mean of each channel for 16 pieces of every texture: [112, 64]."""
        chance = random.Random(part)
        surfaces = [textures.texture(name, part) for name in textures.NAMES]
        pieces = np.stack([mosaics.patch(surface, 48, 48, chance) for surface in surfaces for _ in range(16)])
        x = torch.from_numpy(pieces).permute(0, 3, 1, 2) / 255
        mean, deviation = (x.new_tensor(values)[:, None, None] for values in (net.mean, net.std))
        with torch.no_grad():
            return net.module.blocks((x - mean) / deviation).mean((2, 3))

    learnt, held_out, labels = squeezed("train"), squeezed("held-out"), torch.arange(7).repeat_interleave(16)

    def excite():
        return nn.Sequential(nn.Linear(64, 64 // REDUCTION), nn.ReLU(), nn.Linear(64 // REDUCTION, 64))

    head = nn.Linear(64, 7).requires_grad_(False)  # frozen as it starts: only the gates before it learn
    sigmoid, softmax = nn.Sequential(excite(), nn.Sigmoid()), nn.Sequential(excite(), nn.Softmax(dim=1))
    numbers = nn.Parameter(torch.zeros(64))
    ways = {
        "accuracy": (sigmoid, [*sigmoid.parameters()]),
        "softmax_accuracy": (softmax, [*softmax.parameters()]),
        "fixed_accuracy": (lambda z: numbers.sigmoid().expand_as(z), [numbers]),
    }
    print("fresh_gate", sigmoid(held_out).mean().item())
    for name, (gates, parameters) in ways.items():
        optimiser = torch.optim.Adam(parameters, 0.02)
        for _ in range(STEPS):
            loss = functional.cross_entropy(head(gates(learnt) * learnt), labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        right = head(gates(held_out) * held_out).argmax(1) == labels
        print(name, right.float().mean().item())
    print("params", sum(parameter.numel() for parameter in sigmoid.parameters()))
