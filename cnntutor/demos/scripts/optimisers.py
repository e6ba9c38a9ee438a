"""Four optimisers on a surface and on a net, and a learning-rate range test, in plain PyTorch."""

import numpy as np
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

SURFACE, CURVATURE, STEPS, SCHEDULE, NOISE = "valley", 100.0, 100, "constant", 0.0
LEARNING_RATE, ADAM_RATE, MOMENTUM = 0.013, 0.3, 0.9
NET_PLAIN, NET_MOMENTUM, NET_ADAM, NET_STEPS, BATCH = 0.3, 0.03, 0.003, 60, 32
TESTED, LOWEST_RATE, HIGHEST_RATE, TEST_STEPS = "momentum", 0.001, 10.0, 64
SHOW, DATA, SEED = "race", "digits.npz", 0

makers = {
    "plain": optim.SGD,
    "momentum": lambda weights, rate: optim.SGD(weights, rate, MOMENTUM),
    "Nesterov": lambda weights, rate: optim.SGD(weights, rate, MOMENTUM, nesterov=MOMENTUM > 0),
    "Adam": optim.Adam,
}


if SHOW != "range test":
    # Learning rates that change over the steps of a run.
    def scheduled(optimiser, steps):
        return (
            lr_scheduler.StepLR(optimiser, -(-steps // 3), gamma=0.1)
            if SCHEDULE == "step"
            else lr_scheduler.CosineAnnealingLR(optimiser, steps)
            if SCHEDULE == "cosine"
            else lr_scheduler.OneCycleLR(optimiser, optimiser.defaults["lr"], steps, cycle_momentum=False)
            if SCHEDULE == "one-cycle"
            else lr_scheduler.ConstantLR(optimiser, factor=1)
        )


if SHOW == "race":
    # The loss of two weights: along, across.
    def height(w):
        return (
            (w[0] ** 2 + CURVATURE * w[1] ** 2) / 2
            if SURFACE == "valley"
            else ((1 - w[0]) ** 2 + CURVATURE / 10 * (w[1] - w[0] ** 2) ** 2) / 2
            if SURFACE == "bend"
            else CURVATURE * w[0] ** 2 / 2 + (w[1] ** 2 - 1) ** 2 / 4
        )

    pushes = NOISE * torch.randn(STEPS, 2, generator=torch.Generator().manual_seed(SEED))
    for name, make in makers.items():
        w = torch.tensor({"valley": [10, 1.0], "bend": [-1.2, 1], "saddle": [1, 0.01]}[SURFACE], requires_grad=True)
        optimiser = make([w], ADAM_RATE if name == "Adam" else LEARNING_RATE)
        schedule = scheduled(optimiser, STEPS)
        for push in pushes:
            w.grad = torch.autograd.grad(height(w), w)[0] + push
            optimiser.step()
            schedule.step()
        print(f"height_{name.lower()}", height(w).item())
else:
    file = np.load(DATA)
    x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
    x, train_y = (x - x[~held_out].mean()) / x[~held_out].std(), y[~held_out]
    train_x, test_x, test_y = x[~held_out], x[held_out], y[held_out]

    def train(name, rate, steps, schedule_of):
        """A net and the losses of its steps; all start with the same weights and see the same batches."""
        torch.manual_seed(SEED)
        first, second = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1)
        layers = [first, nn.ReLU(), nn.MaxPool2d(2), second, nn.ReLU(), nn.Flatten(), nn.Linear(512, 10)]
        net = nn.Sequential(*layers)
        optimiser = makers[name](net.parameters(), rate)
        schedule, losses = schedule_of(optimiser, steps), []
        for _ in range(steps):
            rows = torch.randint(len(train_y), (BATCH,))
            loss = nn.functional.cross_entropy(net(train_x[rows]), train_y[rows])
            if not loss.isfinite():
                break
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        return net, losses

    if SHOW == "net":
        for name, rate in zip(makers, (NET_PLAIN, NET_MOMENTUM, NET_MOMENTUM, NET_ADAM), strict=True):
            net, _ = train(name, rate, NET_STEPS, scheduled)
            print(f"accuracy_{name.lower()}", (net(test_x).argmax(1) == test_y).float().mean().item())
    else:
        # The range test: the rate rises by the same factor at every step.
        growth = (HIGHEST_RATE / LOWEST_RATE) ** (1 / (TEST_STEPS - 1))
        losses = train(TESTED, LOWEST_RATE, TEST_STEPS, lambda sgd, _: lr_scheduler.ExponentialLR(sgd, growth))[1]
        burst = next((at for at, loss in enumerate(losses) if loss > 2 * losses[0]), len(losses))
        means = torch.tensor(losses[:burst]).unfold(0, 8, 1).mean(1)
        # Where it blew up at once there is nothing to read.
        if len(means) > 8:
            print("rate_steepest", LOWEST_RATE * growth ** ((means[:-8] - means[8:]).argmax().item() + 8))
            print("rate_lowest", LOWEST_RATE * growth ** (means.argmin().item() + 4))
