from __future__ import annotations

import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnntutor import paths
from cnntutor.errors import UsageError
from cnntutor.vision import images

RED, WHITE = (255, 0, 0), (255, 255, 255)


@pytest.mark.parametrize("name", images.SHIPPED)
def test_shipped_pictures_are_small_squares_with_a_licence(name: str) -> None:
    picture = images.open_picture(name)
    assert (picture.mode, picture.size) == ("RGB", (256, 256))
    assert images.path_of(name).stat().st_size < 130_000
    assert f"`{name}.png`" in (paths.assets_dir() / "README.md").read_text(encoding="utf-8")


def test_no_picture_ships_unnamed() -> None:
    assert {path.stem for path in (paths.assets_dir() / "pictures").iterdir()} == set(images.SHIPPED)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif", "bmp", "tiff", "ppm"])
def test_common_formats_are_read(tmp_path: Path, suffix: str) -> None:
    Image.new("RGB", (5, 7), RED).save(tmp_path / f"red.{suffix}")
    picture = images.open_picture(tmp_path / f"red.{suffix}")
    assert (picture.mode, picture.size) == ("RGB", (5, 7))
    red, green, blue = picture.getpixel((2, 3))
    assert red > 245
    assert max(green, blue) < 10


def test_sixteen_bit_greys_keep_their_brightness(tmp_path: Path) -> None:
    values = np.array([[0, 257 * 128, 65535]], np.uint16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    assert np.asarray(images.open_picture(tmp_path / "deep.png"))[0, :, 0].tolist() == [0, 128, 255]


def test_a_dark_sixteen_bit_picture_stays_dark(tmp_path: Path) -> None:
    Image.fromarray(np.full((2, 2), 200, np.uint16)).save(tmp_path / "dark.png")
    assert images.open_picture(tmp_path / "dark.png").getpixel((0, 0)) == (1, 1, 1)


def test_floating_point_pictures_are_stretched_to_what_can_be_seen(tmp_path: Path) -> None:
    Image.fromarray(np.array([[-2.0, 0.0, 2.0]], np.float32)).save(tmp_path / "float.tiff")
    assert np.asarray(images.open_picture(tmp_path / "float.tiff"))[0, :, 0].tolist() == [0, 128, 255]


def test_printing_colours_become_screen_colours(tmp_path: Path) -> None:
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "print.jpg")
    red, green, blue = images.open_picture(tmp_path / "print.jpg").getpixel((1, 1))
    assert red > 200 > 60 > max(green, blue)


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (2, 2), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert images.open_picture(tmp_path / "clear.png").getpixel((0, 0)) == WHITE
    Image.new("LA", (2, 2), (0, 0)).save(tmp_path / "grey.png")
    assert images.open_picture(tmp_path / "grey.png").getpixel((0, 0)) == WHITE
    palette = Image.new("P", (2, 2), 0)
    palette.putpalette([255, 0, 0])
    palette.save(tmp_path / "palette.png", transparency=0)
    assert images.open_picture(tmp_path / "palette.png").getpixel((0, 0)) == WHITE
    Image.new("RGBA", (2, 2), (255, 0, 0, 0)).save(tmp_path / "clear.webp", lossless=True)
    assert images.open_picture(tmp_path / "clear.webp").getpixel((0, 0)) == WHITE
    Image.new("L", (2, 2), 5).save(tmp_path / "one-grey.png", transparency=5)
    assert images.open_picture(tmp_path / "one-grey.png").getpixel((0, 0)) == WHITE


@pytest.mark.parametrize("name", ["film.gif", "film.webp", "film.png", "film.tiff"])
def test_of_an_animation_the_first_picture_counts(tmp_path: Path, name: str) -> None:
    first, second = Image.new("RGB", (3, 3), RED), Image.new("RGB", (3, 3), WHITE)
    lossless = {"lossless": True} if name.endswith("webp") else {}
    first.save(tmp_path / name, save_all=True, append_images=[second], **lossless)
    assert images.open_picture(tmp_path / name).getpixel((1, 1)) == RED


def test_a_phones_picture_with_a_second_one_behind_it_is_read(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (16, 16), RED), Image.new("RGB", (16, 16), WHITE)
    first.save(tmp_path / "pair.jpg", format="MPO", save_all=True, append_images=[second])
    red, green, blue = images.open_picture(tmp_path / "pair.jpg").getpixel((8, 8))
    assert red > 245 > 10 > max(green, blue)


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))],
)
def test_photographs_stand_upright(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    lying = Image.new("RGB", (6, 4), WHITE)
    lying.putpixel((0, 0), RED)
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying.save(tmp_path / "phone.png", exif=exif)
    upright = images.open_picture(tmp_path / "phone.png")
    assert upright.size == ((6, 4) if orientation < 5 else (4, 6))
    right, bottom = upright.width - 1, upright.height - 1
    assert upright.getpixel((corner[0] * right, corner[1] * bottom)) == RED


def huge_png(path: Path, side: int) -> None:
    """A PNG of a few bytes that claims side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [12_000, 30_000])
def test_a_picture_that_would_fill_the_memory_is_refused_unread(tmp_path: Path, side: int) -> None:
    huge_png(tmp_path / "bomb.png", side)
    with pytest.raises(UsageError, match="make it smaller than 100 megapixels"):
        images.open_picture(tmp_path / "bomb.png")


def truncated_jpeg() -> bytes:
    whole = images.path_of("coffee").read_bytes()
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/>",
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"GIF89a",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        truncated_jpeg(),
    ],
    ids=["empty", "text", "drawing", "broken png", "broken gif", "postscript", "cut off"],
)
def test_what_is_no_picture_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.png").write_bytes(content)
    with pytest.raises(UsageError) as error:
        images.open_picture(tmp_path / "file.png")
    assert "is no picture that can be read: give a PNG, JPEG" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_or_a_folder_names_the_shipped_pictures(tmp_path: Path) -> None:
    for missing in (tmp_path / "cat.png", tmp_path):
        with pytest.raises(UsageError, match=r"There is no picture .*: name a file, or one of chelsea, coffee"):
            images.open_picture(missing)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("waiting", ["fifo", "link to it", "device"])
def test_what_would_never_end_is_not_opened(tmp_path: Path, waiting: str) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    (tmp_path / "link.png").symlink_to(pipe)
    path = {"fifo": pipe, "link to it": tmp_path / "link.png", "device": Path("/dev/zero")}[waiting]
    with pytest.raises(UsageError, match="There is no picture"):
        images.open_picture(path)


@pytest.mark.parametrize("size", [(400, 100), (100, 400), (1, 5000), (5000, 1), (3, 3), (1, 1)])
def test_the_middle_square_is_what_counts(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, RED).save(tmp_path / "red.png")
    square = images.square(tmp_path / "red.png", 64)
    assert square.size == (64, 64)
    assert square.getpixel((0, 0)) == square.getpixel((63, 63)) == RED


def test_as_numbers_a_picture_goes_from_zero_to_one_channel_first() -> None:
    tensor = images.as_tensor(Image.new("RGB", (3, 2), (255, 0, 51)))
    assert tensor.shape == (3, 2, 3)
    assert tensor[:, 0, 0].tolist() == pytest.approx([1.0, 0.0, 0.2])
