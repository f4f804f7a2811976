"""DeepComposer's generator as the contract wants it: with onsets, velocities, and cuts that fit the data."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from bandmate.models.contract import Card
from bandmate.models.roll import PARTS, STEPS_PER_BEAT, WINDOW
from bandmate.training.fitting.lesson import Performer
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import Corpus
from bandmate.training.songs import STEPS_PER_BAR
from bandmate.training.unet_gan.network import Generator
from bandmate.training.unet_gan.roll import Rolls

EDGE = 2.0
SHARP = 4.0
LOUD, BEAT, DOWNBEAT = 80 / 127, 4 / 127, 8 / 127
SAMPLE, QUICK, CHUNK = 512, 128, 64
RANGE = (0.05, 0.95)


class UNetGanPerformer(Performer):
    """The generator live.

    It hears this window's sustained melody; what is not heard yet is silence to it, though it was taught
    on whole windows. A cell sounds with probability (tanh + 1) / 2. A note is struck where it sounds and
    did not a step before: what the band has committed says so if it can, else the generator's own
    answer, sharpened. All is smooth, with no cut in the network, so that its file agrees with it. A drum
    is struck wherever it sounds. Velocity knows only the beat.
    """

    takes = ("melody", "band", "played", "noise")

    def __init__(self, generator: Generator, parts: tuple[str, ...]) -> None:
        super().__init__()
        self.generator = generator
        self.noise = math.prod(generator.noise)
        step = torch.arange(WINDOW)
        loud = LOUD + BEAT * (step % STEPS_PER_BEAT == 0) + (DOWNBEAT - BEAT) * (step % STEPS_PER_BAR == 0)
        self.register_buffer("loud", loud[:, None].float())
        holds = torch.tensor([float(part != "drums") for part in parts])
        self.register_buffer("holds", holds[:, None, None])

    def forward(self, melody: Tensor, band: Tensor, played: Tensor, noise: Tensor) -> tuple[Tensor, ...]:
        z = noise.clamp(-EDGE, EDGE).view(-1, *self.generator.noise)
        roll = self.generator(2 * melody[:, 3:] - 1, z)
        sustain = ((roll + 1) / 2).clamp(1e-6, 1 - 1e-6)
        onset = sustain * (1 - self.holds * self._before(sustain, band, played))
        velocity = self.loud + torch.zeros_like(onset)
        return onset, sustain, velocity, onset.amax(3)

    def _before(self, sustain: Tensor, band: Tensor, played: Tensor) -> Tensor:
        """[B,4,32,128]: how surely each cell sounded a step earlier."""
        mine = torch.sigmoid(SHARP * (torch.log(sustain) - torch.log1p(-sustain)))
        sounded = band.unflatten(1, (PARTS, 4))
        past, now = sounded[:, :, 1, -1:], sounded[:, :, 3, :-1]
        known = played[:, None, :-1, None]
        return torch.cat([past, known * now + (1 - known) * mine[:, :, :-1]], 2)


def calibrated(performer: UNetGanPerformer, corpus: Corpus, recipe: Recipe, quick: bool) -> Card:
    """The card with the cuts, for each part, at which as many steps are struck, as many pitches together,
    and as many cells sound, as in windows of the corpus.

    A real note counts as struck where the roll shows it: a note struck again at once does not.
    """
    rng = np.random.default_rng(recipe.seed)
    which = rng.integers(0, len(corpus), QUICK if quick else SAMPLE)
    rolls = Rolls(corpus, "cpu")
    melody, real = rolls.take(which, torch.zeros(len(which), dtype=torch.long))
    onset, sustain = answers(performer, melody, rng)
    sounds = real > 0
    struck = sounds & ~(F.pad(sounds, (0, 0, 1, 0))[:, :, :-1] & (performer.holds > 0))
    gate, pitch, hold = [], [], []
    for part, name in enumerate(recipe.parts):
        likeliest, true = onset[:, part].amax(2), struck[:, part]
        kit = name == "drums"
        gate.append(_cut(onset[:, part], true) if kit else _cut(likeliest, true.any(2)))
        pitch.append(_join(onset[:, part], likeliest, gate[-1], true))
        hold.append(_cut(sustain[:, part], sounds[:, part]))
    return Card(
        "generator", recipe.genre, recipe.parts, gate=tuple(gate), pitch=tuple(pitch), hold=tuple(hold)
    )


def answers(performer: UNetGanPerformer, melody: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Onset and sustain [n,4,32,128] for whole melodies, the band just beginning."""
    onset, sustain = [], []
    for some in melody.split(CHUNK):
        size, pitches = len(some), some.shape[-1]
        heard = torch.cat([torch.zeros(size, 3, WINDOW, pitches), (some + 1) / 2], 1)
        nothing = torch.zeros(size, 4 * PARTS, WINDOW, pitches), torch.zeros(size, WINDOW)
        noise = torch.from_numpy(rng.standard_normal((size, performer.noise)).astype(np.float32))
        with torch.no_grad():
            said = performer(heard, *nothing, noise)
        onset.append(said[0])
        sustain.append(said[1])
    return torch.cat(onset), torch.cat(sustain)


def _cut(said: Tensor, happened: Tensor) -> float:
    """The probability above which as many lie as happened."""
    ordered = said.flatten().sort(descending=True).values
    return _kept(float(ordered[min(int(happened.sum()), len(ordered) - 1)]))


def _join(onset: Tensor, gate: Tensor, cut: float, struck: Tensor) -> float:
    """The share of the likeliest pitch's onset from which others join it, for chords of the real size."""
    steps = struck.any(2)
    size = float(struck.sum() / steps.sum().clamp_min(1))
    opens = gate > cut
    given = onset[opens] / gate[opens][:, None]
    if not len(given):
        return 0.5
    grid = torch.linspace(*RANGE, 19)
    sizes = torch.stack([(given >= at).sum(1).float().mean() for at in grid])
    return round(float(grid[(sizes - size).abs().argmin()]), 3)


def _kept(cut: float) -> float:
    return round(min(max(cut, RANGE[0]), RANGE[1]), 4)
