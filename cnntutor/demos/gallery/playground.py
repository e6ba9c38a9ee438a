"""playground: a net put together block by block, what each block costs and sees, and whether all of it learns."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _playground_words as words
from cnntutor.demos.gallery._playground_knobs import PlaygroundKnobs
from cnntutor.demos.protocol import Frame, demo
from cnntutor.vision.net_build import build, calls

if TYPE_CHECKING:
    import torch

SHOWN_EVERY = 0.15
"""Seconds from one frame to the next."""

LINE = 115
"""Characters of the code that is shown."""


def _constants(knobs: PlaygroundKnobs, seed: int) -> Mapping[str, object]:
    del seed
    return {
        "DATA": str(paths.assets_dir() / "data" / "digits.npz"),
        "LAYERS": "\n".join(textwrap.wrap(", ".join(map(str, calls(knobs.bill))), LINE)),
    }


@demo(
    "playground",
    topic="train-a-cnn",
    title="Put a net together",
    promise="Add, move and turn blocks, see what each one costs and sees, and whether the net learns.",
    constants=_constants,
    predict=words.predict,
)
def playground(knobs: PlaygroundKnobs, device: torch.device) -> Iterator[Frame]:
    """The net before its first step, then by the clock, then as it has become."""
    import torch

    from cnntutor.demos.gallery._playground_look import Look
    from cnntutor.vision import data
    from cnntutor.vision.train import Steer, Trainer

    digits = data.load("digits", side=knobs.side, pictures=knobs.pictures)
    net, scheduled = build(knobs.bill).to(device), knobs.learning_rate
    trainer = Trainer(net, digits, knobs.config(torch.initial_seed()))
    trainer.evaluate()
    look = Look(knobs, net, trainer)
    yield look.frame()
    shown = time.perf_counter()
    for step in trainer.steps():
        if step.number < trainer.history.total_steps and time.perf_counter() - shown >= SHOWN_EVERY:
            yield look.frame()
            shown = time.perf_counter()
        trainer.steer(Steer(factor=knobs.learning_rate / scheduled))
    yield look.frame()
