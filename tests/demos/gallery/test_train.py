from __future__ import annotations

import ast
import io
import runpy
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from cnntutor.demos import catalogue, wire
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _train_frames as parts
from cnntutor.demos.gallery._judged import MOST_CLASSES, Judged
from cnntutor.demos.gallery.train import TrainKnobs, train
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints
from cnntutor.vision.data import load
from cnntutor.vision.data_set import DataSet, Part

pytestmark = pytest.mark.usefixtures("home")

SMALL = {"width": 4, "pictures": 200, "epochs": 3}
"""A run of a fraction of a second."""

DIVERGING = {"learning_rate": 10, "norm": "none", "activation": "leaky-relu", "schedule": "constant"}


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(train.frames(TrainKnobs(**SMALL | values), "cpu", seed))


def last_frame(seed: int = 0, **values: Any) -> Frame:
    return frames(seed, **values)[-1]


def lasting(frame: Frame) -> dict[str, float]:
    """The figures that are the same in every run."""
    return {name: value for name, value in frame.figures.items() if name != "pictures_per_second"}


# The run


def test_the_default_run_names_98_of_100_held_out_digits_right() -> None:
    result = run_headless("train", device="cpu")
    assert result.figures["accuracy"] >= 0.98
    assert result.figures["steps"] == 30 * 23
    assert result.figures["parameters"] == 5178


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    assert lasting(last_frame(1)) == lasting(last_frame(1))
    assert lasting(last_frame(1))["loss"] != lasting(last_frame(2))["loss"]


def test_every_evaluation_makes_a_frame_and_progress_goes_to_the_end() -> None:
    made = frames()
    epochs = [frame.figures["epochs"] for frame in made]
    assert epochs[0] == 0
    assert {1, 2, 3} <= set(epochs)
    progress = [frame.progress for frame in made]
    assert progress == sorted(progress)
    assert progress[-1] == 1


def test_frames_come_within_a_long_epoch_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnntutor.demos.gallery.train.SHOWN_EVERY", 0.0)
    made = frames(pictures=0, epochs=1)
    assert len(made) == 1 + 23
    assert [frame.figures["steps"] for frame in made] == list(range(24))


def test_an_untrained_net_is_judged_first() -> None:
    first = frames()[0]
    assert first.figures["accuracy"] < 0.4
    assert first.caption.startswith("**Look** Nothing is learnt yet")


def test_the_learning_rate_may_be_turned_while_it_runs() -> None:
    knobs = TrainKnobs(**SMALL | {"schedule": "constant", "epochs": 4})
    running = train.frames(knobs, "cpu")
    for frame in running:
        if frame.figures["epochs"] == 2:
            knobs.take(TrainKnobs(**SMALL | {"schedule": "constant", "epochs": 4, "learning_rate": 0.02}))
    rates = frame.curves["rate"].y
    assert rates[:8] == pytest.approx([0.1] * 8)
    assert rates[8:] == pytest.approx([0.02] * 8)


def test_torch_has_its_threads_back_after_a_run_that_is_stopped() -> None:
    torch.set_num_threads(2)
    running = train.frames(TrainKnobs(**SMALL), "cpu")
    next(running)
    assert torch.get_num_threads() == 1
    running.close()
    assert torch.get_num_threads() == 2


# What is shown


def test_every_view_shows_what_its_name_says() -> None:
    frame = last_frame()
    assert list(frame.views) == ["curves", "filters", "confusion", "classes", "mistakes"]
    assert set(frame.charts) == {"accuracy", "loss", "learning rate"}
    assert set(frame.charts["accuracy"]) == {"train accuracy", "held-out accuracy"}


def test_the_working_is_written_out_with_this_runs_numbers() -> None:
    per_epoch, steps, accuracy, filters = last_frame(pictures=0, epochs=1, width=16).formulas
    assert per_epoch == "steps per epoch = ⌈1,437/64⌉ = 23"
    assert steps == "steps = 1 epoch · 23 = 23"
    assert accuracy.startswith("accuracy = ")
    assert "/360 = " in accuracy
    assert filters == "weights of the first filters = (3·3·1)·16 = 144"


