"""Bounds of the 21 parameters of FSRS-6, w₀ to w₂₀.

Source: github.com/open-spaced-repetition/py-fsrs, `fsrs/scheduler.py`. They are written down here because settings
are checked before `fsrs` is loaded.
"""

from __future__ import annotations

LOWEST = (
    *(0.001, 0.001, 0.001, 0.001),
    *(1.0, 0.001, 0.001, 0.001),
    *(0.0, 0.0, 0.001, 0.001),
    *(0.001, 0.001, 0.0, 0.0),
    *(1.0, 0.0, 0.0, 0.0),
    0.1,
)
HIGHEST = (
    *(100.0, 100.0, 100.0, 100.0),
    *(10.0, 4.0, 4.0, 0.75),
    *(4.5, 0.8, 3.5, 5.0),
    *(0.25, 0.9, 4.0, 1.0),
    *(6.0, 2.0, 2.0, 0.8),
    0.8,
)
