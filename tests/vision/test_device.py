from __future__ import annotations

import pytest
import torch

from cnntutor.errors import UsageError
from cnntutor.vision.device import DEVICES, available, check_name, choose, fastest


def test_the_processor_is_always_there() -> None:
    assert available()[0] == "cpu"
    assert choose("cpu") == torch.device("cpu")


def test_auto_takes_the_fastest_that_is_there() -> None:
    assert str(choose("auto")) == fastest(available())
    assert fastest(("cpu",)) == "cpu"
    assert fastest(("cpu", "mps")) == "mps"
    assert fastest(("cpu", "cuda", "cuda:1")) == "cuda"


def test_a_device_that_is_not_there_names_those_that_are() -> None:
    for name in set(DEVICES) - {"auto"} - set(available()):
        with pytest.raises(UsageError, match=f"There is no {name} device here: choose cpu"):
            choose(name)


def test_a_device_that_exists_nowhere_is_refused() -> None:
    with pytest.raises(UsageError, match="device must be auto, cpu, cuda, cuda:1 and so on, or mps, not “tpu”"):
        choose("tpu")


def test_the_second_of_several_cards_has_a_name() -> None:
    assert check_name("cuda:1") == "cuda:1"
    if "cuda:1" not in available():
        with pytest.raises(UsageError, match="There is no cuda:1 device here"):
            choose("cuda:1")


def test_the_first_card_has_a_number_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnntutor.vision.device.available", lambda: ("cpu", "cuda", "cuda:1"))
    assert choose("cuda:0") == torch.device("cuda:0")
    assert choose("cuda:1") == torch.device("cuda:1")
