"""A small net is made smaller: eight bits, fewer weights, fewer filters, a student; in plain PyTorch."""

from copy import deepcopy

import numpy as np
import torch
from torch import nn
from torch.ao import quantization as ao
from torch.nn.functional import cross_entropy, kl_div
from torch.nn.utils import prune

SHOW = "costs"
DATA, SEED = "digits.npz", 0
WIDTH, EPOCHS = 32, 8
BITS, SCALES, CALIBRATE, CALIBRATION = 8, "per channel", "digits", 64
CUT, AGAIN = 0.5, 2
STUDENT, LABELS, TEMPERATURE, LESSONS = 8, 100, 4.0, 12

file = np.load(DATA)
x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
mean, std = x[~held_out].mean(), x[~held_out].std()
train_x, train_y, test_x, test_y = (x[~held_out] - mean) / std, y[~held_out], (x[held_out] - mean) / std, y[held_out]


def new(width):
    torch.manual_seed(SEED)
    first, second = nn.Conv2d(1, width, 3, padding=1), nn.Conv2d(width, 2 * width, 3, padding=1)
    body = first, nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2), second, nn.BatchNorm2d(2 * width), nn.ReLU()
    return nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, 10))


def train(net, x, targets, epochs, rate, loss=cross_entropy):
    adam, batches = torch.optim.Adam(net.train().parameters(), rate), -(-(len(x) - 1) // 64)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, max(1, epochs * batches))
    order = torch.Generator().manual_seed(SEED)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=order).split(64)[:batches]:
            adam.zero_grad()
            loss(net(x[rows]), targets[rows]).backward()
            adam.step()
            schedule.step()
    return net.eval()


def report(name, net):
    with torch.no_grad():
        print(f"right_{name}", (net(test_x).argmax(1) == test_y).double().mean().item())


def layers(net):
    return [layer for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]


# The norms' factors and offsets move into the convolutions.
net = ao.fuse_modules(train(new(WIDTH), train_x, train_y, EPOCHS, 0.01), [["0", "1", "2"], ["4", "5", "6"]])
report("float", net)

if SHOW not in ("cut", "student"):
    # Eight bits: typical pictures show how large the activations get.
    top = 2 ** (BITS - 1) - 1
    if SCALES == "per channel":
        observer, scheme = ao.PerChannelMinMaxObserver, torch.per_channel_symmetric
    else:
        observer, scheme = ao.MinMaxObserver, torch.per_tensor_symmetric
    if CALIBRATE == "digits":
        typical = train_x[:CALIBRATION]
    else:
        typical = torch.rand(CALIBRATION, 1, 8, 8, generator=torch.Generator().manual_seed(SEED))
    weights = observer.with_args(dtype=torch.qint8, quant_min=-top, quant_max=top, qscheme=scheme)
    watched = ao.QuantWrapper(deepcopy(net))
    watched.qconfig = ao.QConfig(ao.MinMaxObserver.with_args(quant_min=0, quant_max=127), weights)
    ao.prepare(watched, inplace=True)(typical)
    report("bits", ao.convert(watched))

if SHOW not in ("bits", "student"):
    # The smallest weights become 0; then the rest learns on.
    cut = deepcopy(net)
    prune.global_unstructured([(layer, "weight") for layer in layers(cut)], prune.L1Unstructured, amount=CUT)
    report("cut_once", cut)
    report("cut", train(cut, train_x, train_y, AGAIN, 0.005))

    # The filters with the smallest weights go, and with each an input of the next layer.
    slim, kept = deepcopy(net), slice(None)
    first, second, dense = layers(slim)
    for layer in first, second:
        weight = layer.weight.data[:, kept]
        kept = weight.abs().sum((1, 2, 3)).topk(max(1, round((1 - CUT) * len(weight)))).indices.sort().values
        layer.weight, layer.bias = nn.Parameter(weight[kept]), nn.Parameter(layer.bias.data[kept])
    dense.weight = nn.Parameter(dense.weight.data[:, kept])
    report("filters", train(slim, train_x, train_y, AGAIN, 0.005))

if SHOW == "student":
    # A student learns the teacher's softened answers and needs no labels; another has a few labels and no teacher.
    def distil(scores, answers):
        logs, wanted = (scores / TEMPERATURE).log_softmax(1), (answers / TEMPERATURE).softmax(1)
        return TEMPERATURE**2 * kl_div(logs, wanted, reduction="batchmean")

    answers = net(train_x).detach()
    report("student", train(new(STUDENT), train_x, answers, LESSONS, 0.02, distil))
    few = torch.randperm(len(train_x), generator=torch.Generator().manual_seed(SEED))[:LABELS]
    passes = LESSONS * 23 // -(-(LABELS - 1) // 64)
    report("alone", train(new(STUDENT), train_x[few], train_y[few], passes, 0.02))
