"""Whether sound can be heard here, and the one line that says why not."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from cnntutor.listen.hearing import PACKAGES, no_sound, why_silent

SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages that play sound, also where they have no wheel."""
    for name in PACKAGES:
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, True),
        ({"CNNTUTOR_SOUND": "on"}, True),
        ({"CNNTUTOR_SOUND": "on"}, False),
        ({"CNNTUTOR_SOUND": "null"}, False),
        ({"CNNTUTOR_SOUND": "on", **SSH}, True),
        ({"CNNTUTOR_SOUND": "null", **SSH}, True),
        ({"PULSE_SERVER": "tcp:localhost:24713", **SSH}, True),
    ],
)
def test_something_is_heard(environment, wanted):
    assert why_silent(environment, wanted) == ""


@pytest.mark.parametrize(
    ("environment", "wanted", "says"),
    [
        ({"CNNTUTOR_SOUND": "off"}, True, "Sound is off"),
        ({}, False, "Sound is off"),
        (SSH, False, "Sound is off"),
        (SSH, True, "CNNTUTOR_SOUND=on"),
        ({"SSH_TTY": "/dev/pts/3"}, True, "CNNTUTOR_SOUND=on"),
    ],
)
def test_silence_is_explained_in_one_line(environment, wanted, says):
    line = why_silent(environment, wanted)
    assert says in line
    assert "\n" not in line


@pytest.mark.parametrize("missing", PACKAGES)
@pytest.mark.parametrize("environment", [{}, {"CNNTUTOR_SOUND": "on"}, {"CNNTUTOR_SOUND": "null"}, SSH])
def test_a_missing_package_is_named_whatever_else_is_wished(monkeypatch, missing, environment):
    monkeypatch.setitem(sys.modules, missing, None)
    line = why_silent(environment)
    assert PACKAGES[missing] in line
    assert "\n" not in line
    assert not [package for module, package in PACKAGES.items() if module != missing and package in line]


def test_all_missing_packages_are_named_at_once(monkeypatch):
    for name in PACKAGES:
        monkeypatch.setitem(sys.modules, name, None)
    assert all(package in why_silent({}) for package in PACKAGES.values())


def test_a_missing_device_is_one_line_with_its_reason():
    assert no_sound("no backend") == "No sound here (no backend), so the transcript runs at reading speed."
