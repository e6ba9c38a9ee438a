"""Accuracy against cost: nets of torchvision, counted and timed on this machine, and those that nothing beats."""

import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from cnntutor.vision.anatomy import bare_classifier
from cnntutor.vision.torchvision_import import torchvision  # plain `import torchvision` where it fits your torch

NAMES = ["mobilenet_v2", "resnet18", "vgg16"]
COST = "latency"
RECIPE = "first"
SIDE = 224
BATCH = 1
PASSES = 2
SEED = 0

torch.manual_seed(SEED)
models = torchvision().models


def measure(name):
    """Top-1 accuracy as published, and parameters, MACs and milliseconds for a picture."""
    # models.get_model(name) on the device `meta` has shapes and no numbers: enough to count, and there at once.
    net = bare_classifier(name)
    with FlopCounterMode(display=False) as counted, torch.no_grad():
        net(torch.zeros(1, 3, SIDE, SIDE, device=next(net.parameters()).device))  # one MAC is two FLOPs

    # To be timed it needs numbers; zeros take as long to multiply as any others.
    net = net.to_empty(device="cpu")
    pictures, seconds = torch.rand(BATCH, 3, SIDE, SIDE), []
    with torch.inference_mode():
        for numbers in (*net.parameters(), *net.buffers()):
            numbers.zero_()
        for _ in range(1 + PASSES):  # the first pass warms up
            start = time.perf_counter()
            net(pictures)
            seconds.append(time.perf_counter() - start)
    weights = models.get_model_weights(name)
    published = weights.DEFAULT if RECIPE == "best" else next(iter(weights))
    return {
        "top1": published.meta["_metrics"]["ImageNet-1K"]["acc@1"],
        "params": sum(parameter.numel() for parameter in net.parameters()),
        "macs": counted.get_total_flops() // 2,
        "latency": 1000 * min(seconds[1:]),
    }


nets = {name: measure(name) for name in NAMES}

for cost in ("latency", "macs", "params"):
    # The cheapest first; a net is on the front if it is more accurate than all that cost less.
    best, front = 0.0, []
    for name in sorted(nets, key=lambda name: (nets[name][cost], -nets[name]["top1"])):
        if nets[name]["top1"] > best:
            best = nets[name]["top1"]
            front.append(name)
    print(f"front_{cost}", len(front))

least, most = (pick(nets.values(), key=lambda net: net["macs"]) for pick in (min, max))
print("nets", len(nets))
print("least_macs", least["macs"])
print("most_macs", most["macs"])
print("macs_ratio", most["macs"] / least["macs"])
print("latency_ratio", most["latency"] / least["latency"])
