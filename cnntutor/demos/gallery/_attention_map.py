"""Self-attention over a picture's cells: what the demo `attention` computes for this block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._attention_knobs import AttentionKnobs
from cnntutor.vision import colour, images, mosaics, nets
from cnntutor.vision.attention import attend, position_codes

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.nets import Net


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """A picture and what each of its cells attends to. On the processor."""

    knobs: AttentionKnobs
    pixels: colour.Pixels
    """[side, side, 3]"""
    weights: Tensor
    """a, [N, N]: a row for each query."""
    difference: float
    """Largest distance of the outputs to those of torch's own attention."""
    shuffled: float
    """Largest distance between shuffling the cells before the layer and after it."""
    own: Tensor | None
    """Which cells show the texture that the first cell shows, bool [N]; None where nobody knows."""

    def row(self, query: tuple[int, int]) -> Tensor:
        """The weights of one query over the map, [map_side, map_side]."""
        side = self.knobs.map_side
        return self.weights[self.index(query)].view(side, side)

    def index(self, query: tuple[int, int]) -> int:
        """Number of a cell, counted row by row."""
        return query[0] * self.knobs.map_side + query[1]

    def inside(self, query: tuple[int, int]) -> float | None:
        """How much of a query's attention stays in its own texture, 0–1; None where nobody knows."""
        if self.own is None:
            return None
        alike = self.own == self.own[self.index(query)]
        return float(self.weights[self.index(query), alike].sum())

    def near(self, query: tuple[int, int]) -> float:
        """How much of it goes to the cell itself and the eight around it, 0–1."""
        row, column = query
        around = self.row(query)[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        return float(around.sum())

    def attended(self, query: tuple[int, int]) -> float:
        """So many cells with equal weights would be as undecided: exp of the entropy."""
        weights = self.weights[self.index(query)]
        return float((-(weights * weights.clamp_min(1e-30).log()).sum()).exp())


def attention_of(knobs: AttentionKnobs, device: torch.device) -> Attention:
    """Cut the picture's maps into cells and let each of them ask all.

    Raises:
        UsageError: the picture cannot be read.
    """
    import torch

    net = nets.open_net("textures")
    pixels = scene_pixels(knobs, net.side)
    cells = cells_of(net, pixels, knobs).to(device)  # [N, C]
    matrices = _matrices(knobs).to(device)  # [3, C, C]
    known = _with_positions(cells, knobs)
    weights, outputs = _ask(known, matrices, knobs.sharpness)
    order = torch.randperm(knobs.cells, device=device)
    again = _ask(_with_positions(cells[order], knobs), matrices, knobs.sharpness)[1]
    reference = _by_torch(known, matrices, knobs.sharpness)
    return Attention(
        knobs,
        pixels,
        weights.cpu(),
        difference=float((outputs - reference).abs().max()),
        shuffled=float((again - outputs[order]).abs().max()),
        own=_own(knobs),
    )


def scene_pixels(knobs: AttentionKnobs, side: int) -> colour.Pixels:
    """The picture that is looked at, [side, side, 3]."""
    import numpy as np

    if knobs.scene == "picture":
        return np.array(images.square(knobs.image, side))
    return mosaics.mosaic(knobs.first, knobs.second, knobs.layout, knobs.number).pixels


def cells_of(net: Net, pixels: colour.Pixels, knobs: AttentionKnobs) -> Tensor:
    """A row of numbers for each cell of the map, every channel with mean 0 and deviation 1 over the map: [N, C]."""
    import torch
    from torch.nn import functional

    with torch.no_grad():
        maps = net.prepare(torch.from_numpy(pixels.copy()).permute(2, 0, 1) / 255)  # [1, C, H, W]
        depth = 0 if knobs.layer == "pixels" else int(knobs.layer.rpartition(".")[-1]) + 1
        for block in list(net.module.get_submodule("blocks").children())[:depth]:
            maps = block(maps)
        maps = functional.adaptive_avg_pool2d(maps, knobs.map_side)
        normed: Tensor = functional.instance_norm(maps)
    return normed[0].flatten(1).T


def _matrices(knobs: AttentionKnobs) -> Tensor:
    """Those that make query, key and value of a cell, [3, C, C]."""
    import torch

    if knobs.projections == "none":
        return torch.eye(knobs.channels).expand(3, -1, -1)
    drawn: Tensor = torch.randn(3, knobs.channels, knobs.channels) / knobs.channels**0.5
    return drawn


def _with_positions(cells: Tensor, knobs: AttentionKnobs) -> Tensor:
    if not knobs.positions:
        return cells
    return cells + knobs.positions * position_codes(knobs.map_side, knobs.map_side, knobs.channels).to(cells)


def _ask(cells: Tensor, matrices: Tensor, sharpness: float) -> tuple[Tensor, Tensor]:
    queries, keys, values = (cells @ matrix for matrix in matrices)
    return attend(queries, keys, values, sharpness)


def _by_torch(cells: Tensor, matrices: Tensor, sharpness: float) -> Tensor:
    from torch.nn.functional import scaled_dot_product_attention

    queries, keys, values = (cells @ matrix for matrix in matrices)
    answer: Tensor = scaled_dot_product_attention(sharpness * queries[None], keys[None], values[None])[0]
    return answer


def _own(knobs: AttentionKnobs) -> Tensor | None:
    """Whether the middle of a cell shows the first texture, [N]."""
    import torch

    if knobs.scene == "picture":
        return None
    middles = (torch.arange(knobs.map_side) + 0.5) / knobs.map_side < 0.5  # [map_side]
    side = knobs.map_side
    along = middles[None, :] if knobs.layout == "side by side" else middles[:, None]
    return along.expand(side, side).flatten()
