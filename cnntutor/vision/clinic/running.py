"""A program that lives: its text executed, and what goes through it overheard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, nll_loss
from torch.optim import SGD, Adam, AdamW

from cnntutor.errors import UsageError
from cnntutor.vision.clinic.safety import parsed

NAME = "program"
"""Of the file that a traceback would name."""


@dataclass
class Overheard:
    """What the newest pass through a program's net and loss brought."""

    fed: Tensor = field(default_factory=lambda: torch.zeros(1, 1, 1, 2))
    """What the net was fed, [N, 1, H, W]."""
    raw: Tensor = field(default_factory=lambda: torch.zeros(1, 10))
    """What its last linear layer said, [N, classes]."""
    graded: Tensor = field(default_factory=lambda: torch.zeros(1, 10))
    """What the loss was given as scores, [N, classes]."""
    was_training: bool = False
    """Whether the net was in training mode."""
    live: list[Tensor] = field(default_factory=list)
    """Of each ReLU: which of its channels answered anywhere, bool [channels]."""


class Running:
    """A patient's program, executed from the same seed every time."""

    def __init__(self, lines: tuple[str, ...], mean: float, std: float, seed: int) -> None:
        """Build its net and its optimiser.

        Raises:
            UsageError: the text is no Python, not harmless, lacks a part, or raises; the line says which line it is.
        """
        self.overheard = Overheard()
        self.newest_right = 0.0
        """Share of the newest training batch that was named right before its step."""
        names: dict[str, Any] = {
            "__builtins__": {}, "torch": torch, "nn": nn, "SGD": SGD, "Adam": Adam, "AdamW": AdamW, "len": len,
            "float": float, "int": int, "MEAN": mean, "STD": std, "cross_entropy": self._cross_entropy,
            "nll_loss": self._nll_loss,
        }  # fmt: skip
        tree = parsed(lines)
        torch.manual_seed(seed)
        _told(lambda: exec(compile(tree, NAME, "exec"), names))
        self.model: nn.Sequential = _part(names, "model", nn.Sequential)
        self.optimiser: torch.optim.Optimizer = _part(names, "optimiser", torch.optim.Optimizer)
        self._functions = {name: _function(names, name) for name in ("order", "batch", "train_step", "accuracy")}
        self._listen()

    def order(self, count: int) -> Tensor:
        """The rows of an epoch, [count]."""
        return self._tensor("order", count)

    def batch(self, x: Tensor, y: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures and labels as the program takes them out of its data."""
        given = _told(lambda: self._functions["batch"](x, y, rows))
        if not (isinstance(given, tuple) and len(given) == 2 and all(isinstance(part, Tensor) for part in given)):
            raise UsageError("batch must return pictures and labels, two tensors")
        return given

    def step(self, x: Tensor, y: Tensor) -> float:
        """One step of training; its loss."""
        loss = float(self._tensor("train_step", x, y).detach())
        self.newest_right = float((self.overheard.raw.argmax(1) == y).float().mean())
        return loss

    def accuracy(self, x: Tensor, y: Tensor) -> float:
        """Share named right, 0 to 1, as the program finds it."""
        return float(self._tensor("accuracy", x, y))

    def answers(self, x: Tensor) -> Tensor:
        """What its net says in eval mode to pictures that are prepared already, [N, classes]."""
        training = self.model.training
        self.model.eval()
        with torch.no_grad():
            said: Tensor = self.model(x)
        self.model.train(training)
        return said

    def swayed_by(self, x: Tensor) -> Tensor:
        """How much each pixel of pictures, as the net is fed them, sways its answer: [N, 1, H, W] → [H, W].

        Simonyan et al. (2014), arXiv:1312.6034: the gradient of the largest score, here its amount's mean.
        """
        training = self.model.training
        self.model.eval()
        pixels = x.detach().clone().requires_grad_(True)
        (gradient,) = torch.autograd.grad(self.model(pixels).amax(1).sum(), pixels)
        self.model.train(training)
        swayed: Tensor = gradient.abs().mean((0, 1))
        return swayed

    @property
    def first(self) -> Tensor:
        """The weights of the first layer."""
        return next(self.model.parameters())

    def _tensor(self, name: str, *given: object) -> Tensor:
        found = _told(lambda: self._functions[name](*given))
        if not isinstance(found, Tensor):
            raise UsageError(f"{name} must return a tensor, not {type(found).__name__}")
        return found

    def _listen(self) -> None:
        def fed(model: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            self.overheard.fed, self.overheard.was_training = inputs[0].detach(), model.training
            self.overheard.live = []

        def raw(_: nn.Module, __: object, output: Tensor) -> None:
            self.overheard.raw = output.detach()

        def live(_: nn.Module, __: object, output: Tensor) -> None:
            if output.ndim == 4:
                self.overheard.live.append(output.detach().amax((0, 2, 3)) > 0)

        self.model.register_forward_pre_hook(fed)
        for layer in self.model:
            if isinstance(layer, nn.Linear):
                layer.register_forward_hook(raw)
            elif isinstance(layer, nn.ReLU):
                layer.register_forward_hook(live)

    def _cross_entropy(self, scores: Tensor, y: Tensor) -> Tensor:
        self.overheard.graded = scores.detach()
        return cross_entropy(scores, y)

    def _nll_loss(self, scores: Tensor, y: Tensor) -> Tensor:
        self.overheard.graded = scores.detach()
        return nll_loss(scores, y)


def _part(names: dict[str, Any], name: str, kind: type) -> Any:
    if not isinstance(names.get(name), kind):
        raise UsageError(f"the program has no {name} any more: {name} must be a {kind.__name__}")
    return names[name]


def _function(names: dict[str, Any], name: str) -> Callable[..., Any]:
    found = names.get(name)
    if not callable(found):
        raise UsageError(f"the program has no function {name} any more")
    return found  # type: ignore[no-any-return]


def _told(work: Callable[[], Any]) -> Any:
    """What the work returns; whatever it raises becomes one line that names the program's line."""
    try:
        return work()
    except UsageError:
        raise
    except Exception as error:  # the learner's own line may raise anything
        trace, number = error.__traceback__, 0
        while trace is not None:
            number = trace.tb_lineno if trace.tb_frame.f_code.co_filename == NAME else number
            trace = trace.tb_next
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UsageError(f"line {number} raises {type(error).__name__}: {said}") from None
