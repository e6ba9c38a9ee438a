from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from cnntutor.errors import UsageError
from cnntutor.vision import zoo

SMALL = "squeezenet1_1"
"""The fewest weights of all: 1.2 million."""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for weights, and a network that refuses every connection."""
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    return tmp_path / "hub" / "checkpoints"


def put_weights(hub: Path, seed: int) -> dict[str, torch.Tensor]:
    """What a download would leave, with weights of another seed."""
    state = dict(zoo.random_classifier(SMALL, seed).module.state_dict())
    hub.mkdir(parents=True)
    torch.save(state, zoo.weights_file(SMALL))
    return state


def test_random_weights_need_no_network_and_follow_the_seed(hub: Path) -> None:
    before = torch.get_rng_state()
    one, same, other = (zoo.random_classifier("resnet18", seed).module.conv1.weight for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_random_resnet_knows_its_pictures_and_no_classes(hub: Path) -> None:
    found = zoo.random_classifier("resnet18")
    assert (found.side, found.class_names) == (224, ())
    assert found.mean == (0.485, 0.456, 0.406)
    assert not found.module.training
    assert found.module(torch.zeros(1, 3, 64, 64)).shape == (1, 1000)


def test_every_well_known_name_is_one_of_torchvisions() -> None:
    assert set(zoo.WELL_KNOWN) < set(zoo.names())


def test_weights_that_are_there_are_used_without_a_network(hub: Path) -> None:
    state = put_weights(hub, seed=5)
    found = zoo.trained_classifier(SMALL)
    assert all(torch.equal(value, state[name]) for name, value in found.module.state_dict().items())
    assert len(found.class_names) == 1000
    assert found.class_names[281] == "tabby"
    assert list(zoo.fetch(SMALL)) == []


def test_without_a_network_one_line_says_what_works(hub: Path) -> None:
    with pytest.raises(UsageError) as caught:
        zoo.trained_classifier(SMALL)
    line = str(caught.value)
    assert line.startswith("squeezenet1_1-b8a52dc0.pth cannot be downloaded: download.pytorch.org cannot be reached")
    assert line.endswith("Without a network, take random weights, or the net textures or digits.")
    assert list(hub.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04"])
def test_damaged_weights_are_named_with_what_to_do(hub: Path, content: bytes) -> None:
    hub.mkdir(parents=True)
    zoo.weights_file(SMALL).write_bytes(content)
    with pytest.raises(UsageError, match=r"squeezenet1_1-b8a52dc0\.pth is damaged: delete it"):
        zoo.trained_classifier(SMALL)


def test_weights_of_another_net_count_as_damaged(hub: Path) -> None:
    hub.mkdir(parents=True)
    torch.save({"some": torch.zeros(1)}, zoo.weights_file(SMALL))
    with pytest.raises(UsageError, match="is damaged"):
        zoo.trained_classifier(SMALL)


@pytest.mark.parametrize("name", ["squeezenet1_1", "alexnet", "mnasnet1_0", "vit_b_16"])
def test_the_checksum_is_read_off_the_name_of_the_file(name: str) -> None:
    digits = zoo._checksum(zoo.weights_file(name))
    assert zoo.weights_file(name).name.endswith(f"-{digits}.pth")
    assert len(digits) >= 8
    assert int(digits, 16)


def test_a_file_is_intact_when_its_checksum_begins_as_its_name_ends(tmp_path: Path) -> None:
    digits = hashlib.sha256(b"weights").hexdigest()[:8]
    (tmp_path / f"net-{digits}.pth").write_bytes(b"weights")
    (tmp_path / "net-00000000.pth").write_bytes(b"weights")
    assert zoo._intact(tmp_path / f"net-{digits}.pth")
    assert not zoo._intact(tmp_path / "net-00000000.pth")


@pytest.mark.parametrize("name", ["resnet19", "fcn_resnet50", ""])
def test_what_torchvision_does_not_classify_with_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"torchvision has no classifier “{name}”: did you mean "):
        zoo.random_classifier(name)
