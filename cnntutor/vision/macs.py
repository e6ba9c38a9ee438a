"""What layers and functions cost: multiply–accumulates, counted from what they take and give.

One MAC is one multiplication with its addition, hence two FLOPs. Convolutions, transposed convolutions, linear layers
and attention count, and with them the taps that lie on the padding, as in `arithmetic.conv_macs`. Biases,
normalisation, activations and pooling count 0: they multiply nothing by a learnt matrix, a normalisation folds into the
convolution before it, and in the usual nets all of them are a few hundredths of the work. Recurrent layers are not
counted either. A layer of the learner's own costs the products that it makes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd


def layer_macs(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> int | None:
    """MACs of one call of a layer, for the whole batch; None for other kinds, which cost what they call as functions.

    Args:
        layer: a leaf of the net.
        inputs: the tensors that it was called with.
        output: the first tensor that it gave.
    """
    match layer:
        case _ConvTransposeNd():
            # Each number of the input meets the filters of its group.
            return inputs[0].numel() * layer.out_channels // layer.groups * prod(layer.kernel_size)
        case _ConvNd():
            # Each number of the output is one dot product with a filter.
            return output.numel() * (layer.in_channels // layer.groups) * prod(layer.kernel_size)
        case nn.Linear():
            return output.numel() * layer.in_features
        case nn.Bilinear():
            return output.numel() * (layer.in1_features * layer.in2_features + layer.in2_features)
        case nn.MultiheadAttention():
            return _attention_macs(layer, inputs)
    return None


def _attention_macs(layer: nn.MultiheadAttention, inputs: tuple[Tensor, ...]) -> int:
    """Projections of queries, keys, values and of the result, and the two products QKᵀ and AV.

    Vaswani et al. (2017), "Attention Is All You Need", arXiv:1706.03762, section 3.2.
    """
    query, key, value = (inputs * 3)[:3] if len(inputs) < 3 else inputs[:3]
    width: int = layer.embed_dim
    projections = width * (2 * query.numel() + key.numel() + value.numel())
    keys = key.shape[1 if layer.batch_first and key.dim() == 3 else 0]
    return projections + 2 * keys * query.numel()


def function_macs(name: str, inputs: tuple[Any, ...], named: Mapping[str, Any], output: Any) -> int:
    """MACs of one call of a function that a net calls by itself, without a layer; 0 for all but the products below.

    Args:
        name: of the function or method, e.g. `matmul` for `a @ b`.
        inputs: its positional arguments.
        named: the others, by name; tensors that are given by name are found in their order.
        output: what it gave.
    """
    tensors = [value for value in (*inputs, *named.values()) if isinstance(value, Tensor)]
    counted = _FUNCTIONS.get(name)
    return counted(tensors, output) if counted and isinstance(output, Tensor) else _einsum_macs(name, inputs)


def _product(tensors: list[Tensor], output: Tensor) -> int:
    """Rows times columns: every number of the output is a dot product along the last side of the first factor."""
    return output.numel() * tensors[0].shape[-1]


def _added_product(tensors: list[Tensor], output: Tensor) -> int:
    return _product(tensors[1:], output)


def _convolution(tensors: list[Tensor], output: Tensor) -> int:
    return output.numel() * tensors[1][0].numel()


def _transposed_convolution(tensors: list[Tensor], output: Tensor) -> int:
    return tensors[0].numel() * tensors[1][0].numel()


def _dot_product_attention(tensors: list[Tensor], output: Tensor) -> int:
    """The two products QKᵀ and AV."""
    query, key, value = tensors[:3]
    scores = query.numel() // query.shape[-1] * key.shape[-2]
    return scores * (query.shape[-1] + value.shape[-1])


def _einsum_macs(name: str, inputs: tuple[Any, ...]) -> int:
    """One MAC for every combination of the letters' values; 0 for a single factor and for `...`, which are rare."""
    if name != "einsum" or not isinstance(inputs[0], str) or "." in inputs[0] or len(inputs) < 3:
        return 0
    letters = inputs[0].replace(" ", "").partition("->")[0].split(",")
    sizes: dict[str, int] = {}
    for word, factor in zip(letters, inputs[1:], strict=True):
        sizes |= dict(zip(word, factor.shape, strict=True))
    return prod(sizes.values())


_FUNCTIONS: dict[str, Callable[[list[Tensor], Tensor], int]] = {
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "linear"), _product),
    **dict.fromkeys(("addmm", "baddbmm", "addmv"), _added_product),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _convolution),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _transposed_convolution),
    "scaled_dot_product_attention": _dot_product_attention,
}
