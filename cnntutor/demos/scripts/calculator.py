"""What each layer of a net gives, holds, multiplies and keeps, in plain PyTorch."""

import torch
from torch import nn

CHANNELS, SIDE, BATCH, SEED = 3, 32, 64, 0
LAYERS = [["Conv2d", 3, 16, 3, 2, 1], ["ReLU"], ["Flatten"], ["Linear", 4096, 10]]

parameters = macs = map_bytes = 0
with torch.device("meta"):  # shapes without numbers: nothing is computed
    net = nn.Sequential(*(getattr(nn, name)(*numbers) for name, *numbers in LAYERS)).eval()
    x = torch.zeros(1, CHANNELS, SIDE, SIDE)
    for layer in net:
        x = layer(x)
        held = sum(p.numel() for p in layer.parameters())
        # One number of the output takes as many MACs as a filter, or an output, has weights.
        done = x.numel() * layer.weight[0].numel() if isinstance(layer, (nn.Conv2d, nn.Linear)) else 0
        parameters, macs, map_bytes = parameters + held, macs + done, map_bytes + 4 * x.numel()
        print(f"# {type(layer).__name__:18}{tuple(x.shape)!s:20}{held:12,}{done:15,}{4 * x.numel():13,} B")

print("parameters", parameters)
print("macs", macs)
print("map_bytes", 4 * x.numel())
print("training_bytes", BATCH * map_bytes + 16 * parameters)  # a weight, its gradient, and Adam's two averages