def test_a_picture_that_is_left_over_is_rounded_away_in_the_working_as_well() -> None:
    frame = last_frame(pictures=129)
    assert frame.formulas[0] == "steps per epoch = ⌊129/64⌋ = 2"
    assert frame.figures["steps_per_epoch"] == 2


def test_the_confusion_matrix_adds_up_to_the_accuracy() -> None:
    frame = last_frame()
    grid = np.array(frame.grids["is ↓ said →"].rows)
    assert grid.sum() == 360
    assert np.trace(grid) / 360 == pytest.approx(frame.figures["accuracy"])
    _, counts, recalls, _ = zip(*frame.tables["by class"].rows, strict=True)
    assert counts == tuple(grid.sum(1))
    assert recalls == pytest.approx(np.diag(grid) / grid.sum(1), abs=1e-4)


def judged(names: str, truth: list[int], probabilities: list[list[float]]) -> Judged:
    pictures = torch.arange(len(truth))[:, None, None, None].expand(-1, 1, 2, 2) / 10
    held_out = Part(pictures, torch.tensor(truth))
    data = DataSet("made up", held_out, held_out, tuple(names), (0.0,), (1.0,))
    return Judged(data, torch.tensor(probabilities))


def test_confusion_recall_and_precision_are_those_counted_by_hand() -> None:
    a, b = [0.9, 0.1], [0.2, 0.8]
    found = judged("ab", [0, 0, 0, 1, 1], [a, a, b, b, a])
    assert found.wrong == 2
    assert found.confusion().rows == ((2, 1), (1, 1))
    assert found.confusion().marked == ((0, 1), (1, 0))
    assert found.largest_confusion() == ("a", "b", 1)
    assert found.by_class().rows == (("a", 3, 0.6667, 0.6667), ("b", 2, 0.5, 0.5))


def test_the_worst_mistakes_are_those_whose_truth_got_least() -> None:
    found = judged("ab", [0, 0, 1, 1], [[0.3, 0.7], [0.9, 0.1], [0.95, 0.05], [0.4, 0.6]])
    assert [row[1:] for row in found.listed().rows] == [
        ("b", "a", 0.95, 0.05),
        ("a", "b", 0.7, 0.3),
    ]
    assert [int(pixel) for pixel in found.pictures()[0, ::3, 0]] == [51, 0]
    assert found.shown_as == "worst mistakes"


def test_a_net_without_mistakes_shows_what_it_is_least_sure_of_and_says_so() -> None:
    found = judged("ab", [0, 1], [[0.9, 0.1], [0.4, 0.6]])
    assert found.shown_as == "no mistakes; least sure"
    assert [row[1:] for row in found.listed().rows] == [("b", "b", 0.6, 0.6), ("a", "a", 0.9, 0.9)]


def test_a_class_that_is_never_said_has_no_precision() -> None:
    found = judged("ab", [0, 1], [[0.9, 0.1], [0.9, 0.1]])
    assert found.by_class().rows[1] == ("b", 1, 0.0, None)


def test_of_many_classes_those_are_shown_that_are_mistaken_most() -> None:
    classes = 20
    said = torch.eye(classes)[[*range(18), 19, 18]] * 0.9 + 0.005
    found = judged("abcdefghijklmnopqrst", list(range(classes)), said.tolist())
    assert found.confusion().row_names[-2:] == ("s", "t")
    assert len(found.confusion().rows) == MOST_CLASSES


@given(st.lists(st.floats(-100, 100), max_size=2000), st.integers(1, 300))
def test_thinned_curves_are_short_and_keep_their_mean(values: list[float], most: int) -> None:
    thinned = parts.thinned(values, most)
    assert len(thinned) <= most
    if len(values) <= most:
        assert thinned == pytest.approx(values, rel=1e-4)
    elif len(values) % most == 0:
        assert np.mean(thinned) == pytest.approx(np.mean(values), abs=0.01)


