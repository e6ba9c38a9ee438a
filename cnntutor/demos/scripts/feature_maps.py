"""Up a trained net, block by block: what a probe reads from the means of the channels, and what excites a channel."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn.functional import one_hot

from cnntutor.vision import checkpoints, data, texture_patches  # opens a net that was kept; reads what it learnt from

MODEL = "digits"
WEIGHTS = "trained"
NUMBER = 4
IMAGE = "brick.png"
BLOCK = 0
CHANNEL = -1
PROBE = "nearest mean"
SEED = 0

kept = checkpoints.load(MODEL)
net = kept.model()
if WEIGHTS == "random":
    torch.manual_seed(SEED)
    net = type(net)(kept.spec).eval()

# Pictures to fit a probe, others to judge it, and the one that is looked at.
side = kept.spec.side
pictures = data.load("digits", side=side) if kept.data == "digits" else texture_patches.data(48, 140, 140)
if kept.data == "digits":
    picture = pictures.held_out.x[NUMBER]
else:
    image = ImageOps.fit(Image.open(IMAGE).convert("RGB"), (side, side), Image.Resampling.BICUBIC)
    picture = torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255
mean, std = (torch.tensor(values)[:, None, None] for values in (kept.mean, kept.std))
seen, new, x = ((x - mean) / std for x in (pictures.train.x, pictures.held_out.x, picture[None]))


def guess(seen, y, new):
    """Classes from features [N, F]."""
    if PROBE == "nearest mean":
        means = torch.stack([seen[y == label].mean(0) for label in range(int(y.max()) + 1)])
        return torch.cdist(new, means).argmin(1)
    mean, std = seen.mean(0), seen.std(0).clamp(min=1e-6)
    a, b = (torch.cat([(f - mean).div(std).double(), torch.ones(len(f), 1).double()], 1) for f in (seen, new))
    pull = 0.01 * len(a) * torch.eye(a.shape[1]).double()
    return (b @ torch.linalg.solve(a.T @ a + pull, a.T @ one_hot(y).double())).argmax(1)


def probe(depth):
    said = guess(seen.mean((2, 3)), pictures.train.y, new.mean((2, 3)))
    print(f"probe_{depth}", (said == pictures.held_out.y).float().mean().item())


answers = []
with torch.no_grad():
    probe(0)
    for depth, block in enumerate(net.blocks, 1):
        if depth == (BLOCK or len(net.blocks)):
            # What the block answers before its pooling: to the picture, and to all others.
            hook = block.activation.register_forward_hook(lambda _, x, maps: answers.append(maps))
            block(x), block(new), hook.remove()
            channel = int(answers[0].square().mean((0, 2, 3)).argmax()) if CHANNEL < 0 else CHANNEL
            print("channel", channel)
            print("peak", answers[1][:, channel].max().item())
        seen, new, x = block(seen), block(new), block(x)
        probe(depth)
