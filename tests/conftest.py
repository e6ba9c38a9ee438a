"""A small world for every test: a home of its own, a course of three topics, a clock that stands still."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cnntutor.course.load import load_course
from cnntutor.memory.models import CardSlot
from cnntutor.memory.store import Store
from cnntutor.services import Services

os.environ.setdefault("OMP_NUM_THREADS", "1")
"""Set before anything imports torch: the suite runs on every core already, and threads would wait for each other."""

gc.set_threshold(20_000, 10, 10)
"""With the heap that torch and the apps leave, Python's own 700 spent a quarter of a screen test on collecting it."""

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
"""A Tuesday."""

COURSE = """\
title: A small course
hosts: {Ada: asks, Ben: builds}
parts:
  - title: Start here
    topics:
      - {slug: edges, demos: [convolve]}
      - {slug: pooling, needs: [edges], demos: [convolve]}
  - title: Later
    topics:
      - {slug: attention, needs: [pooling], demos: [convolve]}
"""

ARTICLE = """\
# {title}

An opening line about {slug}.

## What it is {{#what}}

The **first** section says what {slug} is, with a formula $H_{{out}} = \\lfloor H / s \\rfloor$ in it.

```python
>>> 1 + 1
2
```

## What it costs {{#cost}}

The second section counts. See [the paper](https://arxiv.org/abs/1603.07285).
"""

PODCAST = """\
# {title}

## The puzzle

Ada: What is {slug}? I have always wondered.

Ben: It is a small thing that goes a long way.{marks}

## The answer

Ada: I see.

Ben: Good. Think about it tonight.
"""

MARKS = {"edges": " {card: edges-name} {demo: convolve side=20 kernel_size=5 padding=0}"}
"""Behind a sentence of one topic: the card that keeps it, and a cue for the demo."""

CARDS = """\
## {slug}-name
section: what

Q: What is the small block of weights called in {slug}?

A: The **kernel**.

Why: It has always been called so.

Hint: It begins with a k.

## {slug}-gaps
section: what

C: In {slug}, {{{{c1::the same kernel}}}} visits {{{{c2::every position::where?}}}}.

## {slug}-size
section: cost
draw:
  size: 16..32
  kernel: 3, 5
answer: output_size(size, kernel)
demo: convolve side={{size}} kernel_size={{kernel}} padding=0

Q: How wide is the output of a {{kernel}}-wide kernel on {{size}} pixels in {slug}?

A: **{{answer}}**
"""

QUIZ = """\
- id: {slug}-q-one
  kind: single
  skill: names
  section: what
  cards: [{slug}-name]
  ask: Which word names the block of weights?
  choices:
    - right: kernel
      why: That is its name.
    - wrong: pixel
      why: A pixel is what it reads.
    - wrong: stride
      why: The stride is how far it moves.
- id: {slug}-q-number
  kind: number
  skill: arithmetic
  section: cost
  cards: [{slug}-size]
  draw: {{size: "16, 32", kernel: "3, 5"}}
  ask: How wide is the output for {{size}} pixels and a kernel of {{kernel}}?
  answer: output_size(size, kernel)
  tolerance: 0
  unit: pixels
  why: Subtract and add one.
  mistakes:
    - value: size - kernel
      why: That forgets the one at the end.
"""

RESOURCES = """\
- title: A guide to convolution arithmetic for deep learning
  authors: V. Dumoulin, F. Visin
  year: 2016
  kind: paper
  url: https://arxiv.org/abs/1603.07285
  minutes: 40
  why: The figures everyone draws from.
"""

TITLES = {"edges": "Edges", "pooling": "Pooling", "attention": "Attention and gating"}


def write_course(folder: Path) -> Path:
    """The small course as files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "course.yaml").write_text(COURSE)
    for slug, title in TITLES.items():
        topic = folder / slug
        topic.mkdir(exist_ok=True)
        (topic / "summary.md").write_text(f"**{title}** in a few words.\n\nAnd a second paragraph about {slug}.\n")
        for name, text in (
            ("article.md", ARTICLE),
            ("podcast.md", PODCAST),
            ("cards.md", CARDS),
            ("quiz.yaml", QUIZ),
            ("resources.yaml", RESOURCES),
        ):
            (topic / name).write_text(text.format(slug=slug, title=title, marks=MARKS.get(slug, "")))
    return folder


class StandingClock:
    """A clock that moves when a test says so."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(autouse=True)
def torch_as_it_was_found() -> Iterator[None]:
    """A mode that a test leaves on would break tests that come long after it; so it breaks its own."""
    yield
    if (torch := sys.modules.get("torch")) is None:
        return
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a content folder of one's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CNNTUTOR_HOME", str(folder))
    monkeypatch.setenv("CNNTUTOR_CONTENT", str(write_course(tmp_path / "content" / "small").parent))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    return folder


@pytest.fixture
def services(home: Path, tmp_path: Path, clock: StandingClock) -> Iterator[Services]:
    """The small course and an empty memory, at noon."""
    course = load_course(tmp_path / "content" / "small")
    with Store.open(home / "memory.sqlite3", clock=clock, tz=UTC, course=course.slug) as store:
        store.enrol([CardSlot(c.id, c.note, t.slug) for t in course.topics() for c in t.cards])
        yield Services(course, store)
