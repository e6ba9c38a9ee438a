"""Write `assets/data/digits.npz`: scikit-learn's copy of the UCI digits, and which of them are held out.

    python scripts/make_digits.py

Needs scikit-learn, which the app does not. The same scikit-learn and numpy write the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

FILE = Path(__file__).parent.parent / "assets" / "data" / "digits.npz"
HELD_OUT = 0.2
SEED = 0


def held_out(labels: np.ndarray) -> np.ndarray:
    """A fifth of every class, as scikit-learn splits: true for the scans that training never sees."""
    _, chosen = train_test_split(np.arange(len(labels)), test_size=HELD_OUT, stratify=labels, random_state=SEED)
    mask = np.zeros(len(labels), bool)
    mask[chosen] = True
    return mask


def main() -> None:
    """Write the file and say what is in it."""
    digits = load_digits()
    images, labels = digits.images.astype(np.uint8), digits.target.astype(np.uint8)  # [1797, 8, 8] of 0–16, [1797]
    mask = held_out(labels)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(FILE, images=images, labels=labels, held_out=mask)
    print(f"{FILE}: {len(labels):,} scans, {mask.sum():,} held out, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
