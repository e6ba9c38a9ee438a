"""Whether sound can be heard here, as far as one can tell before trying."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

PACKAGES = {"miniaudio": "miniaudio", "soundfile": "soundfile", "python_stretch": "python-stretch"}
"""Modules that playing needs → the packages that bring them."""


def why_silent(environment: Mapping[str, str], wanted: bool = True) -> str:
    """Why nothing would be heard, in one line; empty if something should be.

    Args:
        environment: variables; `CNNTUTOR_SOUND` is `on` or `off` against all appearances, or `null` to play into
            a device that nobody hears (tests).
        wanted: the learner's setting.
    """
    forced = environment.get("CNNTUTOR_SOUND", "")
    if forced == "off" or (not wanted and forced not in {"on", "null"}):
        return "Sound is off, so the transcript runs at reading speed."
    missing = [package for module, package in PACKAGES.items() if find_spec(module) is None]
    if missing:
        names = " and ".join(missing)
        return f"No sound: there is no {names} for this machine. The transcript runs at reading speed."
    if forced not in {"on", "null"} and _is_remote(environment):
        return "No sound over SSH: it would play on the other machine. (CNNTUTOR_SOUND=on plays it all the same.)"
    return ""


def no_sound(why: str) -> str:
    """The line for a machine whose sound could not be opened, for a reason in a few words."""
    return f"No sound here ({why.rstrip('.')}), so the transcript runs at reading speed."


def _is_remote(environment: Mapping[str, str]) -> bool:
    """Logged in from elsewhere, and the sound is not sent there."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")) and not environment.get("PULSE_SERVER")
