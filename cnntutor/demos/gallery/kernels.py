"""kernels: filters that people wrote beside filters that training wrote, on the same picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _kernels_look as look
from cnntutor.demos.gallery import _kernels_words as words
from cnntutor.demos.gallery._kernels_knobs import KernelsKnobs
from cnntutor.demos.protocol import Frame, Grid, demo
from cnntutor.vision import checkpoints, colour
from cnntutor.vision.kernels import kernel

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.kernels import Kernel

PACE = 0.25
"""Seconds at each angle of the turning wave."""

MOST_WEIGHTS = 7
"""Taps on a side of a kernel that is still shown number by number."""


def _constants(knobs: KernelsKnobs, seed: int) -> Mapping[str, object]:
    return {
        "KERNEL": kernel(knobs.kernel, knobs.kernel_size, seed=seed),
        "LEARNT_FROM": str(checkpoints.file_of(knobs.learnt_from)),
    }


@demo(
    "kernels",
    topic="conv-layer",
    title="By hand and learnt",
    promise="Blur, edges, waves: put kernels that people wrote beside those that training wrote.",
    constants=_constants,
    predict=words.predict,
)
def kernels(knobs: KernelsKnobs, device: torch.device) -> Iterator[Frame]:
    """Both kernels' answers at once; then a wave turns over the picture, angle by angle."""
    from cnntutor.demos.gallery import _kernels_answers as answers

    run = _Run(knobs, device)
    waves = answers.gabors(knobs.wave_size)
    energies: list[float] = []
    for step, (angle, wave) in enumerate(zip(answers.ANGLES, waves, strict=True)):
        waved, number = answers.answer(run.grey, wave), step % run.filters
        energies.append(float(waved.square().mean()))
        said = words.turning(number + 1, run.like(number), angle)
        progress = len(energies) / (len(waves) + 1)
        yield run.frame(number, wave, waved, energies, run.figures, said, progress)
    best = max(range(len(waves)), key=energies.__getitem__)
    run.figures["best_angle"] = answers.ANGLES[best]
    waved = answers.answer(run.grey, waves[best])
    yield run.frame(run.chosen, waves[best], waved, energies, run.figures, run.caption, 1.0)


class _Run:
    """What stays the same in every frame of a run."""

    def __init__(self, knobs: KernelsKnobs, device: torch.device) -> None:
        import torch

        from cnntutor.demos.gallery import _kernels_answers as answers

        self._knobs, self._learnt = knobs, answers.learnt_of(knobs)
        picture = answers.picture_of(knobs, device)
        self.grey: Tensor = colour.grey_of(picture)
        kernel_ = kernel(knobs.kernel, knobs.kernel_size, seed=torch.initial_seed())
        answer = answers.answer(self.grey, kernel_)
        self._maps = answers.learnt_answers(picture, self._learnt)
        self.chosen, self.filters = self._learnt.chosen, len(self._maps)
        self.figures = _figures(kernel_, self.grey, answer) | {
            "learnt_sum": float(self._learnt.grey[self.chosen].sum()),
            "likeness": self.like(self.chosen)[1],
        }
        self._shown = {"picture": colour.rgb(picture.clamp(0, 1)), knobs.kernel: colour.shade(answer)}
        self._sheets = {
            "by hand, all": look.hand_made_answers(self.grey, knobs.kernel_size),
            "learnt, all": look.learnt_answers(self._maps),
            "kernels by hand": look.by_hand(knobs.kernel_size),
            "kernels learnt": look.weights(self._learnt),
            "all waves": look.gains(kernel_),
        }
        self._curves = look.gain_curves(kernel_)
        self._grids = {"weights": _grid(kernel_)} if len(kernel_) <= MOST_WEIGHTS else {}
        self._tables = {
            "on tiny pictures": look.tiny_table(knobs.kernel_size),
            "learnt filters": look.learnt_table(self._learnt),
        }

    @property
    def caption(self) -> str:
        """Of the last frame."""
        return words.caption(self._knobs, self.chosen + 1, self.like(self.chosen), self.figures)

    def like(self, number: int) -> tuple[str, float]:
        """What a learnt filter, counted from 0, resembles most, and how much."""
        return look.most_like(self._learnt.grey[number])

    def frame(
        self,
        number: int,
        wave: Kernel,
        waved: Tensor,
        energies: list[float],
        figures: Mapping[str, float],
        caption: str,
        progress: float,
    ) -> Frame:
        """One moment: this learnt filter, this wave and the answers to them."""
        import torch

        shown = self._shown | {"learnt": colour.signed(self._maps[number])}
        turning = {"wave": colour.signed(torch.from_numpy(wave)), "its answer": colour.signed(waved)}
        energy = look.energy_curve(energies)
        views = {
            "picture": tuple(shown),
            "all": ("by hand, all", "learnt, all"),
            "weights": (*self._grids, "kernels by hand", "kernels learnt"),
            "gains": ("all waves", "gain"),
            "wave": (*turning, *{curve.chart: None for curve in energy.values()}),
            "tiny": ("on tiny pictures",),
            "alike": ("learnt filters",),
        }
        return Frame(
            {**shown, **self._sheets, **turning},
            {**self._curves, **energy},
            self._grids,
            self._tables,
            views,
            dict(figures),
            caption,
            words.formulas(self._knobs, figures),
            progress=progress,
            hold=PACE if progress < 1 else 0.0,
            choices={"learnt_from": checkpoints.names()},
        )


def _figures(kernel_: Kernel, grey: Tensor, answer: Tensor) -> dict[str, float]:
    from cnntutor.demos.gallery._kernels_answers import to_tiny_pictures

    return {
        **to_tiny_pictures(kernel_),
        "min": float(answer.min()),
        "max": float(answer.max()),
        "mean": float(answer.mean()),
        "picture_mean": float(grey.mean()),
    }


def _grid(kernel_: Kernel) -> Grid:
    whole = bool((kernel_ == kernel_.round()).all())
    rows = [[int(cell) if whole else float(cell) for cell in row] for row in kernel_.tolist()]
    return Grid(tuple(map(tuple, rows)))
