"""tour: a picture walks through a net, layer by layer, with every feature map in sight, until it is scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _tour_pictures as pictures
from cnntutor.demos.gallery import _tour_tables as tables
from cnntutor.demos.gallery import _tour_words as words
from cnntutor.demos.gallery._tour_knobs import TourKnobs
from cnntutor.demos.gallery._tour_way import Way, as_maps, way_of
from cnntutor.demos.protocol import Frame, Table, demo
from cnntutor.vision import colour, nets
from cnntutor.wording import plural

if TYPE_CHECKING:
    import torch


@demo(
    "tour",
    topic="what-is-a-cnn",
    title="Walk through a net",
    promise="Follow a picture through every layer of a trained net, all its feature maps in sight, to the answer.",
    predict=words.predict,
)
def tour(knobs: TourKnobs, device: torch.device) -> Iterator[Frame]:
    """The picture first, then a frame for every layer, and last the answer."""
    yield from _downloads(knobs)
    way = way_of(knobs, device)
    walk = _Walk(knobs, way)
    yield walk.start()
    for place in range(way.last + (1 if way.arrives else 0)):
        yield walk.at(place, hold=knobs.pace * (0.5 if way.stops[place].passes_on else 1))
    yield walk.arrival() if way.arrives else walk.at(way.last)


def _downloads(knobs: TourKnobs) -> Iterator[Frame]:
    if knobs.weights == "trained":
        for fetched in nets.fetch(knobs.model):
            yield Frame(caption=f"Downloading the weights of {knobs.model}: {fetched}.", progress=fetched.share)


class _Walk:
    """A picture on its way."""

    def __init__(self, knobs: TourKnobs, way: Way) -> None:
        self._knobs = knobs
        self._way = way
        self._steps = way.last + 1 + way.arrives
        self._curves = tables.where_and_what(way)
        self._choices = {"model": nets.net_names(), "layer": way.layers}

    def start(self) -> Frame:
        """Before the first layer."""
        return Frame(
            {"the picture": colour.rgb(self._way.picture)},
            self._curves,
            tables={"the way": tables.all_layers(self._way)},
            views={"walk": ("the picture",), "way": ("the way",), "shape": (tables.CHART,)},
            caption=words.opening(self._way),
            progress=0,
            hold=self._knobs.pace,
            choices=self._choices,
        )

    def at(self, place: int, hold: float = 0.0) -> Frame:
        """At one layer."""
        seen, views = self._seen(place)
        return self._frame(
            seen,
            {"the way": tables.layers_near(self._way, place)},
            views | {"way": ("the way",), "shape": (tables.CHART,)},
            place,
            words.caption(self._knobs, self._way, place),
            words.formulas(self._way, place),
            (place + 1) / self._steps,
            hold,
        )

    def arrival(self) -> Frame:
        """At the scores."""
        way, last = self._way, len(self._way.stops) - 1
        seen = {"the picture": colour.rgb(way.picture)}
        shown = {"the answer": tables.answer(way), "the way": tables.all_layers(way)}
        return self._frame(
            seen,
            shown,
            {"walk": (*seen, "the answer"), "way": ("the way",), "shape": (tables.CHART,)},
            last,
            words.arrival(self._knobs, way, *_likeliest(way)),
            words.softmax(way),
            1.0,
        )

    def _frame(
        self,
        seen: dict[str, colour.Pixels],
        shown: dict[str, Table],
        views: dict[str, tuple[str, ...]],
        place: int,
        caption: str,
        formulas: tuple[str, ...],
        progress: float,
        hold: float = 0.0,
    ) -> Frame:
        return Frame(
            seen,
            self._curves,
            tables=shown,
            views=views,
            figures=_figures(self._way, place),
            formulas=formulas,
            caption=caption,
            progress=progress,
            hold=hold,
            choices=self._choices,
        )

    def _seen(self, place: int) -> tuple[dict[str, colour.Pixels], dict[str, tuple[str, ...]]]:
        """The pictures of a layer, and the views that they are in: all maps with one of them large, and in with out."""
        maps = self._way.maps_at(place)
        before, after = self._in(place), {f"out: {pictures.title(maps)}": pictures.sheet(maps)}
        if maps.shape[1:] == (1, 1):
            return before | after, {"walk": (*before, *after)}
        channel = self._way.followed(place)
        one = {f"channel {channel}": pictures.sheet(maps[channel : channel + 1])}
        every = {f"all {plural(len(maps), 'map')}": pictures.sheet(maps, wide=True)}
        views = {"walk": (*one, *after), "maps": tuple(every), "in and out": (*before, *after)}
        return before | after | one | every, views

    def _in(self, place: int) -> dict[str, colour.Pixels]:
        """What a layer takes; the first one takes the picture itself."""
        taken = as_maps(self._way.stops[place].taken)
        if place == 0 and len(taken) in (1, 3):
            return {"in: the picture": colour.rgb(self._way.picture)}
        return {f"in: {pictures.title(taken)}": pictures.sheet(taken)}


# Numbers


def _figures(way: Way, place: int) -> dict[str, float]:
    stop = way.stops[place]
    given, numbers = way.maps_at(place), [way.numbers_at(at) for at in range(len(way.stops) + 1)]
    figures: dict[str, float] = {
        "layer_number": place + 1,
        "layers": len(way.stops),
        "channels": len(given),
        "map_size": given.shape[-1],
        "numbers": given.numel(),
        "zeros": float((given == 0).float().mean()),
        "layer_params": stop.row.params,
        "layer_macs": stop.row.macs,
        "params": way.profile.params,
        "macs": way.profile.macs,
        "most_numbers": max(numbers),
        "largest_at": numbers.index(max(numbers)),
    }
    if way.scores is not None and way.arrives and place == len(way.stops) - 1:
        chances = way.scores.softmax(0)
        figures |= {"top_class": int(chances.argmax()), "probability": float(chances.max())}
    return figures


def _likeliest(way: Way) -> tuple[str, float]:
    assert way.scores is not None
    chances = way.scores.softmax(0)
    return way.net.name_of(int(chances.argmax())), float(chances.max())
