"""A forgetting curve fitted to a log of answers by gradient descent, in plain PyTorch."""

import torch
from torch.nn import functional

LOG = "made-up"
DATABASE, COURSE = "memory.sqlite3", "cnn"
CURVE = "power"
OPTIMISER = "plain"
LEARNING_RATE = 10.0
STEPS = 120
HELD_OUT = 0.2
ANSWERS, TRUE_DECAY, TRUE_SCALE = 4000, 0.7, 4.0
SEED = 0


def recall(ratio, decay, scale):
    """The chance of recall after `ratio` times the stability; 90 % after `scale` times."""
    power = (1 + (0.9 ** (-1 / decay) - 1) * ratio / scale) ** -decay
    return power if CURVE == "power" else 0.9 ** (ratio / scale)


if LOG == "own":
    # Replaying the review log gives each card's stability before each answer.
    from pathlib import Path

    from cnntutor.memory.observations import observations

    answers = observations(Path(DATABASE), course=COURSE)[-20_000:]
    ratio = torch.tensor([answer.days / answer.stability for answer in answers], dtype=torch.float64)
    recalled = torch.tensor([answer.recalled for answer in answers], dtype=torch.float64)
else:
    draw = torch.Generator().manual_seed(SEED)
    shares = torch.rand(2, ANSWERS, generator=draw, dtype=torch.float64)
    stability = 60 ** shares[0]
    late = 3 + 2.5 * torch.randn(ANSWERS, generator=draw, dtype=torch.float64)  # doublings
    ratio = (stability * 2**late).round().clamp(1, 730) / stability
    true = (1 + (0.9 ** (-1 / TRUE_DECAY) - 1) * ratio / TRUE_SCALE) ** -TRUE_DECAY
    recalled = (shares[1] < true).double()

train = len(ratio) - max(1, round(HELD_OUT * len(ratio)))  # the newest answers only judge
logs = torch.tensor([0.1542, 1.0], dtype=torch.float64).log().requires_grad_()  # of decay and scale, as FSRS-6 comes
if OPTIMISER == "adam":
    optimiser = torch.optim.Adam([logs], LEARNING_RATE)
elif OPTIMISER == "momentum":
    optimiser = torch.optim.SGD([logs], LEARNING_RATE, momentum=0.9)
else:
    optimiser = torch.optim.SGD([logs], LEARNING_RATE)

for _ in range(STEPS):
    loss = functional.binary_cross_entropy(recall(ratio[:train], *logs.exp()), recalled[:train])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    logs.data.clamp_(logs.new_tensor([0.05, 0.2]).log(), logs.new_tensor([2.0, 12.0]).log())

decay, scale = logs.detach().exp()
chance = recall(ratio, decay, scale)
print("answers", len(ratio))
print("decay", decay.item())
print("scale", scale.item())
print("loss", functional.binary_cross_entropy(chance[:train], recalled[:train]).item())
print("loss_held_out", functional.binary_cross_entropy(chance[train:], recalled[train:]).item())
