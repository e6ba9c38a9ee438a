"""grad-cam: where in a picture does a net see a class? Five methods, held against pictures with a known answer."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _grad_cam_words as words
from cnntutor.demos.gallery._grad_cam_knobs import GradCamKnobs
from cnntutor.demos.gallery._grad_cam_look import Channels, Look, look, questions
from cnntutor.demos.gallery._grad_cam_scene import Scene, scene_of
from cnntutor.demos.protocol import Cell, Frame, Table, demo
from cnntutor.vision import colour, nets
from cnntutor.vision.heat import heat, over

if TYPE_CHECKING:
    import torch

    from cnntutor.vision.cam.steps import Steps

FADE = 6
"""Frames in which the map comes up over the picture."""

HOLD = 0.08
"""Seconds that each of them stays."""

EVERY = 0.05
"""Share of a slow method's work from one frame to the next."""

CLASSES_LISTED = 8
CHANNELS_LISTED = 8
BAR = 20
"""Blocks of a bar for 100 %."""


@demo(
    "grad-cam",
    topic="interpretability",
    title="See where a net looks",
    promise="Two textures, one net: see which pixels speak for which class, and check whether the map is right.",
    predict=words.predict,
)
def grad_cam(knobs: GradCamKnobs, device: torch.device) -> Iterator[Frame]:
    """The picture and its classes first; then the maps come up over it, and the last frame has everything."""
    yield from _downloads(knobs)
    scene = scene_of(knobs, device)
    asked = questions(scene, knobs)
    yield _opening(scene)
    looks: tuple[Look, ...] = ()
    for question in asked:
        found = yield from _waiting(scene, look(scene, knobs.method, question))
        looks = (*looks, found)
    for step in range(1, FADE + 1):
        yield _frame(scene, knobs, looks, step / FADE)


def _downloads(knobs: GradCamKnobs) -> Iterator[Frame]:
    if knobs.weights == "random":
        return
    for fetched in nets.fetch(knobs.model):
        yield Frame(caption=f"Downloading the weights of {knobs.model}: {fetched}.", progress=fetched.share)


def _waiting(scene: Scene, steps: Steps[Look]) -> Generator[Frame, None, Look]:
    """Frames of the way to a map; quick methods need none."""
    shown = 0.0
    while True:
        try:
            with scene.net.at_work():
                done = next(steps)
        except StopIteration as end:
            found: Look = end.value
            return found
        if done - shown >= EVERY:
            shown = done
            yield _opening(scene, done)


# Frames


def _opening(scene: Scene, done: float = 0.0) -> Frame:
    """What is known before there is a map."""
    return Frame(
        {"picture": scene.pixels},
        tables={"classes": _classes(scene, ())},
        views={"map": ("picture",), "classes": ("picture", "classes")},
        caption="The net has seen the picture. Now for what it went by.",
        progress=done,
        choices=_choices(scene),
    )


def _frame(scene: Scene, knobs: GradCamKnobs, looks: tuple[Look, ...], shown: float) -> Frame:
    """All there is, the maps laid over the picture as far as `shown` says, from 0 to 1."""
    titles = _titles(looks)
    pixels, share = scene.pixels, shown * knobs.blend
    maps = {f"map of {title}": over(pixels, look.heat, share) for title, look in zip(titles, looks, strict=True)}
    raw = {f"{title}, raw": heat(_to_one(look)) for title, look in zip(titles, looks, strict=True)}
    channels = looks[0].channels
    strongest = {} if channels is None else {"strongest channels": _mosaic(channels)}
    weights = {} if channels is None else {"channels": _weights(channels)}
    views = {"map": ("picture", *maps), "raw": tuple(raw), "classes": ("picture", "classes")}
    return Frame(
        {"picture": pixels, **maps, **raw, **strongest},
        tables={"classes": _classes(scene, looks), **weights},
        views=views if channels is None else views | {"channels": ("strongest channels", "channels")},
        figures=_figures(scene, looks),
        formulas=words.formulas(knobs, scene, looks[0]),
        caption=words.caption(knobs, dict(zip(titles, looks, strict=True))),
        progress=shown,
        hold=HOLD if shown < 1 else 0,
        choices=_choices(scene),
    )


def _titles(looks: tuple[Look, ...]) -> list[str]:
    """The class of each map, and where both maps are of one class the layer too."""
    apart = len({look.name for look in looks}) == len(looks)
    return [look.name if apart else f"{look.name} at {look.question.layer}" for look in looks]


def _to_one(look: Look) -> torch.Tensor:
    return look.raw / look.peak if look.peak else look.raw


def _choices(scene: Scene) -> dict[str, tuple[str, ...]]:
    layers, classes = tuple(scene.layers), scene.class_names
    return {
        "model": nets.net_names(),
        "layer": layers,
        "second_layer": layers,
        "target": classes,
        "second_target": classes,
    }


def _figures(scene: Scene, looks: tuple[Look, ...]) -> dict[str, float]:
    figures: dict[str, float] = {"side": scene.side}
    for prefix, found in zip(("", "second_"), looks, strict=False):
        figures |= {f"{prefix}{name}": value for name, value in _figures_of(scene, found).items()}
    return figures


def _figures_of(scene: Scene, found: Look) -> dict[str, float]:
    row, column = found.top
    figures = {
        "target": found.question.target,
        "probability": found.chance,
        "row": row,
        "column": column,
        "peak": found.peak,
        "map_size": found.map_size,
        "stride": found.stride,
    }
    known = {} if found.mask is None else {"inside": found.inside, "hit": int(found.hit)}
    return figures | known


# Tables and pictures


def _classes(scene: Scene, looks: tuple[Look, ...]) -> Table:
    """The likeliest classes, and those that were asked for."""
    likely = scene.chances.argsort(descending=True)[:CLASSES_LISTED].tolist()
    asked = [look.question.target for look in looks]
    rows = [_class_row(scene, index) for index in dict.fromkeys([*likely, *asked])]
    return Table(("class", "probability", ""), tuple(rows))


def _class_row(scene: Scene, index: int) -> tuple[Cell, ...]:
    chance = float(scene.chances[index])
    return scene.net.name_of(index), round(chance, 4), "█" * round(BAR * chance)


def _strongest(channels: Channels) -> list[int]:
    """The channels that add or take away most, the strongest first."""
    sums = channels.contributions.sum((1, 2)).abs()
    strongest: list[int] = sums.argsort(descending=True)[:CHANNELS_LISTED].tolist()
    return strongest


def _mosaic(channels: Channels) -> colour.Pixels:
    """The strongest channels' maps in the order of the table, in one range of colours."""
    maps = channels.maps[_strongest(channels)]
    return colour.mosaic([colour.signed(map_, like=maps.flatten(1)) for map_ in maps], columns=min(4, len(maps)))


def _weights(channels: Channels) -> Table:
    rows = [_weight_row(channels, channel) for channel in _strongest(channels)]
    return Table(("channel", "weight", "adds to the map"), tuple(rows))


def _weight_row(channels: Channels, channel: int) -> tuple[Cell, ...]:
    weight = None if channels.weights is None else float(f"{float(channels.weights[channel]):.4g}")
    return channel, weight, float(f"{float(channels.contributions[channel].sum()):.4g}")
