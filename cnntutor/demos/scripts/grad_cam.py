"""Where does a net see a class? Grad-CAM and its relatives, with plain hooks."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn.functional import interpolate

from cnntutor.vision import gradcam, mosaics, nets
from cnntutor.vision.cam.layers import last_maps, map_layers

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
net = nets.open_net(MODEL, weights=WEIGHTS == "trained", side=SIDE, seed=SEED)
if WEIGHTS == "random":
    torch.manual_seed(SEED)
    net.module.apply(lambda layer: hasattr(layer, "reset_parameters") and layer.reset_parameters())
if SCENE == "mosaic":
    picture = mosaics.mosaic(FIRST, SECOND, LAYOUT, NUMBER).pixels
else:
    picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (net.side, net.side), Image.Resampling.BICUBIC)
x = net.prepare(torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255)

# Forwards: a hook keeps the layer's maps A, and hands on a copy since what follows may overwrite it.
kept, layer = [], LAYER or last_maps(map_layers(net.module, x))
net.module.get_submodule(layer).register_forward_hook(lambda _, x, maps: kept.append(maps) or maps.clone())
scores = net.module(x)[0]

# Backwards from the score of one class: how much does it depend on each cell?
names = [name.lower() for name in net.class_names]
target = names.index(TARGET.lower()) if TARGET.lower() in names else int(TARGET or scores.argmax())
A, g = kept[-1][0].detach(), torch.autograd.grad(scores[target], kept[-1])[0][0]  # [K, h, w] both
weights = {
    "grad-cam": g.mean((1, 2), keepdim=True),
    "grad-cam++": (g.relu() / (2 + g * A.sum((1, 2), keepdim=True))).sum((1, 2), keepdim=True),
    "layer-cam": g.relu(),
}
if METHOD in weights:
    heat = interpolate((weights[METHOD] * A).sum(0).relu()[None, None], x.shape[-2:], mode="bilinear")[0, 0]
elif METHOD == "score-cam":
    heat = gradcam.score_cam(net.module, layer, x, target)[0]
else:
    square = max(2, net.side // 6)
    heat = gradcam.occlusion(net.module, x, target, window=square, stride=square // 2)[0]

print("probability", scores.softmax(0)[target].item())
print("row", int(heat.argmax()) // net.side)
print("column", int(heat.argmax()) % net.side)
