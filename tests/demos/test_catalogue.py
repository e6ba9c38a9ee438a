from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cnntutor.demos import catalogue
from cnntutor.demos.protocol import Demo
from cnntutor.errors import UsageError


@pytest.fixture
def convolve() -> Demo:
    return catalogue.load("convolve")


def modules_after(code: str) -> set[str]:
    """What a fresh interpreter has imported after this code."""
    show = "import sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", f"{code}\n{show}"], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "from cnntutor.demos.catalogue import names; names()",
        "from cnntutor.demos.catalogue import as_json; as_json()",
        "from cnntutor.demos.catalogue import load, parse_knobs; parse_knobs(load('convolve'), {'kernel': 'gabor'})",
        "import cnntutor.demos.client, cnntutor.demos.run, cnntutor.demos.show_code",
    ],
)
def test_neither_torch_nor_the_screen_is_needed_to_list_and_turn_demos(code: str) -> None:
    assert not modules_after(code) & {"torch", "torchvision", "textual"}


def test_names_are_read_without_importing_a_demo() -> None:
    modules = modules_after("from cnntutor.demos.catalogue import names; names()")
    assert "cnntutor.demos.gallery" in modules
    assert "cnntutor.demos.gallery.convolve" not in modules


def test_all_demos_are_those_that_are_named() -> None:
    assert tuple(demo.name for demo in catalogue.all_demos()) == catalogue.names()


def test_every_knob_of_every_demo_is_described() -> None:
    undescribed = [f"{d.name}: {k.name}" for d in catalogue.all_demos() for k in d.controls if not k.description]
    assert undescribed == []


def test_an_unknown_demo_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="There is no demo “convole”: did you mean convolve"):
        catalogue.load("convole")
    with pytest.raises(UsageError, match="`cnntutor demo list` lists them"):
        catalogue.load("zzz")


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"stride": "0"}, "stride must be at least 1, not 0"),
        ({"stride": 9}, "stride must be at most 8, not 9"),
        ({"side": "wide"}, "side must be a whole number, not “wide”"),
        ({"side": "64.5"}, "side must be a whole number, not “64.5”"),
        ({"activation": "swish"}, "activation must be none, relu, leaky-relu, tanh, sigmoid or gelu, not “swish”"),
        ({"strid": "2"}, "The demo convolve has no knob “strid”: did you mean stride?"),
        (
            {"kernel_size": 1, "kernel": "sobel-x"},
            "kernel_size must be at least 3 for the kernel sobel-x, not 1: make it larger, or choose another kernel "
            "first (identity, box, gaussian, random)",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_that_says_what_is_right(
    convolve: Demo, values: dict[str, object], line: str
) -> None:
    with pytest.raises(UsageError) as error:
        catalogue.parse_knobs(convolve, values)
    assert str(error.value) == line


def test_an_unknown_knob_without_a_near_one_lists_them_all(convolve: Demo) -> None:
    with pytest.raises(UsageError, match="it has image, side, kernel, kernel_size"):
        catalogue.parse_knobs(convolve, {"zzz": 1})


def test_settings_are_taken_apart_at_the_first_equals_sign() -> None:
    assert catalogue.parse_settings(["stride=2", "image=a=b.png"]) == {"stride": "2", "image": "a=b.png"}


@pytest.mark.parametrize("setting", ["stride", "=2", ""])
def test_a_setting_without_knob_or_value_is_refused(setting: str) -> None:
    with pytest.raises(UsageError, match="write knob=value"):
        catalogue.parse_settings([setting])


def test_the_list_is_one_json_document_with_every_knob(convolve: Demo) -> None:
    (listed,) = (d for d in json.loads(json.dumps(catalogue.as_json())) if d["name"] == "convolve")
    assert (listed["topic"], listed["title"]) == (convolve.topic, convolve.title)
    assert listed["knobs"]["stride"] == {
        "type": "int",
        "default": 1,
        "min": 1,
        "max": 8,
        "live": False,
        "description": "pixels from one window to the next",
    }
    assert listed["knobs"]["padding_mode"]["choices"] == ["zeros", "reflect", "replicate", "circular"]
