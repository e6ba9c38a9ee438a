"""The numbers of `content/cnn/augmentation` that its examples do not print."""

import torch
from torch import nn

from cnntutor.vision.arithmetic import dense_params
from cnntutor.vision.data import load
from cnntutor.vision.torchvision_import import torchvision


def test_there_are_1437_digits_to_learn_from() -> None:
    assert len(load("digits").train.x) == 1437


def test_padding_by_4_gives_162_variants() -> None:
    picture = torch.arange(32.0 * 32).view(1, 1, 32, 32) + 1
    padded = nn.functional.pad(picture, (4, 4, 4, 4))
    crops = [padded[..., row : row + 32, column : column + 32] for row in range(9) for column in range(9)]
    variants = {tuple(view.flatten().tolist()) for crop in crops for view in (crop, crop.flip(-1))}
    assert (len(crops), len(variants)) == (81, 162)


def test_mixup_of_200_over_100_at_a_share_of_70_per_cent() -> None:
    assert round(0.7 * 200 + 0.3 * 100) == 170


def test_cutmix_of_half_the_side_is_a_quarter_of_the_label() -> None:
    assert 16 * 16 / (32 * 32) == 0.25


def test_the_random_resized_crop_takes_8_to_100_per_cent_of_the_area() -> None:
    assert torchvision().transforms.v2.RandomResizedCrop(32).scale == (0.08, 1.0)


def test_the_frozen_part_of_the_printing_question_has_24_weights() -> None:
    body = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    assert [sum(p.numel() for p in layer.parameters()) for layer in body] == [20, 4]
    assert 20 + 4 + 9 == 33


def test_a_crop_of_8_per_cent_of_500_by_375_is_122_pixels_wide() -> None:
    assert int((0.08 * 500 * 375) ** 0.5) == 122


def test_resnet_18_and_a_head_for_five_classes() -> None:
    with torch.device("meta"):
        net = torchvision().models.resnet18(weights=None)
    assert sum(p.numel() for p in net.parameters()) - dense_params(512, 1000) == 11_176_512
    assert dense_params(512, 5) == 2565
