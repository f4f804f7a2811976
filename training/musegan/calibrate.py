"""The cuts at which a MuseGAN generator strikes as many notes, and holds them as long, as the real parts.

A critic leaves probabilities that mean little by themselves: they may all lie near 0 or near 1. So a
share of what the generator says is let through, not what lies above a half: at first the share that
really came in training windows, then one moved until free play along with training songs comes to
their notes a bar and mean lengths.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from bandmate.training.judging.rollout import Manner, free_run, stage
from bandmate.training.musegan import batch
from bandmate.training.musegan.performer import MuseGanPerformer
from bandmate.training.songs import Song

SAMPLE, CHUNK, SALT = 512, 64, 7
REHEARSAL, ROUNDS, GAIN = 12, 6, 0.8
EDGE, FEWEST = 1e-3, 1e-4
JOINS = np.linspace(0.02, 0.98, 49)
MANNER = Manner(temperature=0.5)

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Dial:
    """How much of what is said of one part is let through.

    gates, holds: what is said, in order: of every step (of a kit, of every class at every step), and of
    every pitch a step after it is struck. open: share of the gates that open; end: share of the holds
    that end; pitch: the cut at which a further pitch joins.
    """

    gates: Array
    holds: Array
    open: float
    end: float
    pitch: float

    @property
    def gate(self) -> float:
        """The cut of the gates."""
        return _quantile(self.gates, 1 - self.open)

    @property
    def hold(self) -> float:
        """The cut of the holds."""
        return _quantile(self.holds, self.end)

    def moved(self, onsets: float, length: float) -> Dial:
        """The dial where so many times as many notes are wanted, so many times as long."""
        opens = min(max(self.open * onsets**GAIN, FEWEST), 1 - FEWEST)
        return replace(self, open=opens, end=min(max(self.end / length**GAIN, FEWEST), 1 - FEWEST))


def first(performer: MuseGanPerformer, corpus: Corpus, recipe: Recipe) -> list[Dial]:
    """The dials of the four parts by windows of the corpus."""
    dice = Dice([recipe.seed, SALT], SAMPLE, slice(0, SAMPLE), "cpu")
    tune, parts = batch.draw(corpus, recipe, dice)
    noise = dice.normal(performer.noise)
    with torch.no_grad():
        pairs = zip(tune.split(CHUNK), noise.split(CHUNK), strict=True)
        said = torch.cat([torch.sigmoid(performer.generator(*some)) for some in pairs]).numpy()
    real = parts.numpy() > 0
    planes = [
        (said[..., k], said[..., k + 1], real[..., k], real[..., k + 1]) for k in range(0, 2 * PARTS, 2)
    ]
    return [
        _kit(onset, struck) if name == DRUMS else _pitched(onset, sustain, struck, sounds)
        for name, (onset, sustain, struck, sounds) in zip(recipe.parts, planes, strict=True)
    ]


def _kit(onset: Array, struck: NDArray[np.bool_]) -> Dial:
    rows = np.array(KIT) - LOW
    return Dial(
        np.sort(onset[:, :, rows], None), np.ones(1, np.float32), float(struck[:, :, rows].mean()), 0.5, 0.5
    )


def _pitched(onset: Array, sustain: Array, struck: NDArray[np.bool_], sounds: NDArray[np.bool_]) -> Dial:
    """All [N,32,72]: what is said of onsets and sustains, and what was really struck and sounded."""
    gate = onset.max(2)
    dial = Dial(np.sort(gate, None), np.ones(1, np.float32), float(struck.any(2).mean()), 0.5, 0.5)
    opens = gate > dial.gate
    given = onset / np.maximum(gate, 1e-6)[:, :, None]
    size = struck.sum() / max(struck.any(2).sum(), 1)
    sizes = np.array([(given[opens] >= join).sum() for join in JOINS]) / max(opens.sum(), 1)
    pitch = float(JOINS[np.abs(sizes - size).argmin()])
    chosen = opens[:, :, None] & (given >= pitch)
    after = sounds[:, :-1] & ~struck[:, 1:]
    ends = 1 - sounds[:, 1:][after].mean() if after.any() else 0.5
    holds = sustain[:, 1:][chosen[:, :-1] & ~chosen[:, 1:]]
    kept = np.sort(holds) if len(holds) else dial.holds
    return replace(dial, holds=kept, end=float(ends), pitch=pitch)


def settled(
    performer: MuseGanPerformer, dials: list[Dial], corpus: Corpus, recipe: Recipe, songs: list[Song]
) -> Card:
    """The card of dials that are moved until free play on the songs is as dense and as long as they are."""
    given = stage(songs, recipe.parts, REHEARSAL)
    real = [figures.of_part(given.real[:, part], given.plan) for part in range(PARTS)]
    voices, answer = limits.of(corpus), say(performer)
    for turn in range(ROUNDS):
        manner = replace(MANNER, seed=recipe.seed + turn)
        played = free_run(answer, card_of(dials, recipe), voices, given, performer.noise, manner)
        mine = [figures.of_part(played[:, part], given.plan) for part in range(PARTS)]
        dials = [
            dial.moved(
                _times(real[i]["onsets"], mine[i]["onsets"]), _times(real[i]["length"], mine[i]["length"])
            )
            for i, dial in enumerate(dials)
        ]
    return card_of(dials, recipe)


def card_of(dials: list[Dial], recipe: Recipe) -> Card:
    """The dials as the cuts of a card."""
    gate, pitch, hold = (
        tuple(round(getattr(d, kind), 4) for d in dials) for kind in ("gate", "pitch", "hold")
    )
    return Card("generator", recipe.genre, recipe.parts, gate, pitch, hold)


def _times(wanted: float, found: float) -> float:
    return min(max(max(wanted, 0.02) / max(found, 0.02), 0.25), 4.0)


def _quantile(ordered: Array, share: float) -> float:
    return float(np.clip(np.quantile(ordered, share), EDGE, 1 - EDGE))