def test_frames_stay_small_however_long_the_run() -> None:
    frame = last_frame(pictures=400, epochs=100, batch_size=64, width=2, blocks=1)
    assert max(len(curve.x) for curve in frame.curves.values()) <= parts.MOST_POINTS
    assert sum(picture.nbytes for picture in frame.images.values()) < 20_000


def test_every_frame_goes_through_the_pipe_to_the_app() -> None:
    for frame in frames():
        news = wire.read(io.BytesIO(wire.encode(wire.Made(1, frame))))
        assert isinstance(news, wire.Made)
        assert news.frame.figures == frame.figures
        assert news.frame.grids == frame.grids


def test_filters_of_colour_pictures_are_shown_in_colour(tmp_path: Path) -> None:
    frame = last_frame(data=str(paint_folder(tmp_path)), side=8, pictures=0)
    shown = frame.images["first filters"].astype(int)
    assert np.ptp(shown, axis=2).max() > 10


def test_pictures_that_were_made_harder_are_the_reason_for_doing_better_on_those_held_out() -> None:
    frame = last_frame(width=6, pictures=0, epochs=6, noise=0.4)
    assert frame.figures["accuracy"] - frame.figures["train_accuracy"] > 0.02
    assert "since those that it learns from are moved or made noisy" in frame.caption


def test_a_run_says_what_to_look_at_and_what_to_try() -> None:
    for frame in frames():
        assert frame.caption.startswith("**Look** ")
        assert "\n\n**Try** " in frame.caption


def test_a_net_that_guesses_is_said_to_guess() -> None:
    caption = last_frame(learning_rate=10, norm="none").caption
    assert "hardly better than guessing, which gets 10 % right" in caption
    assert "It learns next to nothing" in caption


@pytest.mark.parametrize(
    ("accuracy", "classes", "so"), [(0.19, 10, True), (0.21, 10, False), (0.55, 2, True), (0.95, 2, False)]
)
def test_what_counts_as_guessing_depends_on_the_classes(accuracy: float, classes: int, so: bool) -> None:
    assert parts.guesses(accuracy, classes) is so


# The learner's own pictures


def paint_folder(tmp_path: Path) -> Path:
    draw = np.random.default_rng(0)
    for name, channel in (("red", 0), ("blue", 2)):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for number in range(10):
            pixels = draw.integers(0, 100, (10, 10, 3), dtype=np.uint8)
            pixels[..., channel] += 150
            Image.fromarray(pixels).save(tmp_path / "mine" / name / f"{number}.png")
    return tmp_path / "mine"


def test_a_folder_of_the_learners_own_is_learnt(tmp_path: Path) -> None:
    folder = paint_folder(tmp_path)
    (folder / "red" / "notes.txt").write_text("no picture")
    made = frames(data=str(folder), side=8, pictures=0, epochs=20, batch_size=8, learning_rate=0.02)
    assert made[0].caption == "Reading the pictures of mine …"
    assert made[-1].figures["accuracy"] == 1
    assert made[-1].grids["is ↓ said →"].row_names == ("blue", "red")
    assert "1 file could not be read" in made[-1].caption
    assert checkpoints.load("last").class_names == ("blue", "red")


# Nets that are kept, gone on from, and compared with


def test_the_newest_net_is_saved_at_every_evaluation() -> None:
    running = train.frames(TrainKnobs(**SMALL), "cpu", 4)
    epochs = [frame.figures["epochs"] for frame in (next(running), next(running))]
    while epochs[-1] < 1:
        epochs.append(next(running).figures["epochs"])
    running.close()
    kept = checkpoints.load("last")
    assert kept.figures["epochs"] == 1
    assert kept.made_by == "cnntutor demo run train --set pictures=200 --set width=4 --set epochs=3 --seed 4"


