from __future__ import annotations

import re
import runpy
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import torch

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _your_memory_words as words
from cnntutor.demos.gallery._your_memory_fit import LOWEST, fitted, split, surface
from cnntutor.demos.gallery._your_memory_knobs import YourMemoryKnobs
from cnntutor.demos.gallery._your_memory_log import ENOUGH, course, log_of, made_up
from cnntutor.demos.gallery.your_memory import your_memory
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, fill, script_of, show_code
from cnntutor.errors import UsageError
from cnntutor.memory.models import CardSlot, Rating
from cnntutor.memory.observations import observations
from cnntutor.memory.store import Store
from cnntutor.vision.recall import log_loss, recall

SMALL = {"log": "made-up", "answers": 400, "steps": 20}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNTUTOR_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def default() -> Frame:
    torch.set_num_threads(1)
    return last(log="made-up")


def last(**values: Any) -> Frame:
    return run_headless("your-memory", values, device="cpu").last


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long")
    fill_log(folder, ENOUGH)
    return folder / "memory.sqlite3"


@pytest.fixture
def own(home: Path, long_log: Path) -> Path:
    """A database that is long enough."""
    return Path(shutil.copy(long_log, home / "memory.sqlite3"))


def fill_log(folder: Path, answers: int) -> None:
    """A learner's real database with so many answers that count."""
    with Store.open(folder / "memory.sqlite3", course=course(), tz=UTC) as store:
        cards = [f"card-{number}" for number in range(10)]
        store.enrol([CardSlot(card, card, "topic") for card in cards])
        at = datetime(2026, 1, 5, 12, tzinfo=UTC)
        for number in range(answers + len(cards)):
            at += timedelta(hours=12)
            rating = Rating.AGAIN if number % 7 == 3 else Rating.GOOD
            store.answer(cards[number % len(cards)], rating, at)


# The claim


@pytest.mark.parametrize(("decay", "scale"), [(0.3, 1.5), (0.7, 4.0)])
def test_the_fit_finds_the_true_decay_and_scale(decay: float, scale: float) -> None:
    log = made_up(YourMemoryKnobs(log="made-up", answers=20_000, true_decay=decay, true_scale=scale), seed=0)
    found = fitted("power", log).exp().tolist()
    assert found[0] == pytest.approx(decay, rel=0.15)
    assert found[1] == pytest.approx(scale, rel=0.1)


def test_on_answers_held_out_the_fit_beats_the_exponential_and_that_beats_the_average(default: Frame) -> None:
    figures = default.figures
    assert figures["loss_power"] < figures["loss_exponential"] - 0.005
    assert figures["loss_exponential"] < figures["loss_average"] - 0.05
    assert figures["loss_held_out"] < figures["loss_fsrs"] - 0.02
    question = your_memory.predict(YourMemoryKnobs()) if your_memory.predict else None
    assert question is not None
    assert question.judge(default) == 0


@pytest.mark.parametrize("rule", ["optimiser=momentum learning_rate=5", "optimiser=adam learning_rate=0.05"])
def test_every_optimiser_ends_in_the_same_place(default: Frame, rule: str) -> None:
    values = dict(setting.split("=") for setting in rule.split())
    figures = last(log="made-up", steps=80, **values).figures
    assert figures["loss"] == pytest.approx(default.figures["loss"], abs=1e-4)


def test_a_rate_that_is_too_large_throws_it_out_but_not_off_the_map() -> None:
    figures = last(**SMALL, learning_rate=100).figures
    assert figures["loss"] > figures["loss_start"]
    assert figures["decay"] >= 0.05 - 1e-9


def test_the_learning_rate_is_live() -> None:
    knobs = YourMemoryKnobs.model_validate(SMALL)
    frames = your_memory.frames(knobs, "cpu", 0)
    next(frames)
    knobs.learning_rate = 0.5
    *_, frame = frames
    rates = frame.curves["learning rate"].y
    assert (rates[0], rates[-1]) == (10, 0.5)


def test_the_surface_is_the_loss(home: Path) -> None:
    log = made_up(YourMemoryKnobs(log="made-up", answers=100), seed=0)  # as many groups as answers
    corner = surface("power", log, 4, 5)[-1, 0]
    logs = torch.tensor(LOWEST, dtype=torch.float64)
    torch.testing.assert_close(corner, log_loss(recall("power", log.ratio, logs), log.recalled))


