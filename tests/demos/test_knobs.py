from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from cnntutor.demos.knobs import LIVE, Knob, KnobKind, Knobs, Picture, describe, values_of
from cnntutor.errors import UsageError


class Norm(Enum):
    BATCH = "batch"
    LAYER = "layer"


class AllKnobs(Knobs):
    size: int = Field(3, ge=1, le=11, description="side")
    rate: float = Field(0.1, ge=0, description="speed", json_schema_extra=LIVE)
    bias: bool = Field(True, description="add one")
    mode: Literal["zeros", "reflect"] = Field("zeros", description="border")
    norm: Norm = Field(Norm.BATCH, description="layer")
    note: str = Field("", description="anything")
    image: Picture = Field("chelsea", description="picture")


class NoPicture(Knobs):
    size: int = Field(3, description="side")


def knob(name: str) -> Knob:
    return next(knob for knob in describe(AllKnobs) if knob.name == name)


def test_every_sort_of_field_gets_its_control() -> None:
    kinds = [(knob.name, knob.kind) for knob in describe(AllKnobs)]
    assert kinds == [
        ("size", KnobKind.INT),
        ("rate", KnobKind.FLOAT),
        ("bias", KnobKind.BOOL),
        ("mode", KnobKind.CHOICE),
        ("norm", KnobKind.CHOICE),
        ("note", KnobKind.TEXT),
        ("image", KnobKind.PICTURE),
    ]


def test_a_control_knows_limits_choices_and_default() -> None:
    assert (knob("size").low, knob("size").high, knob("size").default) == (1, 11, 3)
    assert (knob("rate").low, knob("rate").high) == (0, None)
    assert (knob("norm").choices, knob("norm").default) == (("batch", "layer"), "batch")
    assert "chelsea" in knob("image").choices


@pytest.mark.parametrize(
    ("name", "words"),
    [("size", "1–11"), ("rate", "at least 0"), ("bias", "on or off"), ("mode", "zeros or reflect"), ("note", "text")],
)
def test_a_knob_says_what_may_be_set(name: str, words: str) -> None:
    assert knob(name).allowed == words


def test_values_are_plain_data() -> None:
    assert values_of(AllKnobs(norm=Norm.LAYER))["norm"] == "layer"


def test_only_live_knobs_turn_within_a_run() -> None:
    running = AllKnobs()
    assert running.can_become(AllKnobs(rate=0.5))
    assert not running.can_become(AllKnobs(rate=0.5, size=5))
    assert not running.can_become(NoPicture())
    running.take(AllKnobs(rate=0.5, size=5))
    assert (running.rate, running.size) == (0.5, 3)


def test_an_own_picture_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    picture = tmp_path / "cat.png"
    picture.touch()
    assert AllKnobs().with_picture(picture).image == str(picture)


def test_a_picture_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no picture"):
        AllKnobs().with_picture(tmp_path / "cat.png")
    with pytest.raises(UsageError, match=r"There is no picture “dog”.*chelsea"):
        AllKnobs(image="dog")


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links")
@pytest.mark.parametrize("name", ["loop.png", "~nobody-here.png", "x" * 300])
def test_a_path_that_leads_nowhere_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop.png").symlink_to("loop.png")
    with pytest.raises(UsageError, match="picture"):
        AllKnobs().with_picture(Path(name))


def test_a_demo_without_pictures_refuses_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes no picture"):
        NoPicture().with_picture(tmp_path)


def test_a_field_that_no_control_fits_is_the_authors_mistake() -> None:
    class Odd(Knobs):
        sizes: list[int] = Field([], description="several")

    with pytest.raises(TypeError, match="no type for a knob"):
        describe(Odd)
