"""What lessons with a critic share: Wasserstein's distance, its penalty on the slope, and their Adam.

Source: Gulrajani et al., Improved Training of Wasserstein GANs, 2017.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

BETAS = (0.5, 0.9)


def steepness(critic: Callable[[Tensor, Tensor], Tensor], between: Tensor, beside: Tensor) -> Tensor:
    """The length [B] of the gradient of the scores by the parts [B,...] that are judged beside something;
    itself differentiable."""
    parts = between.detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(parts, beside).sum(), parts, create_graph=True)
    length: Tensor = (slope.float().square().flatten(1).sum(1) + 1e-8).sqrt()
    return length


def penalty(slope: Tensor) -> Tensor:
    """The mean squared distance of slopes [B] from 1."""
    return (slope - 1).square().mean()


def adam(network: nn.Module, rate: float) -> torch.optim.Adam:
    """Adam at a constant rate, in one pass over all parameters where the device has that."""
    fused = next(network.parameters()).device.type != "mps"
    return torch.optim.Adam(network.parameters(), rate, BETAS, fused=fused)
