"""A net from its layers down to one number of one feature map, with plain hooks."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn
from torch.nn import functional

from cnntutor.vision.nets import open_net  # finds nets by name: checkpoints, torchvision's, or FILE.py:NAME

MODEL = "textures"
WEIGHTS = "trained"
IMAGE = "brick.png"
SIDE = 0
LAYER = ""
CHANNEL = -1
ROW = -1
COLUMN = -1
SEED = 0

net = open_net(MODEL, weights=WEIGHTS == "trained", side=SIDE, seed=SEED)
picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (net.side, net.side), Image.Resampling.BICUBIC)
x = net.prepare(torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255)

# Every layer tells what it takes and gives; copies, since a later layer may work in place.
layers = {name: layer for name, layer in net.module.named_modules() if not list(layer.children())}
taken, given, macs = {}, {}, dict.fromkeys(layers, 0)
for name, layer in layers.items():
    layer.register_forward_pre_hook(lambda _, x, name=name: taken.update({name: x[0].clone()}))
    layer.register_forward_hook(lambda _, x, y, name=name: given.update({name: y.clone()}))
with torch.no_grad():
    net.module(x)
for name, layer in layers.items():
    if isinstance(layer, nn.Conv2d | nn.Linear) and name in given:
        macs[name] = given[name].numel() * layer.weight[0].numel()  # one dot product for every number

# The chosen layer and cell; what is left open is chosen by the largest amount.
chosen = LAYER or next((name for name, layer in layers.items() if isinstance(layer, nn.Conv2d)), next(iter(layers)))
layer, maps = layers[chosen], given[chosen][0]
maps = maps if maps.dim() == 3 else maps[:, None, None]  # [K, h, w]
channel = int(maps.square().mean((1, 2)).argmax()) if CHANNEL < 0 else CHANNEL
if ROW >= 0 and COLUMN >= 0:
    row, column = ROW, COLUMN
elif ROW >= 0:
    row, column = ROW, int(maps[channel, ROW].abs().argmax())
elif COLUMN >= 0:
    row, column = int(maps[channel, :, COLUMN].abs().argmax()), COLUMN
else:
    row, column = divmod(int(maps[channel].abs().argmax()), maps.shape[2])

print("params", sum(parameter.numel() for parameter in net.module.parameters()))
print("macs", sum(macs.values()))
print("layer_params", sum(parameter.numel() for parameter in layer.parameters()))
print("layer_macs", macs[chosen])
print("output_size", maps.shape[-1])
print("value", maps[channel, row, column].item())
if isinstance(layer, nn.Conv2d):
    padded = functional.pad(taken[chosen], layer._reversed_padding_repeated_twice)
    windows = functional.unfold(padded, layer.kernel_size, layer.dilation, 0, layer.stride)  # [1, C·k·k, h·w]
    patch = windows[0, :, row * maps.shape[2] + column].chunk(layer.groups)[channel * layer.groups // len(maps)]
    print("sum_of_products", (patch * layer.weight[channel].flatten()).sum().item())
