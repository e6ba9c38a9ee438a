"""A small CNN learns to name pictures, in plain PyTorch."""

import numpy as np
import torch
from torch import nn, optim
from torchvision import datasets

from cnntutor.vision import checkpoints  # opens a net that was kept
from cnntutor.vision.data import load  # reads a folder: pictures upright, what is none left out, a fifth held out

SOURCE, DATA, SIDE, PICTURES, DEVICE = "digits", "digits.npz", 0, 0, "auto"
BLOCKS, WIDTH, KERNEL, DROPOUT = 2, 16, 3, 0.0
NORM, ACTIVATION, POOLING, RESIDUAL, HEAD, START = "batch", "relu", "max", False, "gap", ""
LEARNING_RATE, MOMENTUM, WEIGHT_DECAY, LABEL_SMOOTHING = 0.1, 0.9, 0.0005, 0.0
OPTIMISER, SCHEDULE, PRECISION = "sgd", "one-cycle", "auto"
SHIFT, ROTATE, FLIP, NOISE = 0.0, 0.0, False, 0.0
BATCH_SIZE, EPOCHS, WARM_UP, SEED = 64, 30, 0, 0

# Pictures to learn from and others held out, [N, C, side, side] from 0 to 1, and their classes, [N].
if SOURCE == "digits":
    file = np.load(DATA)
    x, y, held_out = torch.tensor(file["images"])[:, None] / 16, torch.tensor(file["labels"]).long(), file["held_out"]
    train_x, train_y, test_x, test_y = x[~held_out], y[~held_out], x[held_out], y[held_out]
elif SOURCE == "folder":
    data = load(DATA, side=SIDE, pictures=PICTURES)
    train_x, train_y, test_x, test_y = data.train.x, data.train.y, data.held_out.x, data.held_out.y
else:
    if SOURCE == "cifar-10":
        sets = [datasets.CIFAR10(DATA, train=part, download=True) for part in (True, False)]
        train_x, test_x = (torch.tensor(part.data).permute(0, 3, 1, 2) / 255 for part in sets)
    elif SOURCE == "mnist":
        sets = [datasets.MNIST(DATA, train=part, download=True) for part in (True, False)]
        train_x, test_x = (part.data[:, None] / 255 for part in sets)
    else:
        sets = [datasets.FashionMNIST(DATA, train=part, download=True) for part in (True, False)]
        train_x, test_x = (part.data[:, None] / 255 for part in sets)
    train_y, test_y = (torch.as_tensor(part.targets) for part in sets)
if PICTURES and SOURCE != "folder":
    few = torch.randperm(len(train_y), generator=torch.Generator().manual_seed(0))[:PICTURES]
    train_x, train_y = (train_x[few], train_y[few]) if len(few) < len(train_y) else (train_x, train_y)
if SIDE and SOURCE != "folder":
    train_x, test_x = (nn.functional.interpolate(x, SIDE, mode="bilinear", antialias=True) for x in (train_x, test_x))
if DEVICE == "auto" and PRECISION in ("float16", "bfloat16"):
    train_x, train_y, test_x, test_y = (part.to("cuda") for part in (train_x, train_y, test_x, test_y))
elif DEVICE == "auto":
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    train_x, train_y, test_x, test_y = (part.to(device) for part in (train_x, train_y, test_x, test_y))
elif DEVICE != "cpu":
    train_x, train_y, test_x, test_y = (part.to(DEVICE) for part in (train_x, train_y, test_x, test_y))

torch.manual_seed(SEED)
if START:
    start = checkpoints.load(START)
    net = start.model().train() if DEVICE == "cpu" else start.model().train().to(train_x.device)
    mean, std = (torch.tensor(values, device=train_x.device)[:, None, None] for values in (start.mean, start.std))
