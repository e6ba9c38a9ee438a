"""Two voices told apart by their spectrograms, or two periods in noise by a 1-D convolution."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from cnntutor.demos.gallery._signals_voices import lesson  # the shipped sounds, and who speaks when
from cnntutor.vision.bursts import bursts  # waves in noise

SCENE, SLIDES, WINDOW, NOISE, EXAMPLES = "voices", "time and pitch", 512, 0.5, 300
EPOCHS, LEARNING_RATE, SEED = 10, 0.01, 0


def spectrograms(slug):
    """Half seconds of both voices, as many of each: [N, 1, rows below 4 kHz, columns]."""
    found, each = lesson(slug), []
    for spans in found.spans:
        starts = [start for first, end in spans for start in range(first, end - 7999, 8000)]
        each.append(torch.stack([found.sound[start : start + 8000] for start in starts]))
    count = min(map(len, each))
    sounds = torch.cat([pieces[:count] for pieces in each])
    waves = torch.stft(sounds, WINDOW, 160, window=torch.hann_window(WINDOW), return_complex=True)
    return torch.log1p(100 * waves.abs())[:, None, : WINDOW // 4], torch.arange(2).repeat_interleave(count)


torch.manual_seed(SEED)
if SCENE == "voices":
    (x, y), (new_x, new_y) = spectrograms("what-is-a-cnn"), spectrograms("history")
    x, new_x = (x - x.mean()) / x.std(), (new_x - x.mean()) / x.std()
    if SLIDES == "time":  # every row is a channel
        convs = nn.Flatten(1, 2), nn.Conv1d(WINDOW // 4, 8, 5, 2), nn.ReLU(), nn.Conv1d(8, 16, 3, 2), nn.ReLU()
        net = nn.Sequential(*convs, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 2))
    else:
        convs = nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU()
        net = nn.Sequential(*convs, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 2))
else:
    lots = torch.Generator().manual_seed(SEED)
    (x, y), (new_x, new_y) = bursts(EXAMPLES, NOISE, lots), bursts(500, NOISE, lots)
    net = nn.Sequential(nn.Conv1d(1, 12, 9), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(12, 2))
    kernels = torch.randn(100, 1, 9)  # what the demo's random rival draws

optimiser = torch.optim.Adam(net.parameters(), LEARNING_RATE)
for _ in range(EPOCHS):
    for rows in torch.randperm(len(y)).split(32):
        loss = cross_entropy(net(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
print("accuracy", (net(new_x).argmax(1) == new_y).float().mean().item())
print("parameters", sum(weights.numel() for weights in net.parameters()))
