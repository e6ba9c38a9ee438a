"""Write `assets/textures`: real surfaces, cut from photographs that scikit-image ships.

    python scripts/make_textures.py FOLDER

FOLDER is the `data` folder of scikit-image 0.26.0. The same Pillow writes the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

ASSETS = Path(__file__).parent.parent / "assets" / "textures"

Box = tuple[int, int, int, int]

SOURCES: dict[str, tuple[str, Box | None, tuple[int, int]]] = {
    "brick": ("brick.png", None, (256, 256)),
    "grass": ("grass.png", None, (256, 256)),
    "gravel": ("gravel.png", None, (256, 256)),
    "retina": ("retina.jpg", (210, 210, 1200, 1200), (256, 256)),
    "stars": ("hubble_deep_field.jpg", (0, 0, 640, 640), (256, 256)),
    "wood": ("coffee.png", (485, 0, 600, 400), (115, 400)),
    "writing": ("text.png", None, (448, 172)),
}
"""Texture → file, (left, top, right, bottom) of the part that shows nothing else, and (width, height) as shipped."""


def main(folder: Path) -> None:
    """Write the textures and say how large they are."""
    ASSETS.mkdir(parents=True, exist_ok=True)
    for name, (file, box, size) in SOURCES.items():
        path = ASSETS / f"{name}.png"
        with Image.open(folder / file) as picture:
            surface = picture.convert("RGB" if picture.mode == "RGBA" else picture.mode)
            surface.resize(size, Image.Resampling.LANCZOS, box).save(path, optimize=True)
        print(f"{path.name}: {size[0]} × {size[1]} pixels, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