else:
    mean, std = train_x.mean((0, 2, 3), keepdim=True), train_x.std((0, 2, 3), keepdim=True).clamp(min=1e-3)
    if RESIDUAL:

        class Sum(nn.ModuleList):
            def forward(self, x):
                return sum(path(x) for path in self)

    layers, c_in, side, classes = [], train_x.shape[1], train_x.shape[-1], int(test_y.max()) + 1
    for c_out in (WIDTH * 2**block for block in range(BLOCKS)):
        if POOLING == "stride":
            path = [nn.Conv2d(c_in, c_out, KERNEL, min(2, side), KERNEL // 2, bias=NORM == "none")]
        else:
            path = [nn.Conv2d(c_in, c_out, KERNEL, padding=KERNEL // 2, bias=NORM == "none")]
        if NORM == "batch":
            path += [nn.BatchNorm2d(c_out)]
        elif NORM == "layer":
            path += [nn.GroupNorm(1, c_out)]
        elif NORM == "instance":
            path += [nn.InstanceNorm2d(c_out, affine=True)]
        elif NORM == "group":
            path += [nn.GroupNorm(next(groups for groups in (8, 4, 2, 1) if c_out % groups == 0), c_out)]
        if RESIDUAL:
            if POOLING == "stride":
                path = [Sum([nn.Sequential(*path), nn.Conv2d(c_in, c_out, 1, min(2, side), bias=False)])]
            else:
                path = [Sum([nn.Sequential(*path), nn.Conv2d(c_in, c_out, 1, bias=False)])]
        if ACTIVATION == "relu":
            layers += [*path, nn.ReLU()]
        elif ACTIVATION == "leaky-relu":
            layers += [*path, nn.LeakyReLU()]
        elif ACTIVATION == "elu":
            layers += [*path, nn.ELU()]
        elif ACTIVATION == "gelu":
            layers += [*path, nn.GELU()]
        else:
            layers += [*path, nn.SiLU()]
        if POOLING == "max":
            layers += [nn.MaxPool2d(2) if side > 1 else nn.Identity()]
        elif POOLING == "average":
            layers += [nn.AvgPool2d(2) if side > 1 else nn.Identity()]
        c_in, side = c_out, -(-side // 2) if POOLING == "stride" else max(1, side // 2)
    if HEAD == "gap" and DROPOUT:
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(c_out, classes)]
    elif HEAD == "gap":
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_out, classes)]
    elif DROPOUT:
        layers += [nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(c_out * side**2, classes)]
    else:
        layers += [nn.Flatten(), nn.Linear(c_out * side**2, classes)]
    net = nn.Sequential(*layers) if DEVICE == "cpu" else nn.Sequential(*layers).to(train_x.device)

per_epoch = -(-(len(train_y) - 1) // BATCH_SIZE)  # a single picture that is left over makes no step
if OPTIMISER == "sgd":
    optimiser = optim.SGD(net.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY)
elif OPTIMISER == "adam":
    optimiser = optim.Adam(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
else:
    optimiser = optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
if WARM_UP:
    warm_up = optim.lr_scheduler.LinearLR(optimiser, 1 / (WARM_UP + 1), total_iters=WARM_UP)
if SCHEDULE == "one-cycle":
    schedule = optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, EPOCHS * per_epoch, cycle_momentum=False)
elif SCHEDULE == "step" and WARM_UP:
    schedule = optim.lr_scheduler.StepLR(optimiser, -(-(EPOCHS * per_epoch - WARM_UP) // 3), gamma=0.1)
elif SCHEDULE == "step":
    schedule = optim.lr_scheduler.StepLR(optimiser, -(-EPOCHS * per_epoch // 3), gamma=0.1)
elif SCHEDULE == "cosine" and WARM_UP:
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS * per_epoch - WARM_UP)
elif SCHEDULE == "cosine":
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS * per_epoch)
elif WARM_UP:
    schedule = optim.lr_scheduler.LambdaLR(optimiser, lambda _: 1.0)
if WARM_UP:
    schedule = optim.lr_scheduler.SequentialLR(optimiser, [warm_up, schedule], [WARM_UP])

if SHIFT or ROTATE or FLIP or NOISE:
    order, chance = (torch.Generator(place).manual_seed(SEED) for place in ("cpu", train_x.device))
else:
    order = torch.Generator().manual_seed(SEED)
if PRECISION == "float16":
    scaler = torch.amp.GradScaler("cuda", 2.0**10)
for _ in range(EPOCHS):
    for rows in torch.randperm(len(train_y), generator=order).split(BATCH_SIZE)[:per_epoch]:
        x, y = train_x[rows], train_y[rows]
        if SHIFT or ROTATE or FLIP:
            turn, right, down, mirror = 2 * torch.rand(4, len(x), generator=chance, device=x.device) - 1
            if FLIP:
                turn, s = turn * ROTATE * torch.pi / 180, torch.where(mirror < 0, -1.0, 1.0)
                move = [s * turn.cos(), -turn.sin(), right * 2 * SHIFT, s * turn.sin(), turn.cos(), down * 2 * SHIFT]
            else:
                turn = turn * ROTATE * torch.pi / 180
                move = [turn.cos(), -turn.sin(), right * 2 * SHIFT, turn.sin(), turn.cos(), down * 2 * SHIFT]
            places = nn.functional.affine_grid(torch.stack(move, 1).view(-1, 2, 3), list(x.shape), align_corners=False)
            x = nn.functional.grid_sample(x, places, padding_mode="border", align_corners=False)
        if NOISE:
            x = (x + NOISE * torch.randn(x.shape, generator=chance, device=x.device)).clamp(0, 1)
        if PRECISION == "float16":
            with torch.autocast("cuda", torch.float16):
                scores = net((x - mean) / std).float()
        elif PRECISION == "bfloat16":
            with torch.autocast("cuda", torch.bfloat16):
                scores = net((x - mean) / std).float()
        elif PRECISION == "auto" and DEVICE not in ("cpu", "mps"):
            with torch.autocast("cuda", torch.bfloat16, enabled=x.is_cuda):  # 16 bits where a card has them
                scores = net((x - mean) / std).float()
        else:
            scores = net((x - mean) / std)
        if LABEL_SMOOTHING:
            loss = nn.functional.cross_entropy(scores, y, label_smoothing=LABEL_SMOOTHING)
        else:
            loss = nn.functional.cross_entropy(scores, y)
        optimiser.zero_grad()
        if PRECISION == "float16":
            scaler.scale(loss).backward()
            scaler.step(optimiser)
            scaler.update()
        else:
            loss.backward()
            optimiser.step()
        if SCHEDULE != "constant" or WARM_UP:
            schedule.step()

net.eval().requires_grad_(False)
scores = torch.cat([net((x - mean) / std) for x in test_x.split(1024)])
print("accuracy", (scores.argmax(dim=1) == test_y).double().mean().item())
print("loss", nn.functional.cross_entropy(scores, test_y).item())
print("parameters", sum(weights.numel() for weights in net.parameters()))
