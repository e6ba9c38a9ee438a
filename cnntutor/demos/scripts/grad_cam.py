"""Where does a net see a class? A map by one of five methods, with plain hooks."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn.functional import interpolate

from cnntutor.vision import mosaics
from cnntutor.vision.cam.layers import last_maps, map_layers
from cnntutor.vision.nets import open_net  # finds nets by name: checkpoints, torchvision's, or FILE.py:NAME

SCENE = "mosaic"
FIRST = "brick"
SECOND = "gravel"
LAYOUT = "side by side"
NUMBER = 0
IMAGE = "chelsea.png"
MODEL = "textures"
WEIGHTS = "trained"
SIDE = 0
TARGET = ""
LAYER = ""
METHOD = "grad-cam"
SEED = 0

# The net, and the picture as it wants it: [1, C, side, side].
net = open_net(MODEL, weights=WEIGHTS == "trained", side=SIDE, seed=SEED)
if WEIGHTS == "random":
    torch.manual_seed(SEED)
    net.module.apply(lambda layer: hasattr(layer, "reset_parameters") and layer.reset_parameters())
if SCENE == "mosaic":
    picture = mosaics.mosaic(FIRST, SECOND, LAYOUT, NUMBER).pixels
else:
    picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (net.side, net.side), Image.Resampling.BICUBIC)
x = net.prepare(torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255)

if METHOD != "occlusion":
    # Forwards: a hook keeps the layer's maps A, and hands on a copy since what follows may overwrite it.
    kept = []
    layer = net.module.get_submodule(LAYER or last_maps(map_layers(net.module, x)))
    hook = layer.register_forward_hook(lambda _, x, maps: kept.append(maps) or maps.clone())
    scores = net.module(x)[0]
    hook.remove()
else:
    with torch.no_grad():
        scores = net.module(x)[0]
if TARGET:
    names = [name.lower() for name in net.class_names]
    target = names.index(TARGET.lower()) if TARGET.lower() in names else int(TARGET)
else:
    target = int(scores.argmax())

if METHOD == "score-cam":
    # Each map, enlarged and stretched from 0 to 1, masks the picture, and weighs as much as the score that is left.
    A = kept[-1][0].detach()  # [K, h, w]
    masks = interpolate(A[:, None], x.shape[-2:], mode="bilinear")  # [K, 1, side, side]
    low, high = masks.amin((2, 3), keepdim=True), masks.amax((2, 3), keepdim=True)
    masks = (masks - low) / (high - low).where(high > low, 1)
    with torch.no_grad():
        left = torch.cat([net.module(x * some)[:, target] for some in masks.split(16)])
    weights = left.softmax(0)[:, None, None]
elif METHOD == "occlusion":
    # A square of the mean colour covers one place after the other: how much does the score fall?
    window = max(2, net.side // 6)
    stride = window // 2
    falls, times = torch.zeros(2, net.side, net.side)
    corners = range(0, net.side - window + stride, stride)
    for top, left in ((top, left) for top in corners for left in corners):
        covered, square = x.clone(), (..., slice(top, top + window), slice(left, left + window))
        covered[square] = 0
        with torch.no_grad():
            falls[square] += scores[target] - net.module(covered)[0, target]
        times[square] += 1
    heat = (falls / times).relu()
else:
    # Backwards from the score of the class: how much does it depend on each cell?
    A, g = kept[-1][0].detach(), torch.autograd.grad(scores[target], kept[-1])[0][0]  # [K, h, w] both
    if METHOD == "grad-cam":
        weights = g.mean((1, 2), keepdim=True)
    elif METHOD == "grad-cam++":
        below = 2 + g * A.sum((1, 2), keepdim=True)
        weights = (g.relu() / below.where(below != 0, torch.inf)).sum((1, 2), keepdim=True)
    else:
        weights = g.relu()
if METHOD != "occlusion":
    heat = interpolate((weights * A).sum(0).relu()[None, None], x.shape[-2:], mode="bilinear")[0, 0]

print("probability", scores.softmax(0)[target].item())
print("row", int(heat.argmax()) // net.side)
print("column", int(heat.argmax()) % net.side)
