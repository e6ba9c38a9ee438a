"""The numbers of the topic “attention” that no example of its article prints."""

import torch
import torch.nn.functional as F

from cnntutor.vision.arithmetic import conv_params, dense_params, receptive_field, softmax


def test_the_gates_worked_by_hand() -> None:
    narrow, wide = torch.tensor([[1.0, -1.0]]), torch.tensor([[2.0], [-2.0]])

    def gates(*means: float) -> list[float]:
        return torch.sigmoid(F.linear(F.relu(F.linear(torch.tensor(means, dtype=torch.float), narrow)), wide)).tolist()

    assert [round(gate, 2) for gate in gates(3, 1)] == [0.98, 0.02]
    assert gates(1, 3) == [0.5, 0.5]


def test_the_block_is_small_beside_its_convolution() -> None:
    assert 2 * 256 * 256 // 16 == 8192
    assert dense_params(256, 16) + dense_params(16, 256) == 8464
    assert conv_params(256, 256, 3, bias=False) == 589_824


def test_what_the_blocks_add_to_resnet_50() -> None:
    stages = {256: 3, 512: 4, 1024: 6, 2048: 3}
    weights = {channels: blocks * 2 * channels**2 // 16 for channels, blocks in stages.items()}
    assert sum(stages.values()) == 16
    assert sum(weights.values()) == 2_514_944
    assert 0.09 < sum(weights.values()) / 25_557_032 < 0.11  # torchvision's resnet50
    assert 0.62 < weights[2048] / sum(weights.values()) < 0.66


def test_three_keys_by_hand() -> None:
    weights = softmax([2, 1, 0])
    assert [round(weight, 2) for weight in weights] == [0.67, 0.24, 0.09]
    assert round(sum(w * v for w, v in zip(weights, (10, 20, 30), strict=True))) == 14


def test_edges_of_a_56_map_hear_of_each_other_after_55_layers() -> None:
    # A field of 2·L + 1 cells reaches L cells to one side.
    assert receptive_field([(3, 1, 1, 1)] * 55).size // 2 == 55


def test_pairs_of_positions() -> None:
    assert (7**4, 56**4, 14**4 // 7**4) == (2401, 9_834_496, 16)
