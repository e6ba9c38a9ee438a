"""A picture walks through a net, with plain hooks."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn

from cnntutor.vision import data, texture_patches  # pictures that the shipped nets never saw
from cnntutor.vision.nets import open_net  # finds nets by name: checkpoints, torchvision's, or FILE.py:NAME

MODEL = "textures"
WEIGHTS = "trained"
SCENE = "its own kind"
NUMBER = 0
IMAGE = "chelsea.png"
SIDE = 0
LAYER = ""
SEED = 0

net = open_net(MODEL, weights=WEIGHTS == "trained", side=SIDE, seed=SEED)
if SCENE == "its own kind" and MODEL == "digits":
    picture = data.load("digits", side=net.side).held_out.x[NUMBER]
elif SCENE == "its own kind" and MODEL == "textures":
    picture = texture_patches.pieces("held-out", NUMBER + 1, 96).x[NUMBER]
else:
    image = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (net.side, net.side), Image.Resampling.BICUBIC)
    picture = torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255

# Every layer without layers of its own tells what it gives; a copy, since a later layer may work in place.
stops = []


def note(name, layer, given):
    given = given[0] if isinstance(given, tuple) else given
    stops.append((name, layer, given[0].clone()))


for name, layer in net.module.named_modules():
    if isinstance(layer, nn.MultiheadAttention) or not list(layer.children()):
        layer.register_forward_hook(lambda layer, _, given, name=name: note(name, layer, given))
with torch.no_grad():
    scores = net.module(net.prepare(picture))[0]

names = [name for name, _, _ in stops]
last = len(names) - 1 - names[::-1].index(LAYER) if LAYER else len(names) - 1
name, layer, maps = stops[last]
print("layer_number", last + 1)
print("layers", len(stops))
print("numbers", maps.numel())
print("zeros", (maps == 0).float().mean().item())
print("layer_params", sum(parameter.numel() for parameter in layer.parameters()))
print("params", sum(parameter.numel() for parameter in net.module.parameters()))
numbers = [net.prepare(picture).numel(), *(maps.numel() for _, _, maps in stops)]
print("most_numbers", max(numbers))
print("largest_at", numbers.index(max(numbers)))
if not LAYER:
    chances = scores.softmax(0)
    print("top_class", int(chances.argmax()))
    print("probability", chances.max().item())
