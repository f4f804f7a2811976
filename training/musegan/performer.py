"""MuseGAN's generator as the player knows it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from bandmate.models.roll import PARTS, PITCHES, WINDOW
from bandmate.training.fitting.lesson import Performer
from bandmate.training.fitting.windows import HEIGHT, LOW, Corpus
from bandmate.training.musegan.network import PLANES, Generator
from bandmate.training.songs import STEPS_PER_BAR


class MuseGanPerformer(Performer):
    """Melody and noise to onset, sustain, velocity and gate.

    Played live the melody of the window is known only to the moment, and the generator was taught so.
    MuseGAN has no velocity: a note has the mean velocity of its part at its step of the bar. The gate
    is the likeliest onset of the step.
    """

    takes = ("melody", "noise")

    def __init__(self, generator: Generator, loud: NDArray[np.float32]) -> None:
        """loud: float32[4,16], 0..1, of each part at each step of the bar."""
        super().__init__()
        self.generator, self.noise = generator, generator.noise
        window = torch.from_numpy(np.tile(loud, WINDOW // STEPS_PER_BAR))
        self.register_buffer("loud", window[None, :, :, None].repeat(1, 1, 1, PITCHES))

    def forward(self, melody: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """melody [B,4,32,128] as in models/contract; noise [B,10L]."""
        seen = melody[..., LOW : LOW + HEIGHT]
        tune = torch.cat([seen[:, :2, STEPS_PER_BAR:], seen[:, 2:]], 2).permute(0, 2, 3, 1)
        said = self.generator(tune, noise).unflatten(3, (PARTS, PLANES))
        rolls = torch.sigmoid(said).permute(0, 3, 4, 1, 2)
        wide = F.pad(rolls, (LOW, PITCHES - LOW - HEIGHT))
        onset, sustain = wide[:, :, 0], wide[:, :, 1]
        return onset, sustain, self.loud.expand(len(melody), -1, -1, -1), onset.amax(3)


def loudness(corpus: Corpus) -> NDArray[np.float32]:
    """float32[4,16], 0..1: the mean velocity of each part at each step of the bar, its mean over all steps
    where it strikes none."""
    steps = (corpus.starts[:, None] + np.arange(STEPS_PER_BAR)).T
    loud = corpus.strip.loud[steps][:, :, 1:].astype(np.float64)
    struck = (loud > 0).sum(1)
    mean = loud.sum((0, 1)) / np.maximum(struck.sum(0), 1)
    each = np.where(struck > 0, loud.sum(1) / np.maximum(struck, 1), mean)
    return np.asarray(each.T / 127, np.float32)
