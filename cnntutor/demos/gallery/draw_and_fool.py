"""draw-and-fool: a digit of the learner's own hand; what the net makes of it, where it hurts, and how to fool it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _draw_and_fool_words as words
from cnntutor.demos.gallery._draw_and_fool_knobs import DIGITS, DrawAndFoolKnobs
from cnntutor.demos.protocol import Frame, Table, demo
from cnntutor.vision import attacks, colour, nets
from cnntutor.vision.strokes import counted

if TYPE_CHECKING:
    import torch
    from torch import Tensor

LEVELS = 32
"""Steps of epsilon from 0 to 1 at which the attack is tried."""

BAR = 8
MOST_MOVED = 5


def _constants(knobs: DrawAndFoolKnobs, seed: int) -> Mapping[str, object]:
    del seed
    return {"PICTURE": counted(knobs.bitmap)}


@demo(
    "draw-and-fool",
    topic="limits",
    title="Draw a digit, fool the net",
    promise="Draw with mouse or keys while the ten scores move. Then cover it, and find the least change that fools.",
    constants=_constants,
    predict=words.predict,
)
def draw_and_fool(knobs: DrawAndFoolKnobs, device: torch.device) -> Iterator[Frame]:
    """The scores at once; then what covering does; last the least change that fools."""
    seen = _Seen.of(knobs, device)
    yield _frame(knobs, seen, None, None, words.scores(knobs, seen.best, seen.chance), 0.3)
    covered = seen.covered(knobs.cover)
    yield _frame(knobs, seen, covered, None, "Cover it, patch by patch: where does the answer lose most?", 0.6)
    aim = seen.aimed_at(knobs.target)
    fooled = seen.fooled(aim, knobs.steps)
    caption = words.caption(knobs, seen.best, seen.chance, aim, None if fooled is None else fooled.epsilon)
    yield _frame(knobs, seen, covered, fooled, caption, 1.0)


@dataclass(frozen=True, slots=True)
class _Fooled:
    epsilon: float
    picture: Tensor
    """[1, 1, 8, 8]"""
    scores: Tensor


@dataclass(frozen=True, slots=True)
class _Seen:
    """A picture before the net."""

    net: attacks.Scores
    x: Tensor
    """[1, 1, 8, 8], from 0 (paper) to 1 (ink)."""
    found: Tensor
    """The scores, [10]."""

    @classmethod
    def of(cls, knobs: DrawAndFoolKnobs, device: torch.device) -> _Seen:
        """Show the drawing to the digits net."""
        import torch

        net = nets.open_net("digits")
        module = net.module.to(device).requires_grad_(False)
        mean, std = net.mean[0], net.std[0]

        def scores(x: Tensor) -> Tensor:
            answers: Tensor = module((x - mean) / std)
            return answers

        x = torch.from_numpy(counted(knobs.bitmap))[None, None].to(device)
        return cls(scores, x, scores(x)[0])

    @property
    def best(self) -> int:
        """The digit that it is taken for."""
        return int(self.found.argmax())

    @property
    def runner_up(self) -> int:
        """The likeliest of the others."""
        return int(self.found.argsort(descending=True)[1])

    def aimed_at(self, target: str) -> int:
        """The digit that it is to be taken for: the runner-up where none is given, or the one that it is taken for."""
        return self.runner_up if target in ("", str(self.best)) else int(target)

    @property
    def chance(self) -> float:
        """Probability of the digit that it is taken for."""
        return float(self.found.softmax(0).max())

    def covered(self, size: int) -> Tensor:
        """Fall of the answer's probability if a patch is made paper, by its top left cell: [9 − size, 9 − size]."""
        side = self.x.shape[-1] - size + 1
        pictures = self.x.repeat(side * side, 1, 1, 1)
        for place in range(side * side):
            top, left = divmod(place, side)
            pictures[place, :, top : top + size, left : left + size] = 0
        falls = self.chance - self.net(pictures).softmax(1)[:, self.best]
        return falls.reshape(side, side).cpu()

    def fooled(self, aim: int, steps: int) -> _Fooled | None:
        """The least epsilon at which it is taken for another digit, and the picture; None if none is large enough."""
        goal = self.found.new_tensor([aim]).long()

        def attacked(epsilon: float) -> Tensor:
            return attacks.pgd(self.net, self.x, goal, epsilon, steps, towards=True)

        epsilon = attacks.least_epsilon(lambda level: int(self.net(attacked(level)).argmax()) == aim, 1.0, LEVELS)
        if epsilon is None:
            return None
        picture = attacked(epsilon)
        return _Fooled(epsilon, picture, self.net(picture)[0])


def _frame(
    knobs: DrawAndFoolKnobs, seen: _Seen, covered: Tensor | None, fooled: _Fooled | None, caption: str, progress: float
) -> Frame:
    images = {"the drawing": colour.rgb(_paper(knobs)), "the net sees": _inked(seen.x)}
    tables = {"answers": _answers(seen.found)}
    views: dict[str, tuple[str, ...]] = {
        "scores": ("the net sees", "answers"),
        "ink": ("the drawing", "the net sees"),
    }
    if covered is not None:
        images["where it hurts"] = colour.signed(covered)
        views["cover"] = ("the net sees", "where it hurts")
    if fooled is not None:
        images |= {"change": colour.signed((fooled.picture - seen.x)[0, 0].cpu()), "fooled": _inked(fooled.picture)}
        tables["answers then"] = _moved(seen.found, fooled.scores)
        views["fool"] = ("change", "fooled", "answers then")
    return Frame(
        images,
        tables=tables,
        views={knobs.show: views[knobs.show], **views} if knobs.show in views else views,
        figures=_figures(seen, covered, fooled),
        formulas=words.formulas(seen.found, seen.best, seen.chance),
        caption=caption,
        progress=progress,
        choices={"target": ("", *DIGITS)},
    )


def _paper(knobs: DrawAndFoolKnobs) -> Tensor:
    import torch

    return torch.from_numpy(knobs.bitmap).float()[None]


def _inked(x: Tensor) -> colour.Pixels:
    return colour.rgb(x[0].cpu())


def _answers(scores: Tensor) -> Table:
    """A row for each digit, in their own order, so that one sees them move."""
    chances = scores.softmax(0)
    rows = (
        (digit, round(float(score), 1), round(100 * float(chance), 1), "█" * round(BAR * float(chance)))
        for digit, score, chance in zip(DIGITS, scores, chances, strict=True)
    )
    return Table(("", "score", "%", " "), tuple(rows))


def _moved(before: Tensor, after: Tensor) -> Table:
    """The likeliest after the attack, and how likely they were: few enough to fit beside two pictures."""
    was, now = (scores.softmax(0).cpu() for scores in (before, after))
    likeliest = now.argsort(descending=True)[:MOST_MOVED].tolist()
    rows = ((DIGITS[digit], *(round(100 * float(share[digit]), 1) for share in (was, now))) for digit in likeliest)
    return Table(("", "before %", "then %"), tuple(rows))


def _figures(seen: _Seen, covered: Tensor | None, fooled: _Fooled | None) -> Mapping[str, float]:
    figures: dict[str, float] = {
        "digit": seen.best,
        "chance": seen.chance,
        "margin": float(seen.found[seen.best] - seen.found[seen.runner_up]),
    }
    if covered is not None:
        figures["worst_cover"] = float(covered.max())
    if fooled is not None:
        figures |= {"least_change": fooled.epsilon, "taken_for": int(fooled.scores.argmax())}
    return figures
