from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _overfit_words as words
from cnntutor.demos.gallery import overfit as module
from cnntutor.demos.gallery._overfit_knobs import REMEDIES, Arm, OverfitKnobs, Remedy
from cnntutor.demos.gallery._overfit_race import Lesson, Look, spread
from cnntutor.demos.gallery.overfit import overfit
from cnntutor.demos.run import RunResult, run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError

SMALL: dict[str, Any] = {"steps": 12, "filters": 4, "pictures": 30}
OTHER_SEED = 1
"""Beside that of the default run."""


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small work is done sooner by one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def default_run() -> RunResult:
    return run_headless("overfit")


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(overfit.frames(OverfitKnobs(**SMALL | values), "cpu", seed))


def lesson(seed: int = 0, **values: Any) -> Lesson:
    torch.manual_seed(seed)
    return Lesson(OverfitKnobs(**SMALL | values), torch.device("cpu"))


def taught(school: Lesson, arm: Arm) -> Look:
    """How a net stands at the end of its training."""
    pupil = school.pupil(arm)
    list(school.teach(pupil))
    return pupil.end


# The claim


def test_the_gap_without_a_remedy_is_wider_than_with_any_of_them_over_the_seeds(default_run: RunResult) -> None:
    runs = [default_run.figures, run_headless("overfit", seed=OTHER_SEED).figures]
    gaps = {arm: [run[f"gap_{words.key(arm)}"] for run in runs] for arm in ("nothing", *REMEDIES)}
    means = {arm: sum(each) / len(each) for arm, each in gaps.items()}
    nothing = means.pop("nothing")
    assert nothing > 0.8
    assert max(means.values()) < 0.7 * nothing
    assert means["more pictures"] < nothing / 3


def test_the_net_without_a_remedy_recites_every_wrong_label(default_run: RunResult) -> None:
    found = default_run.figures
    assert found["recited_nothing"] == 1
    assert found["recited_remedy"] < 0.75
    assert found["train_nothing"] < 0.01
    assert found["held_out_nothing"] > 1.3 * found["lowest_nothing"]


def test_early_stopping_keeps_the_net_of_the_best_look_and_stops_after_its_patience() -> None:
    school = lesson(steps=120, filters=8, patience=18)
    pupil = school.pupil("early stopping")
    assert len(list(school.teach(pupil))) == len(pupil.looks) - 1
    best = min(pupil.looks, key=lambda look: look.choosing)
    assert pupil.best == best
    assert pupil.looks[-1].step == best.step + 18 < 120
    assert school.look(pupil, best.step) == best


# The lesson


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 90), st.integers(1, 300))
def test_as_many_places_are_marked_as_the_share_says_and_a_longer_row_begins_alike(cent: int, count: int) -> None:
    marked = spread(cent / 100, count)
    assert int(marked.sum()) == cent * count // 100
    assert torch.equal(spread(cent / 100, count + 50)[:count], marked)


def test_wrong_labels_are_wrong_and_the_others_true() -> None:
    school = lesson(wrong_labels=0.3)
    assert torch.equal(school.told != school.true, school.is_wrong)
    assert set(school.told.tolist()) == set(range(10))


def test_every_net_starts_with_the_same_weights_and_learns_from_the_same_pictures() -> None:
    school = lesson(more=3)
    nothing, more = (school.pupil(arm) for arm in ("nothing", "more pictures"))
    assert all(map(torch.equal, nothing.net.state_dict().values(), more.net.state_dict().values()))
    assert (len(nothing.told), len(more.told)) == (30, 90)
    assert torch.equal(more.told.x[:30], nothing.told.x)


@pytest.mark.parametrize(
    ("remedy", "values"),
    [("dropout", {"dropout": 0}), ("weight decay", {"weight_decay": 0}), ("more pictures", {"more": 1})],
)
def test_a_remedy_turned_off_changes_nothing(remedy: Remedy, values: dict[str, Any]) -> None:
    school = lesson(**values)
    assert taught(school, "nothing") == taught(school, remedy)


# The run


def test_every_part_of_a_frame_is_in_a_view_and_progress_never_falls(default_run: RunResult) -> None:
    small = frames()
    for frame in (small[0], default_run.last):
        seen = {item for items in frame.views.values() for item in items}
        assert seen == {*frame.images, *frame.charts, *frame.tables}
    assert list(default_run.last.views) == ["gap", "remedies", "wrong labels"]
    assert [frame.progress for frame in small] == sorted(frame.progress or 0 for frame in small)
    assert small[-1].progress == 1


def test_the_tables_have_every_remedy_and_every_wrong_label(default_run: RunResult) -> None:
    tables = default_run.last.tables
    assert [row[0] for row in tables[module.REMEDIES].rows] == ["nothing", *sorted(REMEDIES, key="augmentation".__ne__)]
    answers = tables[module.ANSWERS].rows
    assert len(answers) == 6
    assert all(is_ != told == without for is_, told, without, _ in answers)


def test_without_wrong_labels_there_are_none_to_show() -> None:
    last = frames(wrong_labels=0)[-1]
    assert list(last.views) == ["gap", "remedies"]
    assert "recited_nothing" not in last.figures
    assert "recites" not in last.caption
    assert "none of them named wrong" in words.predict(OverfitKnobs(wrong_labels=0)).ask


@pytest.mark.parametrize("remedy", REMEDIES)
@pytest.mark.parametrize("wrong", [0.0, 0.1])
def test_captions_name_knobs_that_there_are(remedy: Remedy, wrong: float) -> None:
    names = ("nothing", words.key(remedy))
    figures = {f"{what}_{name}": 0.5 for name in names for what in ("gap", "held_out")}
    caption = words.caption(OverfitKnobs(remedy=remedy, wrong_labels=wrong), figures)
    named = caption.split("**Try**")[1].split("`")[1::2]
    assert named
    assert set(named) <= set(OverfitKnobs.model_fields)


@pytest.mark.parametrize("values", [{"remedy": "hope"}, {"dropout": 1}, {"pictures": 5}, {"more": 9}])
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(values))):
        catalogue.parse_knobs(overfit, values)


# Predict first, and the code


@pytest.mark.parametrize(("train", "held_out", "right"), [(0.5, 0.55, 0), (0.0, 0.6, 1), (0.0, 1.1, 2), (2.0, 2.3, 3)])
def test_the_losses_say_which_guess_was_right(train: float, held_out: float, right: int) -> None:
    asked = words.predict(OverfitKnobs())
    figures = {"train_nothing": train, "held_out_nothing": held_out, "lowest_nothing": min(held_out, 0.6)}
    assert asked.judge(Frame(figures=figures)) == right
    assert asked.judge(Frame()) is None


@pytest.mark.parametrize("remedy", REMEDIES)
def test_the_code_that_is_shown_finds_the_same(
    remedy: Remedy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values: dict[str, Any] = {"steps": 7, "remedy": remedy, "wrong_labels": 0.29, "weight_decay": 5}
    code = show_code(overfit, OverfitKnobs(**SMALL | values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    expected = {}
    for arm in ("nothing", remedy):
        end = taught(lesson(seed=3, **values), arm)
        expected |= {f"gap_{words.key(arm)}": end.gap, f"right_{words.key(arm)}": end.right}
    assert printed == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_the_figures_are_those_of_the_nets() -> None:
    figures = frames(seed=3)[-1].figures
    for arm in ("nothing", *REMEDIES):
        assert figures[f"gap_{words.key(arm)}"] == pytest.approx(taught(lesson(seed=3), arm).gap)
