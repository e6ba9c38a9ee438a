"""How strongly a kernel answers to waves: the size of its Fourier transform.

A wave of frequency f goes through a convolution as the same wave, times the kernel's transform at f (Gonzalez & Woods,
Digital Image Processing, chapter 4). At frequency 0, an even surface, that is the sum of the weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Kernel = NDArray[np.float32]
    Gains = NDArray[np.float64]

STEPS = 32
"""Frequencies from 0 to half a wave a pixel, the fastest that pixels can hold."""


def gains(kernel: Kernel) -> Gains:
    """The gain for every wave, frequency 0 in the middle.

    Args:
        kernel: [k, k], k at most 2·STEPS.

    Returns:
        [2·STEPS, 2·STEPS]: rows by the frequency downwards, columns by the one across, from −½ to ½ a pixel.
    """
    import numpy as np

    found: Gains = np.abs(np.fft.fftshift(np.fft.fft2(kernel.astype(np.float64), (2 * STEPS, 2 * STEPS))))
    return found


def along_the_axes(kernel: Kernel) -> tuple[Gains, Gains, Gains]:
    """Frequencies from 0 to ½ wave a pixel, and the gains of waves that run across and of waves that run down.

    Returns:
        [STEPS + 1] each.
    """
    import numpy as np

    size = (2 * STEPS, 2 * STEPS)
    whole = np.abs(np.fft.fft2(kernel.astype(np.float64), size))
    frequencies: Gains = np.arange(STEPS + 1) / (2 * STEPS)
    return frequencies, whole[0, : STEPS + 1], whole[: STEPS + 1, 0]
