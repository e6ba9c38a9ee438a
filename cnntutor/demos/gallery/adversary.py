"""adversary: change every pixel a little, all against the net at once, and see what it says then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _adversary_words as words
from cnntutor.demos.gallery._adversary_knobs import CLASSES, GREYS, SIDE, AdversaryKnobs
from cnntutor.demos.protocol import Curve, Frame, Table, demo
from cnntutor.vision import attacks, colour, data, nets, texture_patches

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.data_set import Part

EPSILONS = (0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 16.0)
"""Grey levels at which the accuracy is measured, besides the chosen one."""

KINDS = ("noise", "fgsm", "pgd")
ACCURACY, LOSS = "right of 100", "loss"
BAR = 10


@demo(
    "adversary",
    topic="limits",
    title="Fool a net",
    promise="Change each pixel so little that you cannot see it, and the net loses its mind. Then try plain noise.",
    predict=words.predict,
)
def adversary(knobs: AdversaryKnobs, device: torch.device) -> Iterator[Frame]:
    """One picture at once; then the accuracy at one epsilon after the other."""
    run = _run(knobs, device)
    grid = sorted({*EPSILONS, knobs.epsilon})
    yield run.frame(words.opening(knobs), 0.0)
    for number, epsilon in enumerate(grid, start=1):
        run.measure(epsilon)
        yield run.frame(words.measuring(epsilon), number / (len(grid) + 1))
    yield run.frame(words.caption(knobs, run.figures()), 1.0)


def _run(knobs: AdversaryKnobs, device: torch.device) -> _Run:
    import torch

    net = nets.open_net(knobs.net, weights=True, side=0, seed=0)
    module = net.module.to(device).requires_grad_(False)

    def scores(x: Tensor) -> Tensor:
        mean, std = (x.new_tensor(values)[:, None, None] for values in (net.mean, net.std))
        found: Tensor = module((x - mean) / std)
        return found

    part = _pictures(knobs)
    return _Run(knobs, scores, part.x.to(device), part.y.to(device), torch.initial_seed())


def _pictures(knobs: AdversaryKnobs) -> Part:
    """As many as are judged, and at least up to the one that is looked at."""
    if knobs.net == "digits":
        return data.load("digits").held_out
    return texture_patches.pieces("held-out", max(knobs.pictures, knobs.number + 1), SIDE)


@dataclass
class _Run:
    """A net, its pictures, and what has been measured."""

    knobs: AdversaryKnobs
    scores: attacks.Scores
    x: Tensor
    y: Tensor
    seed: int
    accuracies: dict[str, dict[float, float]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    """By kind of change, then by epsilon in grey levels."""

    def __post_init__(self) -> None:
        """Attack the picture that is looked at."""
        one, label = self.x[self.knobs.number][None], self.y[self.knobs.number][None]
        towards = bool(self.knobs.target)
        aim = label.new_tensor([CLASSES[self.knobs.net].index(self.knobs.target)]) if towards else label
        steps = 1 if self.knobs.method == "fgsm" else self.knobs.steps
        way = list(attacks.walk(self.scores, one, aim, self.knobs.level, steps, towards=towards))
        self.truth = CLASSES[self.knobs.net][int(label)]
        self.before, self.after = one[0].cpu(), way[-1][0].cpu()
        self.chances = [self.scores(picture)[0].softmax(0).cpu() for picture in way]
        self.random = self.scores(attacks.noisy(one, self.knobs.level, self.seed))[0].softmax(0).cpu()

    def measure(self, epsilon: float) -> None:
        """How many of the pictures are still named right at an epsilon, in grey levels."""
        x, y = self.x[: self.knobs.pictures], self.y[: self.knobs.pictures]
        level = epsilon / GREYS
        changed = {
            "noise": attacks.noisy(x, level, self.seed),
            "fgsm": attacks.fgsm(self.scores, x, y, level),
            "pgd": attacks.pgd(self.scores, x, y, level, self.knobs.steps),
        }
        for kind, pictures in changed.items():
            self.accuracies[kind][epsilon] = float((self.scores(pictures).argmax(1) == y).float().mean())

    def frame(self, caption: str, progress: float) -> Frame:
        """All that is known so far."""
        images, curves = self._images(), self._curves()
        views = {"picture": tuple(images), "answers": ("answers",)}
        if curves:
            views |= {"accuracy": (ACCURACY,)}
        if len(self.chances) > 2:
            curves |= {"of its own class": self._walk()}
            views |= {"walk": ("% by step",)}
        first = self.knobs.show
        return Frame(
            images,
            curves=curves,
            tables={"answers": self._answers()},
            views={first: views[first], **views} if first in views else views,
            figures=self.figures(),
            formulas=words.formulas(self.knobs, self.truth),
            caption=caption,
            progress=progress,
            choices={"target": ("", *CLASSES[self.knobs.net])},
        )

    def figures(self) -> dict[str, float]:
        """Of the picture that is looked at, and of all once they are measured."""
        before, after = self.chances[0], self.chances[-1]
        figures = {
            "epsilon": self.knobs.epsilon,
            "largest_change": float((self.after - self.before).abs().max()) * GREYS,
            "chance_before": float(before.max()),
            "chance_after": float(after.max()),
            "flipped": int(before.argmax() != after.argmax()),
            "noise_flipped": int(before.argmax() != self.random.argmax()),
        }
        if self.knobs.epsilon in self.accuracies["pgd"]:
            figures |= {"accuracy": self.accuracies["fgsm"][0.0]}
            figures |= {f"{kind}_accuracy": self.accuracies[kind][self.knobs.epsilon] for kind in KINDS}
        return figures

    def _images(self) -> dict[str, colour.Pixels]:
        change = self.after - self.before
        strongest = colour.rgb((0.5 + change / (2 * self.knobs.level)).clamp(0, 1))
        magnified = f"change ×{round(1 / (2 * self.knobs.level))}"
        return {"before": colour.rgb(self.before), magnified: strongest, "after": colour.rgb(self.after)}

    def _answers(self) -> Table:
        rows = []
        columns = (self.chances[0], self.random, self.chances[-1])
        for index in self.chances[-1].argsort(descending=True).tolist()[:8]:
            shares = [round(100 * float(chances[index]), 1) for chances in columns]
            rows.append((CLASSES[self.knobs.net][index], *shares, "█" * round(BAR * shares[-1] / 100)))
        return Table(("class", "before %", "noise %", "after %", ""), tuple(rows))

    def _curves(self) -> dict[str, Curve]:
        names = {"noise": "plain noise", "fgsm": "FGSM", "pgd": f"PGD, {self.knobs.steps} steps"}
        return {
            names[kind]: Curve(
                tuple(found), tuple(100 * share for share in found.values()), ACCURACY, "grey levels of 255"
            )
            for kind, found in self.accuracies.items()
            if found
        }

    def _walk(self) -> Curve:
        own = CLASSES[self.knobs.net].index(self.truth)
        shares = tuple(100 * float(chances[own]) for chances in self.chances)
        return Curve(tuple(map(float, range(len(shares)))), shares, "% by step", "step")
