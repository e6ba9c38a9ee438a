"""One activation: its curve, a gradient through many layers of it, and units that die of large steps."""

import torch
from torch import nn
from torch.nn import functional

from cnntutor.vision import data  # the 8×8 digits that ship with this course

ACTIVATION = "relu"
X = -1.0
LEAK = 0.01
LAYERS = 20
LEARNING_RATE = 0.5
STEPS = 45
WIDTH = 16
SEED = 0


def activation(x):
    return functional.leaky_relu(x, LEAK) if ACTIVATION == "leaky-relu" else getattr(functional, ACTIVATION)(x)


def slope(x):
    """By back-propagation: how much the value rises for a small step of x."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(activation(x).sum(), x)[0]


x = torch.tensor(X, dtype=torch.float64)
print("value", activation(x).item())
print("slope", slope(x).item())
steepest = slope(torch.linspace(-10, 10, 2001, dtype=torch.float64)).max().item()
print("steepest", steepest)
print("at_best", steepest**LAYERS)

# Through many random layers: how much of a gradient of ones arrives at the first?
torch.manual_seed(SEED)
gain = 2 if ACTIVATION in ("relu", "leaky-relu", "gelu", "silu") else 1  # they cut about half of the signal
y = first = torch.randn(64, 128, requires_grad=True)
for _ in range(LAYERS):
    y = activation(y @ (torch.randn(128, 128) * (gain / 128) ** 0.5))
y.backward(torch.ones_like(y))
print("arrives", first.grad.square().mean().sqrt().item())

# Trained with large steps: which units are flat at every place of every picture afterwards?
digits = data.load("digits")
pictures, labels = (digits.train.x - digits.mean[0]) / digits.std[0], digits.train.y
torch.manual_seed(SEED)
shapes = (1, WIDTH, 1), (WIDTH, 2 * WIDTH, 2), (2 * WIDTH, 2 * WIDTH, 2)
convs = nn.ModuleList(nn.Conv2d(c_in, c_out, 3, stride, 1) for c_in, c_out, stride in shapes)
head = nn.Linear(2 * WIDTH, 10)
for conv in convs:
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    nn.init.zeros_(conv.bias)
optimiser = torch.optim.SGD([*convs.parameters(), *head.parameters()], LEARNING_RATE, momentum=0.9)
for _ in range(STEPS):
    rows = torch.randint(len(labels), (64,))
    maps = pictures[rows]
    for conv in convs:
        maps = activation(conv(maps))
    loss = functional.cross_entropy(head(maps.mean((2, 3))), labels[rows])
    if not loss.isfinite():
        break
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

dead, maps = [], pictures
for conv in convs:
    sums = conv(maps)
    dead.append(slope(sums).abs().amax((0, 2, 3)) < 1e-3)
    maps = activation(sums)
print("dead", torch.cat(dead).float().mean().item())