def test_the_saved_net_is_as_good_as_the_last_frame_says() -> None:
    figures, data = last_frame().figures, load("digits", pictures=200)
    kept = checkpoints.load("last")
    x = (data.held_out.x - torch.tensor(kept.mean)[:, None, None]) / torch.tensor(kept.std)[:, None, None]
    accuracy = float((kept.model()(x).argmax(1) == data.held_out.y).double().mean())
    assert accuracy == figures["accuracy"] == kept.figures["accuracy"]
    assert kept.curves["accuracy"][-1] == accuracy


def test_the_last_run_can_be_kept_under_a_name() -> None:
    last_frame()
    assert train.keep is not None
    assert train.keep("mine") == "Kept as mine."
    assert "mine" in checkpoints.names()


def test_a_run_goes_on_from_a_trained_net_whatever_the_knobs_of_the_net() -> None:
    first, *_, last = frames(start="digits", learning_rate=0.001)
    assert first.figures["accuracy"] == pytest.approx(checkpoints.load("digits").figures["accuracy"], abs=0.003)
    assert last.figures["accuracy"] > 0.98
    assert last.figures["parameters"] == 5178


def test_a_net_for_other_pictures_cannot_be_gone_on_from() -> None:
    with pytest.raises(UsageError, match="start: digits is made for grey pictures of 8 pixels in 10 classes, and"):
        last_frame(start="digits", side=12)


def test_a_run_is_compared_with_a_kept_one() -> None:
    last_frame()
    checkpoints.keep("narrow")
    frame = last_frame(width=8, against="narrow")
    assert list(frame.views)[-1] == "compare"
    assert "narrow: held-out accuracy" in frame.charts["accuracy"]
    rows = {row[0]: row[1:] for row in frame.tables["comparison"].rows}
    assert frame.tables["comparison"].columns == ("", "this run", "narrow")
    assert rows["width"] == (8, 4)
    assert rows["accuracy"] == (
        pytest.approx(frame.figures["accuracy"], abs=1e-4),
        pytest.approx(checkpoints.load("narrow").figures["accuracy"], abs=1e-4),
    )


def test_a_run_may_be_compared_with_the_one_before_it() -> None:
    before = last_frame().figures["loss"]
    rows = {row[0]: row[1:] for row in last_frame(width=8, against="last").tables["comparison"].rows}
    assert rows["loss"][1] == pytest.approx(before, abs=1e-4)


