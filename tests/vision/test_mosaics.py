from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnntutor import paths
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, mosaics, textures
from cnntutor.vision.gradcam import grad_cam
from cnntutor.vision.mosaics import SIDE

LAYOUTS = ("side by side", "stacked")


def windows(surface: np.ndarray, height: int, width: int) -> np.ndarray:
    """Every piece of this size."""
    return np.lib.stride_tricks.sliding_window_view(surface, (height, width), axis=(0, 1))


def is_cut_from(piece: np.ndarray, surface: np.ndarray) -> bool:
    """Whether the piece, or its mirror image, lies somewhere in the surface; told by its first row."""
    rows = windows(surface, 1, piece.shape[1])[:, :, :, 0]  # [top, left, channel, width]
    return any((rows == row.T).all(axis=(2, 3)).any() for row in (piece[0], piece[0, ::-1]))


# Textures


@pytest.mark.parametrize("name", textures.NAMES)
def test_every_texture_has_two_parts_large_enough_for_mosaics(name: str) -> None:
    for part in ("train", "held-out"):
        pixels = textures.texture(name, part)
        assert pixels.dtype == np.uint8
        assert min(pixels.shape[:2]) >= SIDE


@pytest.mark.parametrize("name", textures.NAMES)
def test_the_parts_of_a_texture_do_not_touch(name: str) -> None:
    whole = textures._read(name)
    train, held_out = textures.texture(name, "train"), textures.texture(name, "held-out")
    axis = 1 if whole.shape[1] >= whole.shape[0] else 0
    assert np.array_equal(train, whole.take(range(train.shape[axis]), axis))
    assert np.array_equal(held_out, whole.take(range(-held_out.shape[axis], 0), axis))
    assert train.shape[axis] + held_out.shape[axis] < 0.97 * whole.shape[axis]


def test_an_unknown_texture_is_refused() -> None:
    with pytest.raises(UsageError, match="There is no texture “silk”: choose brick, grass"):
        textures.texture("silk", "train")


def test_all_textures_together_are_light() -> None:
    folder = paths.assets_dir() / "textures"
    files = sorted(path.stem for path in folder.iterdir())
    assert files == list(textures.NAMES)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_000_000


# Mosaics


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_half_is_cut_from_the_held_out_part_of_its_texture(layout: mosaics.Layout) -> None:
    mosaic = mosaics.mosaic("stars", "wood", layout, 3)
    first = mosaic.pixels[:, : SIDE // 2] if layout == "side by side" else mosaic.pixels[: SIDE // 2]
    second = mosaic.pixels[:, SIDE // 2 :] if layout == "side by side" else mosaic.pixels[SIDE // 2 :]
    assert is_cut_from(first, textures.texture("stars", "held-out"))
    assert is_cut_from(second, textures.texture("wood", "held-out"))
    assert not is_cut_from(second, textures.texture("wood", "train"))


@given(st.integers(0, 10**9))
def test_the_halves_of_the_ground_truth_fill_the_picture(number: int) -> None:
    mosaic = mosaics.drawn(number)
    first, second = mosaic.where(mosaic.first), mosaic.where(mosaic.second)
    assert (first ^ second).all()
    assert first.sum() == SIDE * SIDE / 2
    assert first[0, 0]
    assert second[-1, -1]
    assert first[0, -1] == (mosaic.layout == "stacked")


def test_a_texture_that_is_not_in_the_mosaic_is_nowhere() -> None:
    assert not mosaics.mosaic("brick", "grass").where("stars").any()


def test_the_number_decides_what_is_cut() -> None:
    one, same, other = (mosaics.mosaic("gravel", "grass", number=number).pixels for number in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_numbers_draw_every_pair_and_both_layouts() -> None:
    drawn = [mosaics.drawn(number) for number in range(400)]
    assert {mosaic.layout for mosaic in drawn} == set(LAYOUTS)
    assert len({(mosaic.first, mosaic.second) for mosaic in drawn}) == len(textures.NAMES) * (len(textures.NAMES) - 1)


def test_a_mosaic_of_one_texture_is_refused() -> None:
    with pytest.raises(UsageError, match="two different textures, not wood twice"):
        mosaics.mosaic("wood", "wood")


def test_mosaics_need_no_torch() -> None:
    code = "import sys; from cnntutor.vision import mosaics; mosaics.drawn(1); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# The net that was trained on them

TESTED = range(20_000, 20_060)
"""Neither these nor the benchmark's were looked at while the net was made."""


def normalised(found: checkpoints.Checkpoint, pixels: list[np.ndarray]) -> torch.Tensor:
    x = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(values)[:, None, None] for values in (found.mean, found.std))
    return (x - mean) / std


def test_the_textures_net_is_small_and_says_where_it_comes_from() -> None:
    found = checkpoints.load("textures")
    assert found.class_names == textures.NAMES
    assert (paths.assets_dir() / "nets" / "textures.pt").stat().st_size < 500_000
    assert (found.seed, found.made_by) == (0, "scripts/train_textures.py")


def test_the_textures_net_names_pieces_that_it_never_saw() -> None:
    found = checkpoints.load("textures")
    pieces = [textures.texture(name, "held-out")[-SIDE:, -SIDE:] for name in textures.NAMES]
    with torch.no_grad():
        scores = found.model()(normalised(found, pieces))
    assert scores.argmax(1).tolist() == list(range(len(textures.NAMES)))


def test_grad_cam_points_at_the_half_that_was_asked_for() -> None:
    found = checkpoints.load("textures")
    drawn = [mosaics.drawn(number) for number in TESTED]
    x = normalised(found, [mosaic.pixels for mosaic in drawn])
    hits = []
    for which in ("first", "second"):
        asked = [getattr(mosaic, which) for mosaic in drawn]
        heats = grad_cam(found.model(), "blocks.2", x, [textures.NAMES.index(name) for name in asked])
        hits += [m.where(name).flat[int(heat.argmax())] for m, name, heat in zip(drawn, asked, heats, strict=True)]
    assert sum(hits) / len(hits) >= 0.95
