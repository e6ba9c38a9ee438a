"""The forgetting curve of FSRS-6: how likely a card is recalled after some days.

Source: github.com/open-spaced-repetition/awesome-fsrs, *The Algorithm*, FSRS-6.
"""

from __future__ import annotations

DECAY = 0.1542
"""Parameter w₂₀ of FSRS-6 as it comes."""


def retrievability(elapsed_days: float, stability: float, decay: float = DECAY) -> float:
    """R(t, S) = (1 + factor · t / S)^(−decay), with the factor that makes R(S, S) = 0.9.

    Args:
        elapsed_days: t, days since the last answer; a negative number counts as none.
        stability: S, days until the chance of recall has fallen to 90 %.
        decay: w₂₀, how fast the curve falls.

    Returns:
        The chance of recall, 0 to 1.
    """
    factor = 0.9 ** (-1 / decay) - 1
    return float((1 + factor * max(elapsed_days, 0) / stability) ** -decay)
