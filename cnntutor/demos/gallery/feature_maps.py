"""feature-maps: up a trained net, block by block: its maps, what excites its channels, and what can be read there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _feature_maps_words as words
from cnntutor.demos.gallery._feature_maps_climb import LIKED, Level, Subject, levels_of, read_by_probe, subject_of
from cnntutor.demos.gallery._feature_maps_knobs import FeatureMapsKnobs
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import checkpoints, colour
from cnntutor.vision.heat import heat

if TYPE_CHECKING:
    import torch
    from torch import Tensor

PACE = 0.9
"""Seconds at each block on the way up."""

COLUMNS = 3

PROBE = "probe right, in %"


@demo(
    "feature-maps",
    topic="hierarchy",
    title="Climb a net, block by block",
    promise="See what excites each channel, from strokes to whole digits, and how readable the answer becomes.",
    predict=words.predict,
)
def feature_maps(knobs: FeatureMapsKnobs, device: torch.device) -> Iterator[Frame]:
    """The picture first, then every block on the way up, and last the one to stop at."""
    # Millions of numbers at most: a processor is done before they would have reached another device.
    subject = subject_of(knobs)
    climb = _Climb(knobs, subject)
    yield climb.start()
    for level in climb.levels:
        yield climb.frame(level, level.block / (len(climb.levels) + 1), hold=PACE)
    yield climb.frame(climb.levels[knobs.block - 1], 1.0)


class _Climb:
    """A net on the way up."""

    def __init__(self, knobs: FeatureMapsKnobs, subject: Subject) -> None:
        self.levels = levels_of(subject, knobs)
        self._knobs = knobs
        self._subject = subject
        self._right = read_by_probe(subject, subject.net, knobs.probe)
        self._untrained = read_by_probe(subject, subject.untrained, knobs.probe)
        labels = subject.data.held_out.y
        self._selective = [level.selectivity(labels) for level in self.levels]
        self._choices = {"model": checkpoints.names()}

    def start(self) -> Frame:
        """Before the first block."""
        return Frame(
            {"the picture": colour.rgb(self._subject.picture)},
            caption=words.opening(self._right[0]),
            progress=0,
            choices=self._choices,
        )

    def frame(self, level: Level, progress: float, hold: float = 0.0) -> Frame:
        """One block."""
        subject, shown = self._subject, level.strongest[:LIKED]
        maps = {f"{len(shown)} of {len(level.maps)} maps": _sheet([_map(level.maps[index]) for index in shown])}
        liked = {"what each likes best": _sheet([self._likes(level, index, 1)[0] for index in shown])}
        favourites = {f"favourites of {level.channel}": _sheet(self._likes(level, level.channel, LIKED))}
        own = {f"channel {level.channel}": _map(level.maps[level.channel])}
        picture = {"the picture": colour.rgb(subject.picture)}
        return Frame(
            {**picture, **maps, **liked, **own, **favourites},
            self._curves(),
            tables={"on the way up": self._table()},
            views={
                "maps": (*picture, *maps),
                "likes": (*maps, *liked),
                "channel": (*own, *favourites),
                "probe": (PROBE,),
                "depth": ("on the way up",),
            },
            figures=self._figures(level),
            formulas=words.formulas(subject, self.levels, self._right),
            caption=words.caption(self._knobs, subject, level, self._right),
            progress=progress,
            hold=hold,
            choices=self._choices,
        )

    def _likes(self, level: Level, channel: int, count: int) -> list[colour.Pixels]:
        """The patches that excite a channel most."""
        from cnntutor.vision.favourites import patch_of

        x = self._subject.data.held_out.x
        return [patch_of(x[like.picture], level.seen, like.row, like.column) for like in level.likes(channel, count)]

    def _curves(self) -> dict[str, Curve]:
        nets = {self._knobs.weights: self._right, "untrained": self._untrained}
        depths = tuple(map(float, range(len(self._right))))
        return {
            name: Curve(depths, tuple(100 * share for share in right), PROBE, "blocks", "%")
            for name, right in nets.items()
        }

    def _table(self) -> Table:
        depths = ("pixels", *(f"block {level.block}" for level in self.levels))
        shapes = (self._subject.picture.shape, *(level.left for level in self.levels))
        seen = ("1×1", *(str(level.seen) for level in self.levels))
        selective = (None, *map(_percent, self._selective))
        rows: list[tuple[Cell, ...]] = [
            (depth, "×".join(map(str, shapes[at])), seen[at], _percent(self._right[at]), selective[at])
            for at, depth in enumerate(depths)
        ]
        return Table(("", "leaves", "sees", "right, %", "one class, %"), tuple(rows))

    def _figures(self, level: Level) -> dict[str, float]:
        channels, height, width = level.left
        liked = level.liked_classes(level.channel, self._subject.data.held_out.y)
        probes = {f"probe_{depth}": share for depth, share in enumerate(self._right)}
        untrained = {f"untrained_{depth}": share for depth, share in enumerate(self._untrained)}
        selective = {f"selective_{level.block}": self._selective[level.block - 1] for level in self.levels}
        return {
            **probes,
            "probe_last": self._right[-1],
            **untrained,
            **selective,
            "block": level.block,
            "channels": channels,
            "map_size": width,
            "numbers_left": channels * height * width,
            "sees": level.seen.size,
            "channel": level.channel,
            "peak": level.likes(level.channel, 1)[0].value,
            "favourite_class": liked[0][0],
            "favourite_share": liked[0][1] / LIKED,
        }


def _map(values: Tensor) -> colour.Pixels:
    """From nothing to the map's own largest number; a dead one stays black."""
    return heat(values / values.max().clamp(min=1e-9))


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _sheet(pictures: list[colour.Pixels]) -> colour.Pixels:
    return colour.mosaic(pictures, columns=COLUMNS)
