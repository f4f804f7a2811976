"""The band: a U-Net that renders the chord plan into four parts.

Each pitched part is decided as gate (does it strike anything at this step?), pitches given the gate,
hold given that a pitch sounds, and velocity. A drum kit is nine classes a step, from the same pooled
features. Why the gate: research on free-running play, in docs/architecture.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bandmate.models.contract import CONTROLS, GENERATOR_INPUTS
from bandmate.training.band.picture import Picture
from bandmate.training.band.situations import Inputs
from bandmate.training.band.unet import Block, UNet
from bandmate.training.fitting.lesson import Performer
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import HEIGHT, KIT, LOW

COND = 64
COLUMN = 64


class Heads(NamedTuple):
    """What the network says. Logits of the P pitched parts in their order: gate [B,P,32], pitch (given
    the gate) and hold (given that it sounds) [B,P,32,72]; loud [B,P,32]; of the kit, [B,9,32] (or
    no classes at all, where there are no drums): kit and kit_loud."""

    gate: Tensor
    pitch: Tensor
    hold: Tensor
    loud: Tensor
    kit: Tensor
    kit_loud: Tensor


class Sound(NamedTuple):
    """Probabilities of all four parts: gate [B,4,32]; onset, sustain, velocity [B,4,32,72]."""

    gate: Tensor
    onset: Tensor
    sustain: Tensor
    velocity: Tensor


class Band(nn.Module):  # type: ignore[misc]
    """Inputs, code and controls to heads. `lean` [9] is added to the drums' logits when playing, so
    that one cut serves all nine; calibrate.first_cuts sets it."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.parts = recipe.parts
        self.picture = Picture(recipe.parts)
        self.pitched = self.picture.pitched
        self.drums = self.picture.drums
        count, kit, width = len(self.pitched), len(KIT) if self.drums is not None else 0, recipe.channels[0]
        self.cond = nn.Sequential(nn.Linear(recipe.code + CONTROLS, COND), nn.SiLU())
        self.unet = UNet(self.picture.image_channels, recipe.channels, COND)
        self.cells = nn.Sequential(nn.SiLU(), nn.Conv2d(width, 2 * count, 1))
        self.pool = nn.Sequential(nn.SiLU(), nn.Conv2d(width, 32, 1))
        self.column = nn.Conv1d(64 + self.picture.strip_channels, COLUMN, 1)
        self.columns = nn.ModuleList(Block(COLUMN, COLUMN, COND, flat=True) for _ in range(3))
        self.steps = nn.Sequential(nn.SiLU(), nn.Conv1d(COLUMN, 2 * (count + kit), 1))
        spread = torch.zeros(len(KIT), HEIGHT)
        spread[torch.arange(len(KIT)), torch.tensor(KIT) - LOW] = 1
        self.register_buffer("spread", spread, persistent=False)
        self.register_buffer("lean", torch.zeros(len(KIT)), persistent=False)
        self._begin_sparse()

    def _begin_sparse(self) -> None:
        """Biases near the shares that music has, so that the first updates are not spent on them."""
        cells, steps = self.cells[-1].bias, self.steps[-1].bias
        count = len(self.pitched)
        with torch.no_grad():
            cells[:count] = -3
            cells[count:] = 1
            steps[:count] = -1
            steps[2 * count : 2 * count + len(KIT)] = -2

    def forward(self, inputs: Inputs[Tensor], code: Tensor) -> Heads:
        """Inputs of tensors (see windows.Inputs); code [B,Z]."""
        *seen, controls = inputs
        image, strip = self.picture(*seen)
        cond = self.cond(torch.cat([code, 2 * controls - 1], 1))
        features = self.unet(image, cond)
        pitch, hold = self.cells(features).chunk(2, 1)
        pooled = self.pool(features)
        column = self.column(torch.cat([pooled.mean(-1), pooled.amax(-1), strip], 1))
        for block in self.columns:
            column = block(column, cond)
        count = len(self.pitched)
        kit = len(KIT) if self.drums is not None else 0
        gate, loud, hit, hit_loud = self.steps(column).split([count, count, kit, kit], 1)
        return Heads(gate, pitch, hold, loud, hit, hit_loud)

    def sound(self, heads: Heads) -> Sound:
        """The heads as plain probabilities of the four parts in their order."""
        gate, loud = torch.sigmoid(heads.gate), torch.sigmoid(heads.loud)
        onset, sustain = gate[..., None] * torch.sigmoid(heads.pitch), torch.sigmoid(heads.hold)
        loud = loud[..., None].expand(-1, -1, -1, HEIGHT)
        parts = [(gate[:, i], onset[:, i], sustain[:, i], loud[:, i]) for i in range(len(self.pitched))]
        if self.drums is not None:
            kit = torch.sigmoid(heads.kit + self.lean[:, None])
            kit_loud = torch.sigmoid(heads.kit_loud)
            hits = kit.transpose(1, 2) @ self.spread
            parts.insert(
                self.drums,
                (kit.amax(1), hits, torch.zeros_like(hits), kit_loud.transpose(1, 2) @ self.spread),
            )
        return Sound(*(torch.stack(kind, 1) for kind in zip(*parts, strict=True)))


class Player(Performer):
    """The generator as the contract describes it: 128 pitches, and noise that chooses from a bank.

    bank: float [N,Z] style codes; keys: float [N,Z] their whitened unit directions. The code is
    softmax(sharpness * keys @ noise) @ bank: noise 0 is the mean code, noise of scale 1 nearly one
    of the bank.
    """

    takes = tuple(GENERATOR_INPUTS)

    def __init__(self, band: Band, bank: Tensor, keys: Tensor, sharpness: float) -> None:
        super().__init__()
        self.band = band
        self.sharpness = sharpness
        self.noise = int(bank.shape[1])
        self.register_buffer("bank", bank)
        self.register_buffer("keys", keys)

    def code(self, noise: Tensor) -> Tensor:
        """The style code [B,Z] that noise [B,Z] chooses."""
        weights = torch.softmax(self.sharpness * noise @ self.keys.T, -1)
        chosen: Tensor = weights @ self.bank
        return chosen

    def forward(
        self,
        melody: Tensor,
        heard: Tensor,
        band: Tensor,
        played: Tensor,
        harmony: Tensor,
        noise: Tensor,
        controls: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Inputs as in models/contract, to onset, sustain, velocity [B,4,32,128] and gate [B,4,32]."""
        crop = slice(LOW, LOW + HEIGHT)
        inputs = Inputs(melody[..., crop], heard, band[..., crop], played, harmony, controls)
        sound = self.band.sound(self.band(inputs, self.code(noise)))
        edges = (LOW, 128 - LOW - HEIGHT)
        wide = [F.pad(plane, edges) for plane in (sound.onset, sound.sustain, sound.velocity)]
        return wide[0], wide[1], wide[2], sound.gate
