"""Where content, assets and the learner's data lie.

`CNNTUTOR_HOME` puts everything the learner owns under one folder; otherwise each kind goes where the
operating system wants it (platformdirs).
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `content` or `assets` as it ships: inside the wheel, or beside the package in a checkout."""
    inside = PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def content_dir() -> Path:
    """The folder of courses; `CNNTUTOR_CONTENT` points a teacher's app at her own."""
    chosen = os.environ.get("CNNTUTOR_CONTENT")
    return Path(chosen).expanduser() if chosen else shipped("content")


def assets_dir() -> Path:
    """The folder of pictures, sounds and small weights that ship with the app."""
    return shipped("assets")


def data_dir() -> Path:
    """The learner's own folder: the database and its backups. Not created here."""
    home = os.environ.get("CNNTUTOR_HOME")
    if home:
        return Path(home).expanduser()
    from platformdirs import user_data_path

    return user_data_path("cnntutor", appauthor=False)


def cache_dir() -> Path:
    """What can be made again: downloads, rendered speech. Not created here."""
    home = os.environ.get("CNNTUTOR_HOME")
    if home:
        return Path(home).expanduser() / "cache"
    from platformdirs import user_cache_path

    return user_cache_path("cnntutor", appauthor=False)


def database_path() -> Path:
    """The learner's SQLite database."""
    return data_dir() / "memory.sqlite3"
