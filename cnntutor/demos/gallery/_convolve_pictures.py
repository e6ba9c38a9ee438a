"""The picture view of convolve: the whole picture in, the feature maps out."""

from __future__ import annotations

from cnntutor.demos.gallery._convolve_knobs import ConvolveKnobs
from cnntutor.demos.gallery._convolve_layer import Layer
from cnntutor.vision import arithmetic, colour


class Pictures:
    """The pictures of a run, by title, at any stage of it. What takes time is done once."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        shown = layer.padded[:3] if layer.knobs.channels >= 3 else layer.padded[:1]
        self._input = colour.rgb(shown)
        self._kernel = colour.signed(layer.weight[0, 0])
        self._maps = [colour.shade(filled) for filled in layer.maps]

    def filling(self, rows: int) -> dict[str, colour.Pixels]:
        """After so many rows of the feature map; what the last cell of them has seen is outlined in the input."""
        field = _field(self._layer.knobs)
        top, left = (rows - 1) * field.jump, (self._layer.rows - 1) * field.jump
        seen = colour.outlined(self._input, top, left, field.size)
        return self._by_title(seen, [colour.covered(filled, rows) for filled in self._maps])

    def walking(self) -> dict[str, colour.Pixels]:
        """While the window walks over its patch, which is outlined in the input that it comes from."""
        knobs = self._layer.knobs
        if knobs.patch == "own":
            return self.whole()
        top, left = (knobs.padding + place for place in knobs.patch_corner)
        return self._by_title(colour.outlined(self._input, top, left, knobs.patch_side), self._maps)

    def whole(self) -> dict[str, colour.Pixels]:
        """At the end."""
        return self._by_title(self._input, self._maps)

    def _by_title(self, shown: colour.Pixels, maps: list[colour.Pixels]) -> dict[str, colour.Pixels]:
        pictures = {"input": shown, "kernel": self._kernel, "feature map": maps[0]}
        if len(maps) > 1:
            title = f"filters 1–{len(maps)} of {self._layer.knobs.filters}"
            pictures[title] = colour.mosaic(maps, columns=min(4, len(maps)))
        return pictures


def _field(knobs: ConvolveKnobs) -> arithmetic.ReceptiveField:
    """What a cell of the map, pooled or not, sees of the padded input."""
    layers = [(knobs.kernel_size, knobs.stride, 0, knobs.dilation)]
    if knobs.pooling != "none":
        layers.append((knobs.pool_size, knobs.pool_size, 0, 1))
    return arithmetic.receptive_field(layers)
