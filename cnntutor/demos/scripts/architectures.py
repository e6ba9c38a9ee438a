"""Two classifiers of torchvision side by side: built without their numbers, counted by torch itself."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnntutor.vision.torchvision_import import torchvision  # plain `import torchvision` where it fits your torch

MODEL = "alexnet"
SECOND = "googlenet"
SIDE = 0
SEED = 0

torch.manual_seed(SEED)  # nothing is drawn but where a net cannot be built without numbers


def build(name):
    """The net with shapes alone: on the device `meta` parameters have no values. Without auxiliary classifiers."""
    options = {"aux_logits": False, "init_weights": True} if name in ("googlenet", "inception_v3") else {}
    try:
        with torch.device("meta"):
            return torchvision().models.get_model(name, weights=None, **options).eval()
    except NotImplementedError:  # RegNets calculate with tensors while they are built
        return torchvision().models.get_model(name, weights=None).eval()


def take_apart(name):
    """Parameters, MACs, working layers and learnt numbers of linear layers."""
    net = build(name)
    first_weights = next(iter(torchvision().models.get_model_weights(name)))
    side = SIDE or getattr(net, "image_size", None) or first_weights.transforms().crop_size[0]

    calls = []
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.MultiheadAttention):
            layer.register_forward_hook(lambda layer, x, y: calls.append(layer))

    picture = torch.zeros(1, 3, side, side, device=next(net.parameters()).device)
    with FlopCounterMode(display=False) as counted:
        net(picture)  # one MAC is two FLOPs
    linear = {layer for layer in calls if isinstance(layer, nn.Linear)}
    return {
        "side": side,
        "params": sum(parameter.numel() for parameter in net.parameters()),
        "macs": counted.get_total_flops() // 2,
        "layers": len(calls),
        "linear_params": sum(parameter.numel() for layer in linear for parameter in layer.parameters()),
    }


for figure, value in take_apart(MODEL).items():
    print(figure, value)
for figure, value in take_apart(SECOND).items():
    print(f"second_{figure}", value)
