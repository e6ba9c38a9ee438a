"""Which pixels made the score of a class? One of seven answers, in plain PyTorch."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import interpolate

from cnntutor.vision import mosaics
from cnntutor.vision.nets import open_net  # finds nets by name; this one tells seven surfaces apart

METHOD, SEED = "integrated", 0
FIRST, SECOND, LAYOUT, NUMBER, TARGET = "brick", "retina", "side by side", 0, "first"
BASELINE, STEPS = "black", 64
NOISE, SAMPLES = 0.15, 16
WINDOW = 16

net, name = open_net("textures"), FIRST if TARGET == "first" else SECOND
target, mosaic = net.class_names.index(name), mosaics.mosaic(FIRST, SECOND, LAYOUT, NUMBER)
x = net.prepare(torch.from_numpy(np.array(mosaic.pixels)).permute(2, 0, 1) / 255)  # [1, 3, 96, 96]


# The score of the class before the softmax, and how much it depends on each value of the picture.
def score(x):
    return net.module(x)[:, target]


def slopes(x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(score(x).sum(), x)[0]


if METHOD == "slope":
    heat = slopes(x).abs().amax(1)[0]
elif METHOD == "smoothed":
    # The mean over noisy copies.
    noise = torch.randn(SAMPLES, *x.shape[1:], generator=torch.Generator().manual_seed(SEED))
    heat = slopes(x + NOISE * (x.max() - x.min()) * noise).abs().mean(0).amax(0)
elif METHOD == "times pixel":
    heat = (x * slopes(x)).sum(1).abs()[0]
elif METHOD == "integrated":
    # The mean on the way from a baseline to the picture, times the way.
    if BASELINE == "black":
        pixels = torch.zeros(3, 1, 1)
    elif BASELINE == "white":
        pixels = torch.ones(3, 1, 1)
    elif BASELINE == "grey":
        pixels = torch.tensor(net.mean)[:, None, None]
    else:
        pixels = torch.rand(x.shape[1:], generator=torch.Generator().manual_seed(SEED))
    mean, std = torch.tensor(net.mean)[:, None, None], torch.tensor(net.std)[:, None, None]
    start = ((pixels - mean) / std).expand_as(x)
    places = (torch.arange(STEPS)[:, None, None, None] + 0.5) / STEPS
    shares = (x - start) * slopes(start + places * (x - start)).mean(0)
    heat = shares.sum(1).abs()[0]
    print("sum_of_shares", shares.sum().item())
    print("score_change", (score(x) - score(start)).item())
elif METHOD == "guided":
    # On the way back, every ReLU lets only slopes above zero through.
    for layer in net.module.modules():
        if isinstance(layer, nn.ReLU):
            layer.register_full_backward_hook(lambda _, to_input, to_output: (to_input[0].clamp(min=0),))
    heat = slopes(x).abs().amax(1)[0]
elif METHOD == "occlusion":
    # A square of the mean colour covers one place after the other: how much does the score fall?
    falls, times = torch.zeros(2, 96, 96)
    corners = range(0, 96 - (WINDOW + 1) // 2, WINDOW // 2)
    for top, left in ((top, left) for top in corners for left in corners):
        covered, square = x.clone(), (..., slice(top, top + WINDOW), slice(left, left + WINDOW))
        covered[square] = 0
        with torch.no_grad():
            falls[square] += (score(x) - score(covered)).item()
        times[square] += 1
    heat = (falls / times).relu()
else:
    # The last maps, each weighed by the mean slope of the score over its cells.
    kept = []
    net.module.blocks[2].register_forward_hook(lambda _, x, maps: kept.append(maps))
    weights = torch.autograd.grad(score(x).sum(), kept[0])[0].mean((2, 3), keepdim=True)
    heat = interpolate((weights * kept[0]).sum(1, keepdim=True).relu(), (96, 96), mode="bilinear")[0, 0]

print("inside", (heat[torch.from_numpy(mosaic.where(name))].sum() / heat.sum()).item())
print("row", int(heat.argmax()) // 96)
print("column", int(heat.argmax()) % 96)
