"""Pictures as patches: the embedding is a convolution, and a transformer must be told where its tokens lay."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn
from torch.nn import functional

from cnntutor.vision import data, nets
from cnntutor.vision.patches import TinyViT  # embedding, places or none, blocks, a linear layer on the tokens' mean

IMAGE = "chelsea.png"
SIDE = 96
PATCH = 16
WIDTH = 64
TILE = 2
BLOCKS = 2
EPOCHS = 8
SEED = 0

torch.manual_seed(SEED)
picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (SIDE, SIDE), Image.Resampling.BICUBIC)
x = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None] / 255
embed, mix = nn.Conv2d(3, WIDTH, PATCH, PATCH), nn.MultiheadAttention(WIDTH, 4, batch_first=True)
with torch.no_grad():
    tokens = embed(x).flatten(2).transpose(1, 2)  # [1, tokens, width]
    cut = functional.unfold(x, PATCH, stride=PATCH).transpose(1, 2)  # [1, tokens, 3·patch²]
    by_hand = cut @ embed.weight.flatten(1).T + embed.bias
    places, order = torch.randn(tokens.shape[1], WIDTH), torch.randperm(tokens.shape[1])
    cases = (tokens, tokens[:, order], tokens + places, tokens[:, order] + places)
    a, b, c, d = (mix(x, x, x)[0].mean(1) for x in cases)
print("conv_difference", (by_hand - tokens).abs().max().item())
print("order_difference", (a - b).abs().max().item())
print("places_difference", (c - d).abs().max().item())

digits = data.load("digits")
train, held_out = ((part.x - digits.mean[0]) / digits.std[0] for part in (digits.train, digits.held_out))
order = torch.randperm((8 // TILE) ** 2, generator=torch.Generator().manual_seed(SEED))
shuffled = functional.fold(functional.unfold(held_out, TILE, stride=TILE)[:, :, order], 8, TILE, stride=TILE)

models = {"cnn": nets.open_net("digits").module}
for name, placed in {"vit": True, "bag": False}.items():
    torch.manual_seed(SEED)
    models[name], chance = TinyViT(8, TILE, 32, BLOCKS, 10, positions=placed), torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(models[name].parameters(), 5e-3)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(train), generator=chance).split(128):
            loss = functional.cross_entropy(models[name](train[rows]), digits.train.y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

for name, net in models.items():
    with torch.no_grad():
        whole, moved = net(held_out).argmax(1), net(shuffled).argmax(1)
    print(f"{name}_accuracy", (whole == digits.held_out.y).float().mean().item())
    print(f"{name}_shuffled", (moved == digits.held_out.y).float().mean().item())
