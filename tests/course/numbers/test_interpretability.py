"""The numbers of the topic *Interpretability*."""

from itertools import permutations

import torch
import torch.nn.functional as F

from cnntutor.vision.arithmetic import output_size


def face(a: float, b: float) -> float:
    return min(1, a + b)


def test_covering_one_eye_changes_nothing() -> None:
    assert face(1, 1) - face(0, 1) == face(1, 1) - face(1, 0) == 0


def test_the_shapley_value_of_each_eye_is_one_half() -> None:
    gains = {"a": 0.0, "b": 0.0}
    for order in permutations("ab"):
        there: dict[str, float] = {"a": 0, "b": 0}
        for eye in order:
            before = face(**there)
            there[eye] = 1
            gains[eye] += (face(**there) - before) / 2
    assert gains == {"a": 0.5, "b": 0.5}


def test_the_map_of_the_worked_example_keeps_one_cell() -> None:
    first, second = torch.tensor([[4.0, 0], [0, 0]]), torch.tensor([[0.0, 0], [2, 2]])
    added = 0.5 * first - 1 * second
    assert added.tolist() == [[2, 0], [-2, -2]]
    assert F.relu(added).tolist() == [[2, 0], [0, 0]]


def test_a_bar_and_its_surroundings_are_21_of_256_pixels_eight_per_cent() -> None:
    bar = torch.zeros(1, 1, 16, 16)
    bar[..., 5, 5:10] = 1
    near = F.max_pool2d(bar, 3, stride=1, padding=1)
    assert near.sum() == 21
    assert round(100 * 21 / 256) == 8


def test_the_last_map_of_a_resnet_has_seven_cells_a_side_on_224_pixels() -> None:
    side = output_size(224, 7, stride=2, padding=3)
    for _ in range(4):
        side = output_size(side, 3, stride=2, padding=1)
    assert side == 7


def test_grad_cam_of_a_pooled_linear_net_is_its_cam_divided_by_the_cells() -> None:
    torch.manual_seed(0)
    maps, weights = torch.rand(3, 4, 4, requires_grad=True), torch.randn(3)
    score = (weights * maps.mean((1, 2))).sum()
    alpha = torch.autograd.grad(score, maps)[0].mean((1, 2))
    torch.testing.assert_close(alpha, weights / 16)


def test_a_black_pixel_gets_no_share_from_a_black_baseline() -> None:
    picture, baseline, mean_slope = torch.tensor([0.0, 3.0]), torch.zeros(2), torch.tensor([9.0, 2.0])
    assert ((picture - baseline) * mean_slope).tolist() == [0, 6]


def test_the_two_animals_of_the_quiz_share_alike() -> None:
    score = {(): 0, ("lion",): 1, ("elephant",): 1, ("elephant", "lion"): 1}
    first = score[("lion",)] - score[()]
    second = score[("elephant", "lion")] - score[("elephant",)]
    assert (first + second) / 2 == 0.5