# What cannot be


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"data": "digit"}, "There is no data set “digit”: did you mean digits?"),
        ({"flip": True}, "flip would make other signs of handwritten digits: leave it off"),
        ({"kernel": 4}, "kernel must be odd"),
        ({"norm": "instance", "blocks": 4}, "norm instance needs more than one cell"),
        ({"width": 512, "blocks": 3}, "width 512 doubled over 3 blocks"),
        ({"warm_up": 10}, "one-cycle warms up by itself"),
        ({"start": "digit"}, "There is no trained net “digit”: did you mean digits?"),
        ({"against": "nothing"}, "There is no trained net “nothing”"),
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(train, values)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"schedule": "constant", "warm_up": 500}, "warm_up must be below the 40 steps of the run, not 500"),
        ({"precision": "float16"}, "precision float16 is for a CUDA card, not for cpu"),
        (DIVERGING, "The loss is no longer a number"),
    ],
)
def test_what_only_the_run_can_tell_is_told_in_one_line(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        last_frame(**values | {"epochs": 10})


@pytest.mark.parametrize(
    "values",
    [
        {"norm": "layer", "activation": "gelu", "pooling": "stride", "residual": True, "head": "flatten"},
        {"norm": "group", "activation": "silu", "pooling": "average", "dropout": 0.5, "blocks": 5},
        {"optimiser": "adamw", "learning_rate": 0.01, "schedule": "cosine", "warm_up": 3, "label_smoothing": 0.1},
        {"shift": 0.1, "rotate": 10, "noise": 0.1, "side": 12, "batch_size": 33, "kernel": 5},
    ],
    ids=["strided", "deep", "adamw", "augmented"],
)
def test_other_knobs_train_as_well(values: dict[str, Any]) -> None:
    made = frames(**values)
    assert made[-1].figures["loss"] < made[0].figures["loss"]


# Predict first


@pytest.mark.parametrize(
    ("accuracy", "choice"), [(1.0, 0), (0.99, 0), (0.97, 1), (0.95, 1), (0.85, 2), (0.8, 2), (0.3, 3)]
)
def test_the_held_out_accuracy_decides_which_guess_was_right(accuracy: float, choice: int) -> None:
    assert train.predict is not None
    prediction = train.predict(TrainKnobs())
    assert prediction is not None
    assert "handwritten digits 30 times" in prediction.ask
    assert prediction.judge(Frame(figures={"accuracy": accuracy})) == choice
    assert prediction.judge(Frame()) is None


# The code


SHOWN: dict[str, dict[str, Any]] = {
    "defaults": {},
    "all pictures": {"pictures": 0, "epochs": 1},
    "as many pictures as there are": {"pictures": 5000, "epochs": 1},
    "one left over": {"pictures": 129},
    "larger": {"side": 12},
    "bare": {"norm": "none", "optimiser": "adam", "learning_rate": 0.01, "schedule": "constant"},
    "strided": {"norm": "layer", "activation": "gelu", "pooling": "stride", "residual": True, "head": "flatten"},
    "deep": {"norm": "group", "activation": "silu", "pooling": "average", "dropout": 0.5, "blocks": 5},
    "residual": {"norm": "instance", "activation": "elu", "residual": True, "head": "flatten", "dropout": 0.2},
    "adamw": {"optimiser": "adamw", "learning_rate": 0.01, "schedule": "cosine", "warm_up": 3, "label_smoothing": 0.1},
    "leaky": {"activation": "leaky-relu", "schedule": "cosine", "dropout": 0.3, "momentum": 0.5, "weight_decay": 0},
    "step": {"schedule": "step", "epochs": 3, "batch_size": 33, "kernel": 5},
    "step after warming up": {"schedule": "step", "warm_up": 2},
    "constant after warming up": {"schedule": "constant", "warm_up": 3},
    "moved": {"shift": 0.1, "rotate": 10, "noise": 0.1},
    "noisy": {"noise": 0.2, "precision": "float32"},
    "gone on": {"start": "digits", "learning_rate": 0.001, "rotate": 5},
}
"""Every alternative of every knob but those of other data."""


@pytest.mark.parametrize("values", SHOWN.values(), ids=SHOWN)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # On one thread every sum is taken in the same order, so the numbers are equal and not merely close.
    check_the_code(TrainKnobs(**SMALL | {"epochs": 2} | values), tmp_path, capsys)


def test_the_code_for_a_folder_finds_the_same_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = paint_folder(tmp_path)
    (folder / "red" / "notes.txt").write_text("no picture")
    values = {"data": str(folder), "side": 8, "pictures": 10, "epochs": 2, "batch_size": 4, "flip": True}
    check_the_code(TrainKnobs(**SMALL | values), tmp_path, capsys)


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_the_code_for_downloaded_pictures_finds_the_same_numbers(
    name: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_there(home / "datasets" / {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}[name] / "raw")
    values = {"data": name, "pictures": 50, "epochs": 1, "side": 14, "flip": name == "fashion-mnist"}
    check_the_code(TrainKnobs(**SMALL | values), tmp_path, capsys)


def put_there(raw: Path) -> None:
    """Sixty noisy pictures to learn from and twenty held out, in the format of the MNIST files."""
    draw = np.random.default_rng(0)
    raw.mkdir(parents=True)
    for part, count in (("train", 60), ("t10k", 20)):
        pixels, labels = draw.integers(0, 256, (count, 28, 28)), np.arange(count) % 10
        for kind, values in (("images-idx3", pixels), ("labels-idx1", labels)):
            header = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
            (raw / f"{part}-{kind}-ubyte").write_bytes(header + values.astype(np.uint8).tobytes())


def check_the_code(knobs: TrainKnobs, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # The demo first: it can import torchvision where its build does not match torch's, which a plain script cannot.
    *_, last = train.frames(knobs, "cpu", 3)
    script = folder / "code.py"
    script.write_text(show_code(train, knobs, seed=3, device="cpu"), encoding="utf-8")
    runpy.run_path(str(script))
    found = printed(capsys.readouterr().out)
    assert found == {name: last.figures[name] for name in ("accuracy", "loss", "parameters")}


CROWDED = {
    "data": st.sampled_from(["digits", "mnist", "fashion-mnist", "cifar-10"]),
    "side": st.sampled_from([0, 20]),
    "pictures": st.sampled_from([0, 100]),
    "norm": st.sampled_from(["none", "batch", "layer", "instance", "group"]),
    "activation": st.sampled_from(["relu", "silu"]),
    "pooling": st.sampled_from(["max", "average", "stride"]),
    "dropout": st.sampled_from([0, 0.5]),
    "residual": st.booleans(),
    "head": st.sampled_from(["gap", "flatten"]),
    "start": st.sampled_from(["", "digits"]),
    "optimiser": st.sampled_from(["sgd", "adam", "adamw"]),
    "schedule": st.sampled_from(["constant", "step", "cosine"]),
    "warm_up": st.sampled_from([0, 5]),
    "label_smoothing": st.sampled_from([0, 0.1]),
    "precision": st.sampled_from(["auto", "float32", "bfloat16", "float16"]),
    "shift": st.sampled_from([0, 0.1]),
    "rotate": st.sampled_from([0, 10]),
    "noise": st.sampled_from([0, 0.1]),
}
FULLEST: dict[str, Any] = {
    **{"data": "cifar-10", "side": 20, "pictures": 100, "norm": "group", "pooling": "max", "dropout": 0.5},
    **{"residual": True, "head": "gap", "schedule": "step", "warm_up": 5, "label_smoothing": 0.1, "shift": 0.1},
    **{"rotate": 10, "flip": True, "noise": 0.1, "precision": "float16"},
}


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries(CROWDED), st.sampled_from(["auto", "cpu", "cuda", "mps"]))
@example(FULLEST, "auto")
@example(FULLEST, "cuda:1")
def test_whatever_the_knobs_the_code_is_python_and_fits_on_a_page(values: dict[str, Any], device: str) -> None:
    code = show_code(train, TrainKnobs(**values), device=device)
    ast.parse(code)
    assert len(code.splitlines()) <= SCREEN


def test_the_code_names_what_is_turned_and_nothing_else() -> None:
    code = show_code(train, TrainKnobs(norm="group", noise=0.1), device="cpu")
    assert "NOISE = 0.1" in code
    assert "GroupNorm" in code
    for absent in ("BatchNorm2d", "SHIFT", "grid_sample", "autocast", "cnntutor.vision", "torchvision"):
        assert absent not in code


def test_the_code_that_is_shown_runs_alone(tmp_path: Path) -> None:
    script = tmp_path / "code.py"
    script.write_text(show_code(train, TrainKnobs(epochs=1)), encoding="utf-8")
    assert "import cnntutor" not in script.read_text(encoding="utf-8")
    command = [sys.executable, "-P", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert printed(done.stdout)["parameters"] == 5178


def test_listing_the_demo_imports_no_torch() -> None:
    code = "import sys; import cnntutor.demos.gallery.train; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def printed(text: str) -> dict[str, float]:
    return {name: float(number) for name, number in map(str.split, text.splitlines())}
