from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnntutor.demos.frame import Curve, Frame, Table
from cnntutor.demos.knobs import Knobs
from cnntutor.demos.run import RunResult, run_headless, save
from cnntutor.errors import DemoError, UsageError


def test_a_run_is_one_json_document() -> None:
    result = run_headless("convolve", {"side": "32", "stride": "2"}, device="cpu", seed=4)
    document = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert (document["demo"], document["device"], document["seed"]) == ("convolve", "cpu", 4)
    assert (document["knobs"]["side"], document["knobs"]["kernel"]) == (32, "sobel-x")
    assert document["figures"]["output_size"] == 16
    assert document["tables"]["the first cells"]["columns"][0] == "row"
    assert document["frames"] == result.frames > 1
    assert document["seconds"] >= 0


def test_the_same_seed_gives_the_same_document() -> None:
    first, second = (
        run_headless("convolve", {"kernel": "random", "side": 16}, device="cpu", seed=9).as_json() for _ in range(2)
    )
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_numbers_that_are_not_finite_are_null_in_json() -> None:
    frame = Frame(figures={"loss": math.nan}, tables={"t": Table(("a",), ((math.inf,),))})
    document = RunResult("d", "cpu", 0, Knobs(), frame, 1, 0.5).as_json()
    assert document["figures"] == {"loss": None}
    assert document["tables"]["t"]["rows"] == [[None]]


def test_saving_writes_pictures_tables_words_and_code(tmp_path: Path) -> None:
    result = run_headless("convolve", {"side": 32, "filters": 3}, device="cpu", save_dir=tmp_path / "new" / "folder")
    written = {path.name for path in result.saved}
    assert written == {
        "input.png",
        "kernel.png",
        "feature-map.png",
        "filters-1-3-of-3.png",
        "patch.csv",
        "weights.csv",
        "products.csv",
        "output.csv",
        "the-first-cell-by-hand.csv",
        "the-first-cells.csv",
        "caption.md",
        "code.py",
    }
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == written


def test_small_pictures_are_saved_enlarged_by_whole_pixels(tmp_path: Path) -> None:
    pixels = np.array([[0, 255], [255, 0]], np.uint8)
    (path, _) = save(Frame(images={"A map!": pixels}), tmp_path)
    picture = Image.open(path)
    assert path.name == "a-map.png"
    assert picture.size == (512, 512)
    assert np.array_equal(np.asarray(picture)[::256, ::256], pixels)


def test_curves_are_saved_by_chart(tmp_path: Path) -> None:
    curves = {"train": Curve((0, 1), (2, 1), "loss"), "test": Curve((0,), (3,), "loss")}
    (path, _) = save(Frame(curves=curves), tmp_path)
    rows = list(csv.reader(path.open(encoding="utf-8")))
    assert path.name == "chart-loss.csv"
    assert rows == [["curve", "x", "y"], ["train", "0", "2"], ["train", "1", "1"], ["test", "0", "3"]]


def test_the_words_come_with_the_numbers(tmp_path: Path) -> None:
    frame = Frame(caption="**Look**", formulas=("1 + 1 = 2",), figures={"macs": 231_211_008, "mean": 0.5})
    (path,) = save(frame, tmp_path)
    assert path.read_text(encoding="utf-8") == "**Look**\n\n    1 + 1 = 2\n\n- macs: 231,211,008\n- mean: 0.5\n"


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DemoError, match=r"file.* cannot be written: .*\. Choose another folder\."):
        save(Frame(), tmp_path / "file")


def test_an_own_picture_is_used_and_named(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), (255, 255, 255)).save(tmp_path / "white.png")
    result = run_headless("convolve", {"kernel": "box", "padding": 0}, device="cpu", image=tmp_path / "white.png")
    assert result.figures["min"] == pytest.approx(1)
    assert result.as_json()["knobs"]["image"] == str(tmp_path / "white.png")


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_that_no_generator_takes_is_refused(seed: int) -> None:
    with pytest.raises(UsageError, match=f"seed must be from 0 to 9223372036854775807, not {seed}"):
        run_headless("convolve", seed=seed)


def test_the_largest_seed_runs() -> None:
    assert run_headless("convolve", {"kernel": "random", "side": 16}, device="cpu", seed=2**63 - 1).frames


def test_a_demo_that_raises_is_one_line(gallery: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnntutor.demos import catalogue

    fails = catalogue.load("fails", gallery)
    monkeypatch.setattr(catalogue, "load", lambda _name: fails)
    with pytest.raises(DemoError, match=r"The demo fails stopped with ZeroDivisionError: one by zero"):
        run_headless("fails", {"how": "raises"}, device="cpu")
    with pytest.raises(DemoError, match="ran out of memory: turn its sizes down"):
        run_headless("fails", {"how": "memory"}, device="cpu")
    with pytest.raises(UsageError, match="size must be smaller"):
        run_headless("fails", {"how": "usage"}, device="cpu")
