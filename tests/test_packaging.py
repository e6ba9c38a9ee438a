"""The wheel: content and assets travel inside, and it works from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout and unpacked where nothing else of it lies."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def test_the_course_is_found_from_any_folder(unpacked: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(unpacked), "CNNTUTOR_HOME": str(tmp_path / "home")}
    env.pop("CNNTUTOR_CONTENT", None)
    done = subprocess.run(
        [sys.executable, "-m", "cnntutor", "course", "list", "--json"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout)[0]["slug"] == "what-is-a-cnn"
    where = subprocess.run(
        [sys.executable, "-c", "import cnntutor; print(cnntutor.__file__)"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert where.stdout.startswith(str(unpacked))


def test_pictures_and_their_licences_are_inside(unpacked: Path) -> None:
    assets = unpacked / "cnntutor" / "_shipped" / "assets"
    assert (assets / "README.md").is_file()
    assert list(assets.rglob("*.png"))


def test_nothing_but_the_package_is_inside(unpacked: Path) -> None:
    top = {path.name for path in unpacked.iterdir()}
    assert {name.split("-")[0] for name in top} == {"cnntutor"}
