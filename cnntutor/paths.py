"""Where content, assets and the learner's data lie.

`CNNTUTOR_HOME` puts everything the learner owns under one folder; otherwise each kind goes where the
operating system wants it (platformdirs).
"""

from __future__ import annotations

import os
from pathlib import Path

from cnntutor.errors import CnntutorError

PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `content` or `assets` as it ships: inside the wheel, or beside the package in a checkout."""
    inside = PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def content_dir() -> Path:
    """The folder of courses; `CNNTUTOR_CONTENT` points a teacher's app at her own."""
    return _chosen("CNNTUTOR_CONTENT") or shipped("content")


def assets_dir() -> Path:
    """The folder of pictures, sounds and small weights that ship with the app."""
    return shipped("assets")


def data_dir() -> Path:
    """The learner's own folder: the database and its backups. Not created here."""
    home = _chosen("CNNTUTOR_HOME")
    if home is not None:
        return home
    from platformdirs import user_data_path

    return user_data_path("cnntutor", appauthor=False)


def database_path() -> Path:
    """The learner's SQLite database."""
    return data_dir() / "memory.sqlite3"


def cache_dir() -> Path:
    """What can be made again, such as the sound of lessons. Not created here."""
    home = _chosen("CNNTUTOR_HOME")
    if home is not None:
        return home / "cache"
    from platformdirs import user_cache_path

    return user_cache_path("cnntutor", appauthor=False)


def runs_dir() -> Path:
    """The learner's last runs of the demos. Not created here."""
    return data_dir() / "runs"


def _chosen(variable: str) -> Path | None:
    """The folder that an environment variable names, or None where it is not set.

    Raises:
        CnntutorError: it begins with a `~` that stands for nobody's home.
    """
    value = os.environ.get(variable)
    try:
        return Path(value).expanduser() if value else None
    except RuntimeError:
        raise CnntutorError(f"{variable} is {value}, but there is no such home: write the whole path.") from None
