from __future__ import annotations

import pytest
import torch

from cnntutor.errors import UsageError
from cnntutor.vision.device import DEVICES, available, choose


def test_the_processor_is_always_there() -> None:
    assert available()[0] == "cpu"
    assert choose("cpu") == torch.device("cpu")


def test_auto_takes_the_fastest_that_is_there() -> None:
    assert choose("auto").type == available()[-1]


def test_a_device_that_is_not_there_names_those_that_are() -> None:
    for name in set(DEVICES) - {"auto"} - set(available()):
        with pytest.raises(UsageError, match=f"There is no {name} device here: choose cpu"):
            choose(name)


def test_a_device_that_exists_nowhere_is_refused() -> None:
    with pytest.raises(UsageError, match="device must be auto, cpu, cuda or mps, not “tpu”"):
        choose("tpu")
