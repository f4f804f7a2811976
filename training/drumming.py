"""What drummers are in the habit of: how often each drum is hit, where in the bar, and with which others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.contract import Card
from bandmate.models.drawn import Drum
from bandmate.models.roll import BAR
from bandmate.training.fitting.windows import KIT
from bandmate.training.judging.excerpt import Bars
from bandmate.training.judging.means import deviation
from bandmate.training.songs import Notes

# A drum that is hardly ever hit is none the less so if it is never hit: hits a bar, and of songs in which a
# step has a hit.
FAINT = 0.25
FEW = 0.02
# How far a round turns what is said of steps and of pairs, for what is e times too much, and the bounds.
NUDGE = 0.7
FARTHEST_STEP, FARTHEST_PAIR = 1.5, 3.0

BACKBONE = (35, 36, 38, 40)
# Where real bands hit such a drum so often in a bar, ours leans to it by so many logits after a bar without.
STEADY, DUE = 1.5, 2.0

Floats = NDArray[np.float64]


class Drumming(NamedTuple):
    """Of the nine drum classes: hits a bar float64[9]; how far songs differ in its logarithm float64[9]; the
    share of bars in which each of 16 steps has a hit float64[9,16]; and the share of steps that have both of
    two hits float64[9,9]. Means over songs; not a number where nobody drums."""

    hits: Floats
    spread: Floats
    steps: Floats
    together: Floats

    @classmethod
    def of(cls, voices: Sequence[tuple[Notes, Bars]]) -> Drumming:
        """Of songs: notes and which of their bars count."""
        grids = [_grid(notes, kept) for notes, kept in voices if kept.any()]
        if not grids:
            size = len(KIT)
            shapes = (size,), (size,), (size, BAR), (size, size)
            return cls(*(np.full(shape, np.nan) for shape in shapes))
        steps = np.stack([grid.mean(0).T for grid in grids])
        hits = steps.sum(2)
        spread = [deviation([math.log(hit + FAINT) for hit in row]) for row in hits.T]
        pairs = [np.einsum("bsj,bsk->jk", grid, grid) / (len(grid) * BAR) for grid in grids]
        return cls(hits.mean(0), np.array(spread), steps.mean(0), np.mean(pairs, 0))


def _grid(notes: Notes, kept: Bars) -> Floats:
    """float64[bars that count, 16, 9]: 1 where a drum is hit."""
    grid = np.zeros((len(kept) * BAR, len(KIT)))
    inside = notes[notes[:, 0] < len(grid)]
    for k, drum in enumerate(KIT):
        grid[inside[inside[:, 2] == drum, 0], k] = 1
    return grid.reshape(len(kept), BAR, len(KIT))[kept]


def evenly(real: Drumming) -> tuple[Drum, ...]:
    """A kit with the same cut for each drum, to be tuned; bass drums and snares that real bands hit all the
    time are due after a bar without them."""
    due = [
        DUE if drum in BACKBONE and hits >= STEADY else 0.0 for drum, hits in zip(KIT, real.hits, strict=True)
    ]
    return tuple(Drum(int(drum), 0.5, due=owed) for drum, owed in zip(KIT, due, strict=True))


def grooved(card: Card, mine: Drumming, real: Drumming, calm: float) -> Card:
    """The card with each drum leaning to the steps on which it is hit too little, and to the drums beside
    which it is, by such a part of the usual way; as it is where nobody drums."""
    drawn = card.drawn
    if drawn is None or not drawn.kit or np.isnan([*mine.hits, *real.hits]).any():
        return card
    order = [KIT.index(drum.pitch) for drum in drawn.kit]
    steps = calm * NUDGE * np.log((real.steps + FEW) / (mine.steps + FEW))[order]
    pairs = calm * NUDGE * _lacks(mine, real)[order][:, order]
    kit = tuple(_grooved(drum, steps[k], pairs[k, :k]) for k, drum in enumerate(drawn.kit))
    return replace(card, drawn=drawn._replace(kit=kit))


def _lacks(mine: Drumming, real: Drumming) -> Floats:
    """float64[9,9]: the logarithm of how many times too seldom two drums are hit together, for as often as
    each of them is hit."""
    alone = [np.outer(one.steps.mean(1), one.steps.mean(1)) for one in (mine, real)]
    due = mine.together * (alone[1] + FEW**2) / (alone[0] + FEW**2)
    little = FEW / BAR
    return np.asarray(np.log((real.together + little) / (due + little)))


def _grooved(drum: Drum, steps: Floats, pairs: Floats) -> Drum:
    leaning = np.array(drum.steps) + steps
    # What all steps have in common is the cut's affair.
    leaning = np.clip(leaning - leaning.mean(), -FARTHEST_STEP, FARTHEST_STEP)
    beside = np.array(drum.beside or (0.0,) * len(pairs)) + pairs
    beside = np.clip(beside, -FARTHEST_PAIR, FARTHEST_PAIR)
    return drum._replace(steps=tuple(leaning.round(3).tolist()), beside=tuple(beside.round(3).tolist()))
