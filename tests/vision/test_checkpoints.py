from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints
from cnntutor.vision.checkpoints import Checkpoint
from cnntutor.vision.data import load
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec
from cnntutor.vision.train import scores

pytestmark = pytest.mark.usefixtures("home")


def make(spec: NetSpec | None = None, **values: Any) -> Checkpoint:
    net = ConvNet(spec or NetSpec())
    described = {
        "spec": net.spec,
        "state": net.state_dict(),
        "class_names": tuple("0123456789"),
        "mean": (0.3,),
        "std": (0.4,),
        "data": "digits",
        "seed": 7,
        "figures": {"accuracy": 0.99},
        "curves": {"epoch": [1.0, 2.0], "loss": [0.4, 0.2]},
        "made_by": "a test",
    }
    return Checkpoint(**described | values)


def own_files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "checkpoints").iterdir())


def test_a_net_comes_back_as_it_was_saved() -> None:
    saved = make(NetSpec(residual=True, norm="group", head="flatten"))
    checkpoints.save(saved, "mine")
    loaded = checkpoints.load("mine")
    assert loaded.state.keys() == saved.state.keys()
    assert all(torch.equal(loaded.state[path], values) for path, values in saved.state.items())
    assert all(getattr(loaded, name) == getattr(saved, name) for name in Checkpoint.__slots__ if name != "state")


def test_the_model_answers_as_the_saved_one_did() -> None:
    torch.manual_seed(0)
    net = ConvNet(NetSpec())
    net(torch.randn(8, 1, 8, 8))  # moves the running means away from zero
    checkpoints.save(make(state=net.state_dict()))
    x = torch.randn(4, 1, 8, 8)
    model = checkpoints.load("last").model()
    assert not model.training
    assert torch.equal(model(x), net.eval()(x))


def test_training_the_model_leaves_the_checkpoint_as_it_is() -> None:
    checkpoint = make()
    before = checkpoint.state["head.weight"].clone()
    with torch.no_grad():
        checkpoint.model().head.weight.add_(1)
    assert torch.equal(checkpoint.state["head.weight"], before)


def test_opening_a_net_draws_no_random_numbers() -> None:
    checkpoint = make()
    before = torch.random.get_rng_state()
    checkpoint.model()
    assert torch.equal(torch.random.get_rng_state(), before)


def test_names_are_the_shipped_ones_and_then_the_learners_own() -> None:
    for name in ("zebra", "ant"):
        checkpoints.save(make(), name)
    names = checkpoints.names()
    assert "digits" in names
    assert names[-2:] == ("ant", "zebra")


def test_names_need_no_torch() -> None:
    code = "import sys; from cnntutor.vision import checkpoints; checkpoints.names(); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_kept_net_stays_when_the_next_run_is_saved(home: Path) -> None:
    checkpoints.save(make(seed=1))
    assert checkpoints.keep("mine") == "Kept as mine."
    checkpoints.save(make(seed=2))
    assert checkpoints.load("mine").seed == 1
    assert checkpoints.load("last").seed == 2
    assert own_files(home) == ["last.pt", "mine.pt"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("", "A net cannot be called “”"),
        ("../mine", "A net cannot be called “../mine”: use letters"),
        ("a b", "A net cannot be called “a b”"),
        ("last", "The next run will be called last again"),
        ("digits", "digits is the name of a net that ships with cnntutor"),
        ("taken", "There is a net called taken already"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(name: str, line: str) -> None:
    checkpoints.save(make())
    checkpoints.save(make(), "taken")
    with pytest.raises(UsageError, match=line):
        checkpoints.keep(name)


def test_without_a_run_there_is_nothing_to_keep() -> None:
    with pytest.raises(UsageError, match="There is no net to keep: train one first"):
        checkpoints.keep("mine")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="There is no trained net “digit”: did you mean digits"):
        checkpoints.load("digit")


class Foreign:
    """Anything but plain data."""


def foreign_pickle(path: Path) -> None:
    torch.save(Foreign(), path)


def other_weights(path: Path) -> None:
    checkpoints.write(make(), path)
    values = torch.load(path, weights_only=True)
    torch.save(values | {"spec": values["spec"] | {"width": 8}}, path)


def unknown_field(path: Path) -> None:
    checkpoints.write(make(), path)
    torch.save(torch.load(path, weights_only=True) | {"more": 1}, path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a net"),
        lambda path: path.write_bytes(path.read_bytes()[:2000]),
        lambda path: torch.save({"weights": torch.zeros(3)}, path),
        lambda path: torch.save([1, 2, 3], path),
        foreign_pickle,
        other_weights,
        unknown_field,
    ],
    ids=["empty", "text", "cut off", "another dict", "a list", "code", "weights of another net", "unknown field"],
)
def test_a_damaged_or_foreign_file_is_told_in_one_line(spoil: Any) -> None:
    path = checkpoints.save(make(), "mine")
    spoil(path)
    with pytest.raises(UsageError, match=r"mine\.pt is damaged, or no net of cnntutor: train it again\.$"):
        checkpoints.load("mine")


def test_a_save_that_fails_leaves_the_file_before_it(home: Path) -> None:
    checkpoints.save(make(seed=1), "mine")
    with pytest.raises(Exception, match="pickle"):
        checkpoints.save(make(data=lambda: None), "mine")
    assert checkpoints.load("mine").seed == 1
    assert own_files(home) == ["mine.pt"]


def test_runs_that_save_at_the_same_time_do_not_get_in_each_others_way(home: Path) -> None:
    def save_often(seed: int) -> None:
        for _ in range(20):
            checkpoints.save(make(seed=seed))

    with ThreadPoolExecutor() as pool:
        list(pool.map(save_often, range(4)))
    assert checkpoints.load("last").seed in range(4)
    assert own_files(home) == ["last.pt"]


def test_a_place_that_cannot_be_written_is_told_in_one_line(home: Path) -> None:
    home.mkdir()
    (home / "checkpoints").write_text("in the way")
    with pytest.raises(UsageError, match=r"last\.pt cannot be written: "):
        checkpoints.save(make())


def test_equal_nets_make_equal_files(tmp_path: Path) -> None:
    checkpoint = make()
    checkpoints.write(checkpoint, tmp_path / "one.pt")
    checkpoints.write(checkpoint, tmp_path / "two.pt")
    assert (tmp_path / "one.pt").read_bytes() == (tmp_path / "two.pt").read_bytes()


def test_a_checkpoint_names_all_its_classes_and_channels() -> None:
    with pytest.raises(ValueError, match="2 names do not fit 10 classes"):
        make(class_names=("a", "b"))
    with pytest.raises(ValueError, match="mean has 3 values for 1 channels"):
        make(mean=(0.1, 0.2, 0.3))


def test_the_shipped_digits_net_is_as_good_as_its_file_says() -> None:
    checkpoint, data = checkpoints.load("digits"), load("digits")
    said = scores(checkpoint.model(), data.held_out.x, data).argmax(dim=1)
    accuracy = float((said == data.held_out.y).float().mean())
    assert (checkpoint.mean, checkpoint.std) == (pytest.approx(data.mean), pytest.approx(data.std))
    assert accuracy == pytest.approx(checkpoint.figures["accuracy"], abs=0.003)
    assert accuracy > 0.99
