"""The hidden checks: what must hold of a healthy program. Each looks at the program at work, never at its text."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy

from cnntutor.vision.clinic.running import Running
from cnntutor.vision.clinic.ward import BATCH, Signs, Ward

ENOUGH = 0.92
"""Share of unseen pictures that a healthy program names right after its run."""

MOST_DEAD = 0.5

LEAST_MOVED = 1e-7
"""Relative change of a layer's weights in one step that counts as moving."""

CLOSE = 1e-4


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and whether it does."""

    what: str
    """Said so that it is true of a healthy program."""
    holds: bool


def before_training(program: Running, room: Ward) -> list[Check]:
    """What can be checked on a fresh program; it takes two steps with it.

    Raises:
        UsageError: a line of the program raises.
    """
    rows = torch.arange(0, len(room.train.y), len(room.train.y) // BATCH)[:BATCH]  # of every class
    x, y = room.train.x[rows], room.train.y[rows]
    checks: list[tuple[str, Callable[[], bool]]] = [
        ("pictures come as they are, with nothing written into them", lambda: _pictures_whole(program, room, rows)),
        ("every picture keeps its own label", lambda: _labels_kept(program, room, rows)),
        ("each epoch takes every picture once, in an order of its own", lambda: _shuffles(program, len(room.train.y))),
        ("the untrained net is about as good as guessing: its loss is near ln 10", lambda: _starts_fair(program, x, y)),
        ("the loss is worked out from the raw scores", lambda: _raw_scores(program, x, y)),
        ("it trains in training mode and is judged in eval mode", lambda: _modes(program, x, y)),
        ("the net is fed alike in training and in judging", lambda: _fed_alike(program, room, x, y)),
        ("a step moves the weights of every layer", lambda: _all_move(program, x, y)),
        ("a step's gradient is that of its own batch alone", lambda: _own_gradient(program, x, y)),
    ]
    return [Check(what, holds()) for what, holds in checks]


def after_training(program: Running, room: Ward, signs: Signs) -> list[Check]:
    """What the finished run shows.

    Args:
        program: trained.
        room: with pictures that it has not seen.
        signs: the last.
    """
    answers = program.answers(room.prepared(room.unseen.x)).argmax(1)
    right = float((answers == room.unseen.y).float().mean())
    return [
        Check(f"at most {MOST_DEAD:.0%} of the channels are silent", signs.dead <= MOST_DEAD),
        Check(f"it names {ENOUGH:.0%} of pictures right that nobody has shown it", right >= ENOUGH),
    ]


def _pictures_whole(program: Running, room: Ward, rows: torch.Tensor) -> bool:
    return torch.equal(program.batch(room.train.x, room.train.y, rows)[0], room.train.x[rows])


def _labels_kept(program: Running, room: Ward, rows: torch.Tensor) -> bool:
    return torch.equal(program.batch(room.train.x, room.train.y, rows)[1], room.train.y[rows])


def _shuffles(program: Running, count: int) -> bool:
    first, second = program.order(count), program.order(count)
    whole = torch.arange(count)
    return torch.equal(first.sort().values, whole) and not torch.equal(first, second)


def _starts_fair(program: Running, x: torch.Tensor, y: torch.Tensor) -> bool:
    program.accuracy(x, y)
    loss = float(cross_entropy(program.overheard.raw, y))
    return abs(loss - math.log(10)) < 0.6


def _raw_scores(program: Running, x: torch.Tensor, y: torch.Tensor) -> bool:
    loss = program.step(x, y)
    return abs(loss - float(cross_entropy(program.overheard.raw, y))) < CLOSE


def _modes(program: Running, x: torch.Tensor, y: torch.Tensor) -> bool:
    program.step(x, y)
    trained = program.overheard.was_training
    program.accuracy(x, y)
    return trained and not program.overheard.was_training


def _fed_alike(program: Running, room: Ward, x: torch.Tensor, y: torch.Tensor) -> bool:
    program.step(x, y)
    fed = program.overheard.fed
    program.accuracy(x, y)
    judged = program.overheard.fed
    return fed.shape == judged.shape and torch.allclose(fed, judged) and bool(fed.std() > 0.5)


def _all_move(program: Running, x: torch.Tensor, y: torch.Tensor) -> bool:
    before = [weight.detach().clone() for weight in program.model.parameters() if weight.ndim > 1]
    program.step(x, y)
    after = [weight.detach() for weight in program.model.parameters() if weight.ndim > 1]
    moved = [(new - old).norm() / old.norm() for new, old in zip(after, before, strict=True)]
    return all(LEAST_MOVED < float(share) < math.inf for share in moved)


def _own_gradient(program: Running, x: torch.Tensor, y: torch.Tensor) -> bool:
    """The same step twice from the same weights and the same lots: it must use the same gradient."""
    at_first = {name: value.clone() for name, value in program.model.state_dict().items()}
    used = []
    for _ in range(2):
        program.model.load_state_dict(at_first)
        torch.manual_seed(0)
        program.step(x, y)
        used.append([weight.grad.clone() for weight in program.model.parameters() if weight.grad is not None])
    return bool(used[0]) and all(torch.allclose(a, b, atol=CLOSE) for a, b in zip(*used, strict=True))
