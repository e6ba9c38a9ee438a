"""Pictures: the shipped ones by name, and any that a learner brings, as plain 8-bit RGB."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.errors import UsageError

if TYPE_CHECKING:
    import torch
    from PIL import Image

SHIPPED = ("chelsea", "coffee", "astronaut", "brick")
"""Pictures in `assets/pictures`, by name."""

MOST_PIXELS = 100_000_000
"""Larger pictures are refused before they are decoded: a small file can hold a huge one."""

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "PPM", "WEBP")
_PAPER = (255, 255, 255)


def path_of(picture: str) -> Path:
    """The file of a picture.

    Args:
        picture: the name of a shipped picture, or a path.

    Raises:
        UsageError: there is neither such a picture nor such a file.
    """
    if picture in SHIPPED:
        return paths.assets_dir() / "pictures" / f"{picture}.png"
    path = path_given(picture)
    try:
        there = path.is_file()
    except OSError as error:
        raise UsageError(f"The picture “{picture}” cannot be looked at: {error.strerror}.") from None
    if not there:
        raise UsageError(f"There is no picture “{picture}”: name a file, or one of {', '.join(SHIPPED)}.")
    return path


def path_given(picture: str) -> Path:
    """A path as typed, a `~` that stands for a home put in its place."""
    # Path.expanduser raises where nobody has this name; a file may be called so all the same.
    return Path(os.path.expanduser(picture))  # noqa: PTH111


def known(picture: str) -> str:
    """The picture's name as given, once it is sure that there is one.

    Raises:
        UsageError: there is neither such a picture nor such a file.
    """
    path_of(picture)
    return picture


def open_picture(picture: str | Path) -> Image.Image:
    """Any picture as 8-bit RGB, upright, transparency laid on white; of an animation the first frame.

    Args:
        picture: the name of a shipped picture, or a path.

    Raises:
        UsageError: it is missing, no picture, broken, or has more than `MOST_PIXELS` pixels.
    """
    from PIL import Image, ImageOps

    path = path_of(str(picture))
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=_FORMATS) as opened:
            _refuse_huge(path, opened.size)
            opened.seek(0)
            return _rgb(ImageOps.exif_transpose(opened))
    except UsageError:
        raise
    except PermissionError:
        raise UsageError(f"{path} may not be read: check its permissions.") from None
    except Image.DecompressionBombError:
        raise UsageError(f"{path} is too large: make it smaller than {_megapixels(MOST_PIXELS)}.") from None
    except Exception as error:
        # Decoders answer broken files with any kind of exception, from SyntaxError to struct.error.
        raise UsageError(f"{path} is no picture that can be read: give a PNG, JPEG, WebP, GIF, BMP or TIFF.") from error


def square(picture: str | Path, side: int) -> Image.Image:
    """A picture cut to its middle square and resized to side × side pixels.

    Raises:
        UsageError: as `open_picture`.
    """
    from PIL import Image, ImageOps

    return ImageOps.fit(open_picture(picture), (side, side), Image.Resampling.BICUBIC)


def as_tensor(image: Image.Image) -> torch.Tensor:
    """An RGB picture as numbers from 0 to 1.

    Returns:
        float32 [3, H, W].
    """
    import numpy as np
    import torch

    pixels = torch.from_numpy(np.array(image, dtype=np.uint8))  # [H, W, 3]
    return pixels.permute(2, 0, 1).float() / 255


def _refuse_huge(path: Path, size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise UsageError(f"{path} has {width} × {height} pixels: make it smaller than {_megapixels(MOST_PIXELS)}.")


def _megapixels(pixels: int) -> str:
    return f"{pixels // 1_000_000} megapixels"


def _rgb(image: Image.Image) -> Image.Image:
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        image = _eight_bit(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    picture = image.convert("RGBA")
    paper = Image.new("RGBA", picture.size, (*_PAPER, 255))
    return Image.alpha_composite(paper, picture).convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit greys lose their low byte; other depths are stretched from their darkest to their brightest."""
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(image).astype(np.float64))
    if values.min() >= 0 and image.mode != "F" and values.max() <= 65535:
        low, high = 0.0, 65535.0 if values.max() > 255 or image.mode.startswith("I;16") else 255.0
    else:
        low, high = float(values.min()), float(values.max())
    scaled = (values - low) / max(high - low, 1e-12) * 255
    return Image.fromarray(scaled.round().astype(np.uint8))
