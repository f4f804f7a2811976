"""The critic: does this window of parts, over this melody, plan and past, sound like a real one?

Four 4 x 4 convolutions of stride 2 and a dense layer, after DeepComposer's critic, taught by the
Wasserstein loss with a penalty on its slope (Gulrajani et al., 2017). It is shown onsets and holds,
as samples: a Bernoulli draw forward, its relaxation's gradient backward (straight-through concrete).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from bandmate.models.roll import PARTS
from bandmate.training.band.network import Band, Heads
from bandmate.training.band.picture import Picture
from bandmate.training.band.situations import Inputs, Truth
from bandmate.training.fitting import wasserstein
from bandmate.training.fitting.dice import Dice

ROLL = 2 * PARTS
CONDITION = 4 + 2 * PARTS + 2


class Critic(nn.Module):  # type: ignore[misc]
    """Parts [B,8,32,72] and condition [B,14,32,72] to a score [B], the higher the more real."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        sizes = (ROLL + CONDITION, *channels)
        layers: list[nn.Module] = []
        for a, b in pairwise(sizes):
            layers += [nn.Conv2d(a, b, 4, 2, 1), nn.LeakyReLU(0.2)]
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Linear(sizes[-1] * 2 * 4, 1)

    def forward(self, roll: Tensor, condition: Tensor) -> Tensor:
        """One score a window."""
        h = self.convolutions(torch.cat([roll, condition], 1))
        score: Tensor = self.dense(h.flatten(1)).squeeze(1)
        return score


def condition(inputs: Inputs[Tensor], picture: Picture) -> Tensor:
    """What both real and generated parts are judged beside, [B,14,32,72]: the melody, the band's past
    window and the plan's chord and bass tones."""
    size = len(inputs.melody)
    past = inputs.band.reshape(size, PARTS, 4, *inputs.band.shape[2:])[:, :, :2].flatten(1, 2)
    chord, bass = inputs.harmony[..., :12] @ picture.octaves, inputs.harmony[..., 12:] @ picture.octaves
    return torch.cat([inputs.melody, past, torch.stack([chord, bass], 1)], 1)


def real(truth: Truth[Tensor]) -> Tensor:
    """The parts that came, [B,8,32,72]: onsets and then sustains."""
    return torch.cat([truth.onset, truth.sustain], 1)


def concrete(logits: Tensor, temperature: float, dice: Dice) -> tuple[Tensor, Tensor]:
    """Noisy logits and straight-through samples, 0 or 1 forward, each 1 with probability sigmoid(logits)."""
    uniform = dice.uniform(*logits.shape[1:]).clamp(1e-6, 1 - 1e-6)
    noisy = logits + torch.logit(uniform)
    soft = torch.sigmoid(noisy / temperature)
    return noisy, (noisy > 0).to(soft.dtype) + soft - soft.detach()


def perform(band: Band, heads: Heads, truth: Truth[Tensor], warmth: float, dice: Dice) -> Tensor:
    """The parts as the heads would play them after the cut, [B,8,32,72]; before it, as they were.
    warmth: the temperature of the relaxation."""
    gate = concrete(heads.gate, warmth, dice)[1]
    noisy, pitch = concrete(heads.pitch, warmth, dice)
    top = (noisy == noisy.amax(-1, keepdim=True)).to(pitch.dtype)
    struck = gate[..., None] * torch.maximum(pitch, top)
    held = concrete(heads.hold, warmth, dice)[1]
    onsets, holds = list(struck.unbind(1)), list(held.unbind(1))
    if band.drums is not None:
        hits = concrete(heads.kit, warmth, dice)[1].transpose(1, 2) @ band.spread
        onsets.insert(band.drums, hits)
        holds.insert(band.drums, torch.zeros_like(hits))
    ahead = (truth.weight > 0).to(gate.dtype)[:, None, :, None]
    onset = ahead * torch.stack(onsets, 1) + (1 - ahead) * truth.onset
    hold = ahead * torch.stack(holds, 1) + (1 - ahead) * truth.sustain
    return torch.cat([onset, sounding(onset, hold, truth.before[:, :, 0])], 1)


def sounding(onset: Tensor, hold: Tensor, before: Tensor) -> Tensor:
    """Sustains [B,4,32,72] from onsets, holds (if it sounded) and what sounded before, [B,4,72]."""
    out, now = [], before
    for struck, held in zip(onset.unbind(2), hold.unbind(2), strict=True):
        now = struck + (1 - struck) * held * now
        out.append(now)
    return torch.stack(out, 2)


def penalty(critic: Critic, truly: Tensor, fake: Tensor, beside: Tensor, dice: Dice) -> Tensor:
    """Mean squared distance from 1 of the critic's slope, between real and generated parts."""
    mix = dice.uniform(1, 1, 1)
    return wasserstein.penalty(wasserstein.steepness(critic, mix * truly + (1 - mix) * fake, beside))
