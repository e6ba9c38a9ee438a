"""Activations as curves: their values by torch, their slopes by hand.

Sources: leaky ReLU, Maas, Hannun & Ng (2013), "Rectifier Nonlinearities Improve Neural Network Acoustic Models"; ELU,
Clevert et al. (2016), arXiv:1511.07289; SELU, Klambauer et al. (2017), arXiv:1706.02515; GELU, Hendrycks & Gimpel
(2016), arXiv:1606.08415, the exact one; SiLU or Swish, Ramachandran et al. (2017), arXiv:1710.05941.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from torch import Tensor

ActivationName = Literal["relu", "leaky-relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh"]
NAMES: tuple[ActivationName, ...] = get_args(ActivationName)

LEAK = 0.01
"""Slope of the leaky ReLU on the left, as in torch."""

SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772
"""λ and α of Klambauer et al."""


def value(name: ActivationName, x: Tensor, leak: float = LEAK) -> Tensor:
    """f(x), number by number.

    Args:
        name: one of `NAMES`.
        x: any shape.
        leak: slope of the leaky ReLU on the left.
    """
    from torch.nn import functional

    if name == "leaky-relu":
        return functional.leaky_relu(x, leak)
    found: Tensor = getattr(functional, name)(x)
    return found


def slope(name: ActivationName, x: Tensor, leak: float = LEAK) -> Tensor:
    """f′(x) by its formula; where the curve has a corner, at 0, the slope of the left side, as torch has it."""
    import torch

    left, right = torch.full_like(x, leak if name == "leaky-relu" else 0), torch.ones_like(x)
    match name:
        case "relu" | "leaky-relu":
            return torch.where(x > 0, right, left)
        case "elu":
            return torch.where(x > 0, right, x.exp())
        case "selu":
            return SELU_SCALE * torch.where(x > 0, right, SELU_ALPHA * x.exp())
        case "gelu":
            return _normal(x) + x * (-(x**2) / 2).exp() / sqrt(2 * pi)  # Φ(x) + x·φ(x)
        case "silu":
            return x.sigmoid() * (1 + x * (1 - x.sigmoid()))
        case "sigmoid":
            return x.sigmoid() * (1 - x.sigmoid())
        case "tanh":
            return 1 - x.tanh() ** 2


def steepest(name: ActivationName, leak: float = LEAK) -> float:
    """The largest slope between −10 and 10."""
    import torch

    return float(slope(name, torch.linspace(-10, 10, 2001, dtype=torch.float64), leak).max())


def _normal(x: Tensor) -> Tensor:
    """Φ(x), the chance that a standard normal number is smaller."""
    import torch

    return (1 + torch.erf(x / sqrt(2))) / 2
