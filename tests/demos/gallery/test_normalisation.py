from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._normalisation_knobs import NormalisationKnobs
from cnntutor.demos.gallery._normalisation_race import net_with
from cnntutor.demos.gallery.normalisation import normalisation
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.norms import NAMES, Batch, NormName, layer

SMALL = {"pictures": 40, "epochs": 1, "largest": 8, "width": 8}
"""A run of a fraction of a second."""


def all_frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(normalisation.frames(catalogue.parse_knobs(normalisation, SMALL | values), "cpu", seed))


@pytest.fixture(scope="module")
def race() -> Frame:
    """Long enough for a result: batches of 8, 4 and 2."""
    torch.set_num_threads(1)
    return run_headless("normalisation", {"pictures": 150, "epochs": 3, "largest": 8}, device="cpu").last


# The claim


def test_with_two_pictures_a_batch_batch_norm_breaks_and_group_norm_does_not(race: Frame) -> None:
    figures = race.figures
    assert figures["error_batch_2"] > 2.5 * figures["error_batch_8"]
    assert figures["error_batch_2"] > 4 * figures["error_group_2"]
    assert figures["error_group_2"] < figures["error_group_8"] + 0.03


def test_in_company_batch_norm_changes_its_mind_and_the_others_do_not(race: Frame) -> None:
    assert race.figures["swing_train"] > 0.1
    assert race.figures["swing_eval"] < 1e-5
    assert race.figures["swing_rival"] < 1e-5


def test_the_run_answers_its_question(race: Frame) -> None:
    prediction = normalisation.predict(NormalisationKnobs(pictures=150, largest=8))
    assert prediction is not None
    assert prediction.choices[prediction.judge(race)] == "over three times"
    assert prediction.judge(Frame(figures={"error_batch_2": 0.1, "error_batch_8": 0.1})) == 1
    assert prediction.judge(Frame()) is None
    assert normalisation.predict(NormalisationKnobs(smallest=8, largest=8)) is None


# Who shares a mean


def standard(x: torch.Tensor, sets: torch.Tensor) -> torch.Tensor:
    """Mean and deviation taken off, of the maps that share a number: [N, C, H, W] and [N, C]."""
    y = torch.empty_like(x)
    for number in sets.unique():
        maps = x[sets == number]
        y[sets == number] = (maps - maps.mean()) / (maps.var(correction=0) + 1e-5).sqrt()
    return y


@given(st.sampled_from(NAMES), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(2, 4))
def test_maps_with_the_same_number_are_those_that_torch_averages(
    norm: NormName, pictures: int, groups: int, each: int, side: int
) -> None:
    batch = Batch(pictures, groups * each, side, groups)
    x = torch.randn(pictures, batch.channels, side, side, generator=torch.Generator().manual_seed(0))
    rows, columns = range(pictures), range(batch.channels)
    sets = torch.tensor([[batch.set_of(norm, row, column) for column in columns] for row in rows])
    torch.testing.assert_close(layer(norm, batch.channels, groups)(x), standard(x, sets), atol=1e-4, rtol=1e-3)
    assert batch.means(norm) == len(sets.unique())
    assert batch.numbers(norm) * batch.means(norm) == x.numel()


def test_the_articles_figure_is_in_the_grids() -> None:
    grids = all_frames(largest=2)[0].grids
    assert grids["batch"].marked == ((0, 0), (1, 0), (2, 0))
    assert grids["layer"].marked == ((0, 0), (0, 1), (0, 2), (0, 3))
    assert grids["instance"].marked == ((0, 0),)
    assert grids["group"].marked == ((0, 0), (0, 1))


def test_a_cards_batch_is_counted_as_the_card_says() -> None:
    frame = all_frames(largest=2, show="sets", batch=4, channels=64, map_side=10, groups=8)[-1]
    assert frame.figures["numbers_batch"] == 400
    assert frame.figures["means_group"] == 32
    assert frame.formulas[0] == "batch: 4 maps of 10·10 = 400 numbers to each of 64 means"


# The run


def test_the_first_frame_is_there_before_any_step_and_the_last_has_every_round() -> None:
    frames = all_frames()
    assert frames[0].progress == 0
    assert frames[0].tables["by batch size"].rows == tuple((size, None, None) for size in (8, 4, 2))
    assert frames[-1].progress == 1
    assert not any(None in row for row in frames[-1].tables["by batch size"].rows)
    assert next(iter(frames[-1].views)) == "errors"
    assert len(frames[-1].tables["in company"].rows) == 8


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    first, again, other = (all_frames(seed, largest=2, pictures=20)[-1].figures for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("last_map", ["1", "2", "4", "8"])
def test_the_last_maps_are_as_wide_as_the_knob_says(last_map: Any) -> None:
    net = net_with("group", NormalisationKnobs(last_map=last_map))
    body = nn.Sequential(*list(net)[:-3])
    assert body(torch.zeros(1, 1, 8, 8)).shape[-1] == int(last_map)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"rival": "instance"}, "rival instance needs more than one cell in a map.*set last_map to 2"),
        ({"smallest": 8, "largest": 4}, r"smallest must be at most largest \(4\), not 8"),
        ({"pictures": 20}, r"largest must be at most pictures \(20\), not 32"),
        ({"groups": 3}, r"groups must divide channels \(4\), which 3 does not"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(normalisation, values)


@pytest.mark.parametrize(
    "values",
    [{}, {"rival": "instance", "last_map": "2", "company": 7, "picture": 5, "pictures": 41, "learning_rate": 0.02}],
    ids=["group", "instance"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(normalisation, NormalisationKnobs(**SMALL | {"largest": 4} | values), seed=3)
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = all_frames(3, largest=4, **values)[-1].figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-5)
    assert len(printed) == 5
    assert len(code.splitlines()) <= SCREEN
    assert "import cnntutor" not in code
