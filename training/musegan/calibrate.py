"""The cuts at which a MuseGAN generator strikes as many notes, and holds them as long, as the real parts.

A critic leaves probabilities that mean little by themselves: they may all lie near 0 and near 1. So a
cut is first put where it lets through the share that really came in training windows; then it is moved,
the further the wider what is said is spread, until free play along with training songs comes to their
notes a bar and mean lengths.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from bandmate.models.contract import Card
from bandmate.models.decoding import DRUMS
from bandmate.models.roll import PARTS
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.lesson import say
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import KIT, LOW, Corpus
from bandmate.training.judging import figures, limits
from bandmate.training.judging.rollout import USUALLY, free_run, stage
from bandmate.training.musegan import batch
from bandmate.training.musegan.performer import MuseGanPerformer
from bandmate.training.songs import Song

SAMPLE, CHUNK, SALT = 512, 64, 7
REHEARSAL, ROUNDS, GAIN = 12, 6, 0.8
FAR = 12.0
JOINS = np.linspace(0.02, 0.98, 49)

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cut:
    """at: a cut, as a logit; spread: the deviation of the logits that it divides, at least 1."""

    at: float
    spread: float = 1.0

    def moved(self, times: float) -> Cut:
        """The cut where so many times as much is to be let through."""
        return replace(self, at=float(np.clip(self.at - GAIN * self.spread * math.log(times), -FAR, FAR)))

    @property
    def share(self) -> float:
        """The cut as a probability."""
        return 1 / (1 + math.exp(-self.at))


class Cuts(NamedTuple):
    """Of one part: gate and hold as in the card; pitch: as in the card."""

    gate: Cut
    hold: Cut
    pitch: float


def cut_of(logits: Array, share: float) -> Cut:
    """The cut that lets through such a share of these; the middle where there are none."""
    if not len(logits):
        return Cut(0.0)
    at = float(np.clip(np.quantile(logits, 1 - share), -FAR, FAR))
    return Cut(at, max(float(logits.std()), 1.0))


def first(performer: MuseGanPerformer, corpus: Corpus, recipe: Recipe) -> list[Cuts]:
    """The cuts of the four parts by windows of the corpus."""
    dice = Dice([recipe.seed, SALT], SAMPLE, slice(0, SAMPLE), "cpu")
    tune, parts = batch.draw(corpus, recipe, dice)
    noise = dice.normal(performer.noise)
    with torch.no_grad():
        pairs = zip(tune.split(CHUNK), noise.split(CHUNK), strict=True)
        said = torch.cat([performer.generator(*some) for some in pairs]).numpy()
    real = parts.numpy() > 0
    planes = [
        (said[..., k], said[..., k + 1], real[..., k], real[..., k + 1]) for k in range(0, 2 * PARTS, 2)
    ]
    return [
        _kit(onset, struck) if name == DRUMS else _pitched(onset, sustain, struck, sounds)
        for name, (onset, sustain, struck, sounds) in zip(recipe.parts, planes, strict=True)
    ]


def _kit(onset: Array, struck: Mask) -> Cuts:
    rows = np.array(KIT) - LOW
    return Cuts(cut_of(onset[:, :, rows], float(struck[:, :, rows].mean())), Cut(0.0), 0.5)


def _pitched(onset: Array, sustain: Array, struck: Mask, sounds: Mask) -> Cuts:
    """All [N,32,72]: the logits of onsets and sustains, and what was really struck and sounded."""
    gates = onset.max(2)
    gate = cut_of(gates, float(struck.any(2).mean()))
    opens = gates > gate.at
    given = _sigmoid(onset) / _sigmoid(gates)[:, :, None]
    size = struck.sum() / max(struck.any(2).sum(), 1)
    sizes = np.array([(given[opens] >= join).sum() for join in JOINS]) / max(opens.sum(), 1)
    pitch = float(JOINS[np.abs(sizes - size).argmin()])
    chosen = opens[:, :, None] & (given >= pitch)
    after = sounds[:, :-1] & ~struck[:, 1:]
    stays = float(sounds[:, 1:][after].mean()) if after.any() else 0.5
    return Cuts(gate, cut_of(sustain[:, 1:][chosen[:, :-1] & ~chosen[:, 1:]], stays), pitch)


def settled(
    performer: MuseGanPerformer, cuts: list[Cuts], corpus: Corpus, recipe: Recipe, songs: list[Song]
) -> Card:
    """The card of cuts that are moved so that free play on the songs is as dense and as long as they are:
    for each part, of all that were tried, those that came nearest."""
    given = stage(songs, recipe.parts, REHEARSAL)
    real = [figures.of_part(given.real[:, part], given.plan) for part in range(PARTS)]
    voices, answer, found = limits.of(corpus), say(performer), list[list[tuple[float, Cuts]]]()
    for turn in range(ROUNDS):
        manner = replace(USUALLY, seed=recipe.seed + turn)
        played = free_run(answer, card_of(cuts, recipe), voices, given, performer.noise, manner)
        mine = [figures.of_part(played[:, part], given.plan) for part in range(PARTS)]
        want = [[_times(real[i][kind], mine[i][kind]) for kind in ("onsets", "length")] for i in range(PARTS)]
        found.append([(sum(abs(math.log(w)) for w in want[i]), cuts[i]) for i in range(PARTS)])
        cuts = [
            Cuts(one.gate.moved(more), one.hold.moved(longer), one.pitch)
            for one, (more, longer) in zip(cuts, want, strict=True)
        ]
    nearest = [min(tries, key=lambda one: one[0])[1] for tries in zip(*found, strict=True)]
    return card_of(nearest, recipe)


def card_of(cuts: list[Cuts], recipe: Recipe) -> Card:
    """The cuts as a card."""
    gate, hold = tuple(one.gate.share for one in cuts), tuple(one.hold.share for one in cuts)
    return Card("generator", recipe.genre, recipe.parts, gate, tuple(one.pitch for one in cuts), hold)


def _times(wanted: float, found: float) -> float:
    return min(max(max(wanted, 0.02) / max(found, 0.02), 0.25), 4.0)


def _sigmoid(logits: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)
