"""What a demo is: a plain generator, knobs in and frames out, with a name and a topic. No torch, no screen.

    @demo("convolve", topic="parameter-sharing", title="Slide a kernel", promise="See what nine numbers do.")
    def convolve(knobs: ConvolveKnobs, device: torch.device) -> Iterator[Frame]: ...

torch is imported inside the function. Its generators are seeded before the first frame, so a demo draws with
plain `torch.randn`, and `torch.initial_seed()` is the run's seed. A `UsageError` that a demo raises is shown
as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cnntutor.demos.frame import Cell, Curve, Frame, Grid, Table
from cnntutor.demos.knobs import LIVE, Knob, KnobKind, Knobs, Picture, describe, drawing, in_group, matrix, net, program
from cnntutor.demos.prediction import Prediction, predict_number

if TYPE_CHECKING:
    import torch

__all__ = [
    "LIVE",
    "Cell",
    "Curve",
    "Demo",
    "Frame",
    "Grade",
    "Grid",
    "Knob",
    "KnobKind",
    "Knobs",
    "Picture",
    "Prediction",
    "Table",
    "demo",
    "drawing",
    "in_group",
    "matrix",
    "net",
    "predict_number",
    "program",
]

K = TypeVar("K", bound=Knobs)
Generator = Callable[[K, "torch.device"], Iterator[Frame]]
Constants = Callable[[K, int], Mapping[str, object]]
Predict = Callable[[K], "Prediction | None"]


@dataclass(frozen=True, slots=True)
class Grade:
    """What a finished run says of a note of the course: whether the learner knows it."""

    note: str
    right: bool
    about: str
    """What was graded, e.g. `patient 14`; only the first grade about it counts."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo as the rest of the program knows it."""

    name: str
    """As on the command line, e.g. `grad-cam`."""
    topic: str
    """Slug of the topic whose claim it shows."""
    title: str
    promise: str
    """What the learner will see, in one line."""
    knobs: type[Knobs]
    generator: Callable[[Any, torch.device], Iterator[Frame]]
    constants: Callable[[Any, int], Mapping[str, object]] | None = None
    """(knobs, seed) → constants of the demo's script beyond its knobs, e.g. `{"KERNEL": [[…]]}`."""
    predict: Callable[[Any], Prediction | None] | None = None
    """knobs → the question to lock an answer to before the run; None where these knobs leave nothing to guess."""
    keep: Callable[[str], str] | None = None
    """name → keeps for good, under this name, what the last run made (a trained net, say), and says so in one line.
    Needs no torch. Raises a `UsageError` if there is nothing to keep or the name cannot be used."""
    grade: Callable[[Any, Frame], Grade | None] | None = None
    """(knobs, last frame) → what the run says of a note; None where it says nothing. A demo that grades comes with the
    numbers of the card that needs it most."""
    also: tuple[str, ...] = ()
    """Slugs of further topics whose claim it shows."""

    @property
    def controls(self) -> tuple[Knob, ...]:
        """The knobs as controls need them."""
        return describe(self.knobs)

    def frames(self, knobs: Knobs, device: str = "auto", seed: int = 0) -> Iterator[Frame]:
        """Run the demo in this process.

        Args:
            knobs: of this demo; its live knobs may be turned between two frames.
            device: auto, cpu, cuda or mps.
            seed: seeds torch's and Python's generators.

        Raises:
            UsageError: the device is not there.
        """
        import random

        import torch

        from cnntutor.vision.device import choose

        chosen = choose(device)
        random.seed(seed)
        torch.manual_seed(seed)
        with _a_core_left_over():
            yield from self.generator(knobs, chosen)


@contextmanager
def _a_core_left_over() -> Iterator[None]:
    """Let torch take every core but one: its threads wait for the slowest among them, and the screen needs one too.

    On two busy cores a training step was seen to take a hundred times longer with two threads than with one.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(max(1, threads - 1))
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def demo(
    name: str,
    *,
    topic: str,
    title: str,
    promise: str,
    constants: Constants[K] | None = None,
    predict: Predict[K] | None = None,
    keep: Callable[[str], str] | None = None,
    grade: Callable[[K, Frame], Grade | None] | None = None,
    also: tuple[str, ...] = (),
) -> Callable[[Generator[K]], Demo]:
    """Make a generator a demo; its knobs are the type that its first parameter is annotated with.

    Args:
        name: lower case with dashes; the file is called the same, with underscores.
        topic: slug of the topic it belongs to.
        title: what it is, in a few words.
        promise: what the learner will see, in one line.
        constants: (knobs, seed) → constants of its script that are no knobs.
        predict: knobs → a question to answer before the run.
        keep: name → keeps what the last run made.
        grade: (knobs, last frame) → what the run says of a note.
        also: slugs of further topics whose claim it shows.
    """

    def register(generator: Generator[K]) -> Demo:
        return Demo(name, topic, title, promise, _knobs_of(generator), generator, constants, predict, keep, grade, also)

    return register


def _knobs_of(generator: Callable[..., object]) -> type[Knobs]:
    # typing.get_type_hints would also want torch.device, which is not imported when a demo is listed.
    annotation = generator.__annotations__.get("knobs")
    found = generator.__globals__.get(annotation) if isinstance(annotation, str) else annotation
    if not (isinstance(found, type) and issubclass(found, Knobs)):
        raise TypeError(f"{generator.__name__}: annotate `knobs` with the demo's own subclass of Knobs")
    return found
