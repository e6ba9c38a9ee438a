"""A teacher's softened answers as targets for a student."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import kl_div


def softened(scores: Tensor, temperature: float) -> Tensor:
    """softmax(scores / T): the higher T, the more is seen of what the teacher holds for unlikely; [N, classes]."""
    return (scores / temperature).softmax(1)


def distillation_loss(scores: Tensor, answers: Tensor, temperature: float) -> Tensor:
    """T²·KL(softmax(answers/T) ‖ softmax(scores/T)), the mean over the pictures.

    Hinton, Vinyals & Dean (2015), "Distilling the Knowledge in a Neural Network", arXiv:1503.02531, section 2: the
    factor T² makes up for gradients that become smaller by it. The divergence differs from their cross-entropy by what
    the student cannot change.

    Args:
        scores: the student's, [N, classes].
        answers: the teacher's scores, [N, classes].
        temperature: T, above 0.

    Returns:
        [], 0 where both softened answers are equal.
    """
    logs = (scores / temperature).log_softmax(1)
    return temperature**2 * kl_div(logs, softened(answers, temperature), reduction="batchmean")
