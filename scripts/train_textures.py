"""Train `assets/nets/textures.pt`: which of seven surfaces is this?

    python scripts/train_textures.py

It learns from pieces of the textures' training parts alone. What it came to is measured on pieces of the held-out
parts, and is printed. The same torch on the same kind of processor, with one thread, gives the same net.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from cnntutor.vision import checkpoints, mosaics, textures
from cnntutor.vision.checkpoints import Checkpoint
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec

FILE = Path(__file__).parent.parent / "assets" / "nets" / "textures.pt"
SEED = 0
STEPS = 600
BATCH = 56
PIECE = 48
"""Side of the pieces in pixels: half a mosaic."""
LEARNING_RATE = 0.004
WEIGHT_DECAY = 0.01
LIGHT, CONTRAST = 0.15, 0.25
"""How much each piece's brightness and contrast are changed at random, so that grey surfaces differ by their grain."""
JUDGED = 100
"""Held-out pieces of each texture."""

SPEC = NetSpec(blocks=3, width=16, in_channels=3, side=mosaics.SIDE, classes=len(textures.NAMES))
MEAN = STD = (0.5, 0.5, 0.5)


def main() -> None:
    """Train, judge, save, and say what came out."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net, begun = ConvNet(SPEC), time.perf_counter()
    losses = train(net, random.Random(SEED))
    accuracy = judge(net, random.Random(SEED))
    figures = {"accuracy": accuracy, "loss": losses[-1], "steps": STEPS}
    made = Checkpoint(
        SPEC, net.state_dict(), textures.NAMES, MEAN, STD, "textures", SEED, figures, {}, "scripts/train_textures.py"
    )
    checkpoints.write(made, FILE)
    seconds = time.perf_counter() - begun
    print(f"{FILE.name}: accuracy {accuracy:.4f} on {JUDGED * len(textures.NAMES)} held-out pieces, seed {SEED},")
    print(f"{STEPS} steps in {seconds:.0f} s, {FILE.stat().st_size:,} bytes")


def train(net: ConvNet, chance: random.Random) -> list[float]:
    """AdamW with a one-cycle schedule; the loss of every step."""
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=STEPS)
    losses = []
    for x, y in batches(chance):
        loss = nn.functional.cross_entropy(net(x), y, label_smoothing=0.1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if len(losses) % 100 == 0:
            print(f"step {len(losses)}: loss {losses[-1]:.3f}")
    return losses


def batches(chance: random.Random) -> Iterator[tuple[Tensor, Tensor]]:
    """Pieces of the training parts under changing light, as many of each texture."""
    surfaces = [textures.texture(name, "train") for name in textures.NAMES]
    y = torch.arange(BATCH) % len(surfaces)
    for _ in range(STEPS):
        x = pieces([surfaces[int(label)] for label in y], chance)
        light = LIGHT * (2 * torch.rand(BATCH, 1, 1, 1) - 1)
        contrast = 1 + CONTRAST * (2 * torch.rand(BATCH, 1, 1, 1) - 1)
        yield x * contrast + light / STD[0], y


@torch.no_grad()
def judge(net: ConvNet, chance: random.Random) -> float:
    """The share of held-out pieces that the net names rightly."""
    net.eval()
    right = 0
    for label, name in enumerate(textures.NAMES):
        x = pieces([textures.texture(name, "held-out")] * JUDGED, chance)
        right += int((net(x).argmax(1) == label).sum())
    return right / (JUDGED * len(textures.NAMES))


def pieces(surfaces: list[textures.Pixels], chance: random.Random) -> Tensor:
    """One piece of each surface, normalised: [N, 3, PIECE, PIECE]."""
    cut = [torch.from_numpy(mosaics.patch(surface, PIECE, PIECE, chance).copy()) for surface in surfaces]
    x = torch.stack(cut).permute(0, 3, 1, 2) / 255
    return (x - MEAN[0]) / STD[0]


if __name__ == "__main__":
    main()
