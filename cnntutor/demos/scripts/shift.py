"""Does the map move along when the picture slides? A trained net, its maps shrunk in one of four ways."""

import math

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn import functional

IMAGE = "astronaut.png"
SIDE = 80
MOST = 12
EDGE = "joined"
SHRINK = "stride"
STRIDES = [2, 2, 2]
BLUR_TAPS = 3
MODE = "circular"  # what lies beyond the border
WEIGHTS = "trained"
LAYER = 3
STEP = [0, 1]  # pixels down and to the right
INSIDE = [1, 9]  # from this cell up to that one no border is seen
NET = "textures.pt"
SEED = 0

NAMES = ["conv.weight", "norm.running_mean", "norm.running_var", "norm.weight", "norm.bias"]
state = torch.load(NET)["state"]
if WEIGHTS == "random":
    torch.manual_seed(SEED)
    state = {name: torch.randn(w.shape) * w.std() if w.ndim > 1 else w for name, w in state.items()}


def shrunk(x, s):
    if SHRINK == "max":
        y = functional.max_pool2d(x, s)
    elif SHRINK == "average":
        y = functional.avg_pool2d(x, s)
    elif SHRINK == "stride":
        y = x[..., ::s, ::s]
    else:  # the largest of every window, a blur, and only then every s-th cell
        dense = functional.max_pool2d(functional.pad(x, (0, s - 1, 0, s - 1), MODE), s, stride=1)
        row = torch.tensor((np.poly1d([1, 1]) ** (BLUR_TAPS - 1)).coeffs, dtype=torch.float32)  # 1 2 1
        blur = (row[:, None] * row / row.sum() ** 2).expand(x.shape[1], 1, -1, -1)
        bordered = functional.pad(dense, ((BLUR_TAPS - 1) // 2, BLUR_TAPS // 2) * 2, MODE)
        y = functional.conv2d(bordered, blur, stride=s, groups=len(blur))
    return y[..., : x.shape[2] // s, : x.shape[3] // s]


def seen(x):
    maps = [(x[None] - 0.5) / 0.5]
    for block, stride in enumerate(STRIDES):
        weight, *norm = [state[f"blocks.{block}.{name}"] for name in NAMES]
        sums = functional.conv2d(functional.pad(maps[-1], (1, 1, 1, 1), MODE), weight)
        x = functional.relu(functional.batch_norm(sums, *norm))
        maps.append(shrunk(x, stride) if stride > 1 else x)
    scores = maps[-1].mean((2, 3)) @ state["head.weight"].T + state["head.bias"]
    return maps[LAYER][0], scores[0].softmax(0)


def error(t, moved):
    (start, end), down, right = INSIDE, STEP[0] * moved, STEP[1] * moved
    new = maps[t][:, start + down : end, start + right : end]
    old = maps[0][:, start : end - down, start : end - right]
    return ((new - old).norm() / old.norm()).item()


room = MOST if EDGE == "camera" else 0
picture = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (SIDE + room, SIDE + room), Image.Resampling.BICUBIC)
whole = torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255
slide = []
for t in range(MOST + 1):
    if EDGE == "joined":
        slide.append(whole.roll((STEP[0] * t, STEP[1] * t), dims=(1, 2)))
    else:
        slide.append(whole[:, MOST - STEP[0] * t :, MOST - STEP[1] * t :][:, :SIDE, :SIDE])
with torch.no_grad():
    maps, chances = zip(*map(seen, slide), strict=True)

cell = math.prod(STRIDES[:LAYER])  # pixels
errors = [min(error(t, t // cell), error(t, -(-t // cell))) for t in range(MOST + 1)]  # the better of two moves
labels = torch.stack(chances).argmax(1)
print("total_stride", cell)
print("error_of_one_pixel", errors[1])
print("largest_error", max(errors))
print("score_change", max((c - chances[0]).abs().max().item() for c in chances))
print("label_changes", labels.diff().count_nonzero().item())
if cell <= MOST:
    print("error_of_whole_cells", max(errors[cell::cell]))
