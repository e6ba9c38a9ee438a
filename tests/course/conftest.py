"""A small course that has nothing wrong with it, to be broken one way at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cnntutor.course.cards import Card, Face
from cnntutor.course.check import check
from cnntutor.course.load import load_course
from cnntutor.course.models import Course, Problem, Topic
from cnntutor.course.questions import Question

COURSE = """\
title: A small course
hosts:
  Ada: asks
  Ben: builds
parts:
  - title: Start here
    topics:
      - slug: edges
        demos: [convolve]
"""
SENTENCE = "An edge is a place where neighbouring pixels differ, and a kernel finds it. "
ARTICLE = f"""\
# Edges

{SENTENCE * 10}

## What an edge is {{#what}}

{SENTENCE * 20}

```python
>>> 1 + 1
2
```

## How large the map is {{#shapes}}

{SENTENCE * 20} The size is $H_{{out}}$.

```python
>>> 2 * 3
6
```

## In one breath {{#breath}}

{SENTENCE * 5}
"""
PODCAST = "# Edges\n" + "".join(
    f"\n## Chapter {number}\n\nAda: {SENTENCE * 6}\n\nBen: {SENTENCE * 6}\n" for number in (1, 2, 3)
)
CARDS = """\
## edge
section: what

Q: What is a place called where neighbouring pixels differ?

A: An **edge**.

## kernel
section: what
both: yes
demo: convolve kernel=sobel-x

Q: What slides over a picture?

A: The **weights** of one filter.

Q2: For what purpose are weights moved about?

A2: To look for **one pattern** everywhere.

Why: It finds the same thing in every place.

## sharing
section: what

C: A layer slides {{c1::the same kernel}} over {{c2::every position::where?}}.

## map-size
section: shapes
draw:
  size: 16..64
  kernel: 3, 5, 7
answer: output_size(size, kernel)
demo: convolve kernel_size={kernel}

Q: A {size}×{size} map meets a {kernel}×{kernel} kernel. How wide is the result?

A: **{answer}**

Why: $\\lfloor {size} - {kernel} \\rfloor + 1 = {answer}$

## stride
section: shapes

Q: Which setting of a convolution skips positions?

A: Its **stride**.

## padding
section: shapes

Q: What is put round a picture to keep its size?

A: A rim of **zeros**, the padding.
"""
QUIZ = """\
- id: q-sharing
  kind: single
  skill: sharing
  section: what
  cards: [sharing]
  ask: What does sharing mean?
  choices:
    - right: One kernel for all places.
      why: It slides.
    - wrong: One kernel for all the filters.
      why: Each filter has its own.
- id: q-ideas
  kind: multiple
  skill: ideas
  section: what
  cards: [edge, kernel]
  ask: Which of these are ideas behind a convolution?
  choices:
    - right: Looking locally.
      why: Neighbours belong together.
    - right: Sharing weights.
      why: An edge is an edge anywhere.
    - wrong: Sorting pixels.
      why: That would destroy their neighbourhoods.
- id: q-order
  kind: order
  skill: architecture
  section: what
  cards: [stride]
  ask: Put these in order.
  items:
    - text: convolution
      why: It finds patterns.
    - text: activation
      why: It bends.
    - text: pooling
      why: It forgets.
- id: q-size
  kind: number
  skill: shapes
  section: shapes
  cards: [map-size]
  draw: {size: "20..40", kernel: "3, 5"}
  ask: A picture {size} wide meets a kernel of {kernel}. How wide is the map?
  answer: output_size(size, kernel)
  unit: cells
  why: $ {size} - {kernel} + 1 = {answer}$
  mistakes:
    - value: size - kernel
      why: One short; {size} less {kernel} leaves out the first stop.
- id: q-prints
  kind: prints
  skill: shapes
  section: shapes
  cards: [padding]
  ask: What does this print?
  code: |
    print([1, 2])
  answer: "[1, 2]"
  why: A list shows its brackets.
  mistakes:
    - value: 1, 2
      why: The brackets are printed too.
- id: q-more
  kind: number
  skill: shapes
  section: shapes
  cards: [map-size]
  ask: How many weights has a 3×3 kernel?
  answer: 3 * 3
  tolerance: 0
  why: Three rows of three.
""".replace("why: $ {size}", "why: ${size}")
RESOURCES = "".join(
    f"""\
- title: Paper {number}
  authors: A. Author
  year: 199{number}
  kind: paper
  url: https://doi.org/10.1/{number}
  minutes: 30
  why: It is the first of its kind.
"""
    for number in (1, 2, 3)
)
SUMMARY = SENTENCE * 10


class CourseFolder:
    """The folder of a course with the one topic `edges`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.topic_path = path / "edges"
        self.topic_path.mkdir(parents=True)
        self.write("course.yaml", COURSE)
        self.write("summary.md", SUMMARY)
        self.write("article.md", ARTICLE)
        self.write("podcast.md", PODCAST)
        self.write("cards.md", CARDS)
        self.write("quiz.yaml", QUIZ)
        self.write("resources.yaml", RESOURCES)

    def file(self, name: str) -> Path:
        return (self.path if name == "course.yaml" else self.topic_path) / name

    def write(self, name: str, text: str | bytes) -> None:
        self.file(name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.file(name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} does not stand in {name}"
        self.write(name, text.replace(old, new, 1))

    def load(self) -> Course:
        return load_course(self.path)

    def topic(self) -> Topic:
        return self.load().topic("edges")

    def check(self) -> list[Problem]:
        return check(self.load())

    def cards(self, text: str) -> tuple[Card, ...]:
        """The cards of a cards.md with this text; it must have no problems."""
        self.write("cards.md", text)
        course = self.load()
        assert [p for p in course.problems if p.file.name == "cards.md"] == []
        return course.topic("edges").cards

    def face(self, text: str, seed: int = 0) -> Face:
        return self.cards(text)[0].draw(seed)

    def question(self, text: str) -> Question:
        """The one question of a quiz.yaml with this text; it must have no problems."""
        self.write("quiz.yaml", text)
        course = self.load()
        assert course.problems == ()
        return course.topic("edges").questions[0]


@pytest.fixture
def folder(tmp_path: Path) -> CourseFolder:
    """A course without a single problem."""
    return CourseFolder(tmp_path / "small")


@pytest.fixture
def question(folder: CourseFolder) -> Callable[[str], Question]:
    """A question of the small course by its id."""
    questions = {q.id: q for q in folder.topic().questions}
    return lambda name: questions[name]  # type: ignore[index]
