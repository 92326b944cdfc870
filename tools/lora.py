"""Low-rank adaptation of a frozen network (Hu et al. 2021, arXiv:2106.09685)."""

import math

import torch
from torch import nn

SCALE = 2.0  # alpha / rank


class LowRank(nn.Module):
    """A frozen linear layer, and beside it a product of two thin matrices that learns."""

    def __init__(self, frozen: nn.Linear, rank: int):
        super().__init__()
        self.frozen = frozen
        self.a = nn.Parameter(torch.randn(rank, frozen.in_features) / math.sqrt(frozen.in_features))
        self.b = nn.Parameter(torch.zeros(frozen.out_features, rank))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        learned = (inputs @ self.a.T) @ self.b.T
        return self.frozen(inputs) + SCALE * learned


def attach(network: nn.Module, rank: int) -> dict[str, LowRank]:
    """Freezes the network and puts a low-rank layer in place of each of its linear ones."""
    for parameter in network.parameters():
        parameter.requires_grad = False
    linear = [(name, layer) for name, layer in network.named_modules() if type(layer) is nn.Linear]
    attached = {}
    for name, layer in linear:
        parent, _, own = name.rpartition(".")
        attached[name] = LowRank(layer, rank)
        setattr(network.get_submodule(parent), own, attached[name])
    return attached


def delta(attached: dict[str, LowRank]) -> dict[str, torch.Tensor]:
    """What was learned, in half precision: the weight of layer x changes by x.b @ x.a."""
    found = {}
    for name, layer in attached.items():
        found[f"{name}.a"] = layer.a.detach().half().contiguous()
        found[f"{name}.b"] = (SCALE * layer.b.detach()).half().contiguous()
    return found
