"""The windows of an update: what is heard of the melody, and what four parts really played to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from bandmate.models.roll import WINDOW
from bandmate.training.fitting import hearing
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import HOP, KIT, LOW, Corpus, Ints, transpose
from bandmate.training.songs import STEPS_PER_BAR, VOICES


class Batch(NamedTuple):
    """tune float32[B,48,72,2]: onset and sustain of the melody in the bar before the window and, as far as
    heard, in the window; parts float32[B,32,72,8]: onset and sustain of each part in turn."""

    tune: Tensor
    parts: Tensor


def draw(corpus: Corpus, recipe: Recipe, dice: Dice) -> Batch:
    """Windows at random, each transposed and the melody of each known to a moment of its first bar, or
    wholly, or not at all, as the recipe says."""
    which = dice.which(len(corpus))[dice.mine]
    shift = dice.rng.integers(recipe.transpose[0], recipe.transpose[1] + 1, dice.batch)[dice.mine]
    known = hearing.known(_cut(dice), recipe, dice.rng)[dice.mine]
    rows = corpus.starts[which][:, None] + np.arange(-STEPS_PER_BAR, WINDOW)
    cells = transpose(corpus.strip.cells[rows], shift)
    for part, name in enumerate(corpus.parts):
        if name == "drums":
            hits = (corpus.strip.kit[rows] > 0).astype(np.uint16)
            cells[:, :, np.array(KIT) - LOW] |= hits * np.uint16(3 << 2 * part + 2)
    packed = torch.from_numpy(cells.astype(np.int16)).to(dice.device)
    bits = torch.arange(2 * VOICES, dtype=torch.int16, device=dice.device)
    planes = ((packed[..., None] >> bits) & 1).float()
    heard = torch.from_numpy(np.arange(-STEPS_PER_BAR, WINDOW) < known[:, None]).to(dice.device)
    return Batch(planes[..., :2] * heard[:, :, None, None], planes[:, STEPS_PER_BAR:, :, 2:].contiguous())


def _cut(dice: Dice) -> Ints:
    """int[batch]: steps of the first bar that are over, mostly whole hops."""
    rng, size = dice.rng, dice.batch
    hop, step = HOP * rng.integers(0, STEPS_PER_BAR // HOP, size), rng.integers(0, STEPS_PER_BAR, size)
    return np.where(rng.random(size) < hearing.ON_THE_HOP, hop, step)