def test_the_newest_answers_are_held_out() -> None:
    log = made_up(YourMemoryKnobs(answers=100), seed=0)
    train, held = split(log, 0.2)
    assert (len(train), len(held)) == (80, 20)
    assert torch.equal(torch.cat([train.ratio, held.ratio]), log.ratio)


# Whose log it is


def test_a_log_that_is_long_enough_is_fitted_answer_by_answer(own: Path) -> None:
    found = observations(own, course=course())
    log = log_of(YourMemoryKnobs(), seed=0)
    assert log.own
    assert log.ratio.tolist() == [each.days / each.stability for each in found]
    assert log.recalled.tolist() == [each.recalled for each in found]
    frame = last(steps=10)
    assert frame.figures["own"] == 1
    assert "your own" in frame.caption
    assert all("yours" in title for titles in frame.views.values() for title in titles)
    assert "true_decay" not in frame.figures


def too_few(home: Path) -> None:
    fill_log(home, 5)


def nothing(home: Path) -> None:
    pass


def damaged(home: Path) -> None:
    (home / "memory.sqlite3").write_bytes(b"no database" * 200)


@pytest.mark.parametrize(
    ("state", "why"), [(nothing, "0 answers"), (too_few, "5 answers"), (damaged, "cannot be read")]
)
def test_without_a_log_everything_says_that_the_learner_is_made_up(home: Path, state: Any, why: str) -> None:
    state(home)
    frame = last(answers=100, steps=10)
    assert frame.figures["own"] == 0
    assert "made-up learner, not you" in frame.caption
    assert why in frame.caption
    assert all("made up" in title for titles in frame.views.values() for title in titles)


def test_made_up_is_made_up_whatever_log_there_is(own: Path) -> None:
    assert last(**SMALL).figures["own"] == 0


# Frames and script


def test_every_view_comes_first_where_it_is_asked_for(default: Frame) -> None:
    assert default.progress == 1
    assert next(iter(default.views)) == "recall"
    assert next(iter(last(**SMALL, show="days").views)) == "days"


def test_captions_name_real_knobs(default: Frame) -> None:
    names = {knob.name for knob in your_memory.controls}
    for show in default.views:
        knobs = YourMemoryKnobs.model_validate(SMALL | {"show": show})
        caption = words.caption(knobs, made_up(knobs, 0), default.figures)
        assert set(re.findall(r"`(\w+)`", caption)) <= names


@pytest.mark.parametrize(("curve", "advice"), [("power", "`curve` to exponential"), ("exponential", "back to power")])
def test_who_has_no_log_is_not_sent_to_the_made_up_one(curve: Any, advice: str, default: Frame) -> None:
    knobs = YourMemoryKnobs.model_validate(SMALL | {"curve": curve})
    said = words.caption(knobs, made_up(knobs, 0), default.figures).partition("**Try**")[2]
    assert advice in said
    assert "`log`" not in said


@pytest.mark.parametrize(
    "values", [SMALL, {**SMALL, "curve": "exponential", "optimiser": "adam", "learning_rate": 0.1}]
)
def test_the_script_prints_the_demos_figures(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = run_script(values, tmp_path, capsys)
    figures = last(**values).figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, rel=1e-9)


def test_the_script_reads_the_learners_own_log(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run_script({"steps": 10}, own.parent, capsys)
    figures = last(steps=10).figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, rel=1e-9)


def run_script(values: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    code = show_code(your_memory, catalogue.parse_knobs(your_memory, values), 0)
    assert code.count("\n") <= SCREEN
    (folder / "code.py").write_text(code, encoding="utf-8")
    capsys.readouterr()
    runpy.run_path(str(folder / "code.py"))
    return {name: float(value) for name, value in map(str.split, capsys.readouterr().out.splitlines())}


def test_the_script_as_it_lies_is_the_made_up_run() -> None:
    script = script_of(your_memory).read_text(encoding="utf-8")
    defaults = {knob.name.upper(): knob.default for knob in your_memory.controls} | {"LOG": "made-up"}
    assert fill(script, defaults) == script.replace("10.0", "10").replace("4.0", "4")


@pytest.mark.parametrize("values", [{"log": "mine"}, {"answers": 10}, {"held_out": 0.9}])
def test_what_cannot_be_is_refused_in_a_line(values: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        last(**values)
    assert next(iter(values)) in str(caught.value)
