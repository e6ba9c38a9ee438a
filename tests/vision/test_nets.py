from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, nets
from cnntutor.vision.checkpoints import Checkpoint
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec
from cnntutor.vision.nets import Net, Source, open_net

OWN = """\
import torch
from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(1, 2, 3, padding=1), nn.Flatten(), nn.Linear(2 * 32 * 32, 4))


def fails():
    raise RuntimeError("not today")


class Buggy(nn.Module):
    def forward(self, x):
        return undefined(x)
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNTUTOR_HOME", str(tmp_path / "home"))


@pytest.fixture
def own(tmp_path: Path) -> str:
    (tmp_path / "own.py").write_text(OWN)
    return f"{tmp_path / 'own.py'}:Net"


@pytest.fixture
def mine() -> Checkpoint:
    """A checkpoint of the learner's, called `mine`."""
    spec = NetSpec(blocks=1, width=2, in_channels=3, side=16, classes=2)
    names, mean, std = ("cat", "dog"), (0.5, 0.4, 0.3), (0.2, 0.2, 0.1)
    checkpoint = Checkpoint(spec, ConvNet(spec).state_dict(), names, mean, std, data="pets", seed=0)
    checkpoints.save(checkpoint, "mine")
    return checkpoint


def test_a_checkpoint_comes_with_all_that_it_needs(mine: Checkpoint) -> None:
    net = open_net("mine")
    assert (net.title, net.source, net.in_channels, net.side) == ("mine", Source.CHECKPOINT, 3, 16)
    assert (net.class_names, net.mean, net.std) == (mine.class_names, mine.mean, mine.std)
    assert not net.module.training
    picture = torch.rand(3, 16, 16)
    expected = (picture - torch.tensor(mine.mean)[:, None, None]) / torch.tensor(mine.std)[:, None, None]
    torch.testing.assert_close(net.prepare(picture)[0], expected)
    assert net.module(net.prepare(picture)).shape == (1, 2)


def test_a_classifier_of_torchvision_is_opened_by_its_name() -> None:
    net = open_net("squeezenet1_1", weights=False)
    assert (net.source, net.in_channels, net.side, net.class_names) == (Source.ZOO, 3, 224, ())
    assert net.name_of(7) == "class 7"


def test_a_learners_own_class_is_opened_from_its_file(own: str) -> None:
    net = open_net(own)
    assert (net.title, net.source, net.in_channels, net.side) == ("own.py:Net", Source.OWN_CODE, 1, 32)
    assert not net.module.training
    assert net.module(net.prepare(torch.rand(3, 50, 70))).shape == (1, 4)


def test_own_weights_follow_the_seed_and_leave_the_generator_alone(own: str) -> None:
    before = torch.get_rng_state()
    one, same, other = (next(open_net(own, seed=seed).module.parameters()) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_only_own_code_would_be_executed_and_asking_executes_nothing(tmp_path: Path) -> None:
    (tmp_path / "trap.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\n")
    assert nets.runs_code(f"{tmp_path / 'trap.py'}:Net") == tmp_path / "trap.py"
    assert [nets.runs_code(name) for name in ("resnet18", "digits", "trap.py", "")] == [None] * 4
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("resnet19", "There is no net “resnet19”: did you mean resnet18?"),
        ("?", r"There is no net “\?”: choose .*resnet18.*, or FILE\.py:NAME\."),
        ("net.py", "net.py alone names no net: write net.py:NAME"),
        ("mine", "There is no net “mine”: "),
    ],
)
def test_a_net_that_is_not_there_is_refused_with_the_nearest(text: str, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        open_net(text)


def test_errors_in_own_code_name_file_and_line(own: str) -> None:
    with pytest.raises(UsageError, match=r"own\.py, line 11: RuntimeError: not today"):
        open_net(own.replace(":Net", ":fails"))


def test_errors_while_own_code_sees_a_picture_name_file_and_line(own: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_net(own.replace(":Net", ":Buggy"))
    assert str(caught.value) == "own.py, line 16: NameError: name 'undefined' is not defined"


def test_a_checkpoint_can_be_had_as_it_was_before_training(mine: Checkpoint) -> None:
    one, same, other = (open_net("mine", weights=False, seed=seed).module.state_dict() for seed in (1, 1, 2))
    weight = "blocks.0.conv.weight"
    assert torch.equal(one[weight], same[weight])
    assert not torch.equal(one[weight], other[weight])
    assert not torch.equal(one[weight], mine.state[weight])


@pytest.mark.parametrize("side", [0, 48])
def test_another_side_may_be_asked_for_where_the_net_takes_it(mine: Checkpoint, side: int) -> None:
    net = open_net("mine", side=side)
    assert net.prepare(torch.rand(3, 20, 20)).shape == (1, 3, side or 16, side or 16)


def test_a_side_that_the_net_does_not_take_is_refused(own: str) -> None:
    with pytest.raises(UsageError, match="set side to 32"):
        open_net(own, side=64)


def test_a_checkpoint_goes_before_a_classifier_of_the_same_name(mine: Checkpoint) -> None:
    checkpoints.save(mine, "resnet18")
    assert open_net("resnet18").source is Source.CHECKPOINT


def test_nothing_is_downloaded_for_what_is_here(mine: Checkpoint, own: str) -> None:
    assert list(nets.fetch("mine")) == []
    assert list(nets.fetch(own)) == []


def net_for(channels: int, side: int = 4) -> Net:
    return Net("test", Source.OWN_CODE, torch.nn.Identity(), channels, side)


def test_a_picture_is_cut_to_its_middle_square() -> None:
    picture = torch.zeros(3, 4, 8)
    picture[:, :, 2:6] = 1
    assert torch.equal(net_for(3).prepare(picture), torch.ones(1, 3, 4, 4))


def test_colours_become_grey_for_a_net_of_one_channel_and_grey_becomes_three() -> None:
    colours = torch.tensor([1.0, 0.0, 0.0])[:, None, None].expand(3, 4, 4)
    torch.testing.assert_close(net_for(1).prepare(colours), torch.full((1, 1, 4, 4), 0.299))
    grey = torch.rand(1, 4, 4)
    assert torch.equal(net_for(3).prepare(grey)[0], grey.expand(3, 4, 4))


def test_a_net_of_other_channels_takes_no_picture() -> None:
    with pytest.raises(UsageError, match="test takes 5 channels; pictures have 1 or 3"):
        net_for(5).prepare(torch.rand(3, 4, 4))


def test_resizing_keeps_the_range_and_the_mean() -> None:
    picture = torch.rand(3, 64, 64)
    small = net_for(3, 16).prepare(picture)
    assert 0 <= float(small.min()) <= float(small.max()) <= 1
    assert float(small.mean()) == pytest.approx(float(picture.mean()), abs=0.01)


def test_names_are_listed_without_torch(mine: Checkpoint) -> None:
    code = "import sys; from cnntutor.vision.nets import net_names; print(*net_names(), 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *names, torch_is_there = done.stdout.split()
    assert {"mine", "resnet18", "vgg16"} < set(names)
    assert torch_is_there == "False"
