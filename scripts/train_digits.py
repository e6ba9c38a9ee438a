"""Train the net that ships as `digits`: the demo train with every knob at its default, on one thread.

    python scripts/train_digits.py

The same machine and the same torch write the same file.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import torch

from cnntutor.demos.run import run_headless
from cnntutor.vision import checkpoints

FILE = Path(__file__).parent.parent / "assets" / "nets" / "digits.pt"
SEED = 0


def main() -> None:
    """Train, write the file, and say what is in it."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNTUTOR_HOME"] = home
        run_headless("train", device="cpu", seed=SEED)
        checkpoint = checkpoints.load(checkpoints.LAST)
    checkpoints.write(checkpoint, FILE)
    figures = checkpoint.figures
    print(f"{FILE}: {figures['parameters']:,} parameters, {FILE.stat().st_size:,} bytes, seed {checkpoint.seed}")
    print(f"held-out accuracy {figures['accuracy']:.4f}, made by: {checkpoint.made_by}")


if __name__ == "__main__":
    main()
