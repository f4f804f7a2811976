"""What a window costs: how badly the heads foretold what came, and what the code told."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from bandmate.training.band.network import Band, Heads
from bandmate.training.band.situations import Truth

LOUD = 4.0


def reconstruction(band: Band, heads: Heads, truth: Truth[Tensor]) -> dict[str, Tensor]:
    """The parts of the loss by name, each a mean over windows of a sum over cells after the cut.

    gate, kit, pitch (where the gate is open) and hold (where the pitch sounded a step before and is
    not struck again) in nats; loud: squared error of velocity, times 4.
    """
    mine = band.pitched
    onset, before, loud = truth.onset[:, mine], truth.before[:, mine], truth.velocity[:, mine]
    sustain = truth.sustain[:, mine]
    weight, size = truth.weight[:, None], len(truth.weight)
    struck = onset.amax(-1)
    cells = weight[..., None] * F.binary_cross_entropy_with_logits(heads.pitch, onset, reduction="none")
    holds = weight[..., None] * F.binary_cross_entropy_with_logits(heads.hold, sustain, reduction="none")
    gates = weight * F.binary_cross_entropy_with_logits(heads.gate, struck, reduction="none")
    louds = weight * struck * (torch.sigmoid(heads.loud) - loud) ** 2
    out = {
        "gate": gates.sum() / size,
        "pitch": (cells * struck[..., None]).sum() / size,
        "hold": (holds * before * (1 - onset)).sum() / size,
        "loud": LOUD * louds.sum() / size,
    }
    if band.drums is not None:
        kit = truth.kit.transpose(1, 2)
        hit = (kit > 0).to(kit.dtype)
        hits = weight * F.binary_cross_entropy_with_logits(heads.kit, hit, reduction="none")
        out["kit"] = hits.sum() / size
        kit_loud = weight * hit * (torch.sigmoid(heads.kit_loud) - kit) ** 2
        out["loud"] = out["loud"] + LOUD * kit_loud.sum() / size
    return out


def told(mean: Tensor, log_variance: Tensor, free_nats: float) -> tuple[Tensor, Tensor]:
    """What the codes tell, in nats, and that above the free ones: means over the windows."""
    nats = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1)
    return nats.mean(), (nats - free_nats).clamp_min(0).mean()
