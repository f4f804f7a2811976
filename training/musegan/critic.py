"""MuseGAN's critic: bar by bar, then the phrase; beside the melody that the generator was given."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bandmate.models.roll import PARTS
from bandmate.training.musegan.network import BARS, LEAK, OCTAVE, OCTAVES, PLANES, bars_of
from bandmate.training.songs import STEPS_PER_BAR


class Halve(nn.Module):  # type: ignore[misc]
    """A convolution over four steps with stride two, as a matrix product: [N,T,a] to [N,T/2,b]."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__()
        self.map = nn.Linear(4 * a, b)

    def forward(self, steps: Tensor) -> Tensor:
        pairs = F.pad(steps, (0, 0, 1, 1)).reshape(len(steps), steps.shape[1] // 2 + 1, -1)
        half: Tensor = self.map(torch.cat([pairs[:, :-1], pairs[:, 1:]], 2))
        return half


class Critic(nn.Module):  # type: ignore[misc]
    """Parts [B,32,72,8] over a tune [B,48,72,2] to a score [B], the higher the more real.

    Each bar is read by four convolutions: an octave to a cell, the octaves of a step to one, and twice
    four steps with stride two; two dense layers read the bars together. Nothing is normalised, as the
    penalty on the slope asks (Gulrajani et al., 2017).
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        """Raises ValueError unless there are four widths."""
        super().__init__()
        if len(channels) != 4:
            raise ValueError(
                f"musegan takes four critic channels, not {len(channels)}; give 64, 128, 256, 512"
            )
        octave, step, eighth, beat = channels
        self.octave = nn.Linear(OCTAVE * (PARTS + BARS) * PLANES, octave)
        self.step = nn.Linear(OCTAVES * octave, step)
        self.eighth, self.beat = Halve(step, eighth), Halve(eighth, beat)
        self.phrase = nn.Linear(BARS * beat * STEPS_PER_BAR // 4, beat)
        self.score = nn.Linear(beat, 1)

    def forward(self, parts: Tensor, tune: Tensor) -> Tensor:
        """One score a window."""
        bars = torch.cat([parts.unflatten(1, (BARS, STEPS_PER_BAR)), bars_of(tune)], 4).flatten(0, 1)
        octaves = F.leaky_relu(self.octave(bars.unflatten(2, (OCTAVES, OCTAVE)).flatten(3)), LEAK)
        steps = F.leaky_relu(self.step(octaves.flatten(2)), LEAK)
        beats = F.leaky_relu(self.beat(F.leaky_relu(self.eighth(steps), LEAK)), LEAK)
        phrase = F.leaky_relu(self.phrase(beats.reshape(len(parts), -1)), LEAK)
        score: Tensor = self.score(phrase).squeeze(1)
        return score.float()
