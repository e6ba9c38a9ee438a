"""The log of your-memory: the learner's own, read from her database, or one that is made up here. No torch on top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery._your_memory_knobs import YourMemoryKnobs
from cnntutor.errors import CnntutorError
from cnntutor.memory.forgetting import DECAY
from cnntutor.wording import plural

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.memory.observations import Observation

ENOUGH = 60
"""Answers below which two parameters would fit chance."""

MOST = 20_000
"""The newest so many are taken."""

LONGEST_STABILITY = 60.0
LONGEST = 730
LATE, SPREAD = 3.0, 2.5
"""In doublings of the stability: how late the made-up learner answers on average, and how unevenly."""


@dataclass(frozen=True, slots=True)
class Log:
    """Answers, oldest first."""

    ratio: Tensor
    """Days since the answer before, divided by the stability; float64 [N]."""
    recalled: Tensor
    """0 or 1, float64 [N]."""
    own: bool
    """Whether they are the learner's."""
    why: str = ""
    """Where her own were wanted and made-up ones came: why."""

    @property
    def tag(self) -> str:
        """What every title says of it."""
        return "yours" if self.own else "made up"

    def __len__(self) -> int:
        """How many answers there are."""
        return len(self.ratio)


def course() -> str:
    """The slug of the course whose log it is."""
    from cnntutor.course.find import find_course

    return find_course(paths.content_dir()).resolve().name


def own_answers() -> tuple[list[Observation], str]:
    """The learner's own answers, and in words why they cannot be fitted; empty where they can."""
    from cnntutor.memory.observations import observations

    try:
        found = observations(paths.database_path(), course=course())
    except CnntutorError as error:
        return [], str(error)
    if len(found) < ENOUGH:
        count = plural(len(found), "answer")
        return [], f"Your log has {count} given a day or more after the one before; a fit needs {ENOUGH}."
    return found[-MOST:], ""


def log_of(knobs: YourMemoryKnobs, seed: int) -> Log:
    """The log that is to be fitted."""
    import torch

    found, why = own_answers() if knobs.log == "own" else ([], "")
    if not found:
        return made_up(knobs, seed, why)
    ratio = torch.tensor([each.days / each.stability for each in found], dtype=torch.float64)
    recalled = torch.tensor([each.recalled for each in found], dtype=torch.float64)
    return Log(ratio, recalled, own=True)


def made_up(knobs: YourMemoryKnobs, seed: int, why: str = "") -> Log:
    """The log of a learner who forgets by a power law with the true decay and scale, and is often late."""
    import torch

    from cnntutor.vision.recall import recall

    draw = torch.Generator().manual_seed(seed)
    shares = torch.rand(2, knobs.answers, generator=draw, dtype=torch.float64)
    late = LATE + SPREAD * torch.randn(knobs.answers, generator=draw, dtype=torch.float64)
    stability = LONGEST_STABILITY ** shares[0]
    days = (stability * 2**late).round().clamp(1, LONGEST)
    true = torch.tensor([knobs.true_decay, knobs.true_scale], dtype=torch.float64).log()
    recalled = (shares[1] < recall("power", days / stability, true)).double()
    return Log(days / stability, recalled, own=False, why=why)


START = (math.log(DECAY), 0.0)
"""ln decay and ln scale where the descent begins: FSRS-6 as it comes."""
