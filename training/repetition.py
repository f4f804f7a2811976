"""How often a part plays a bar again as it played one of the two before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bandmate.models.contract import Card
from bandmate.models.roll import BAR, PITCHES
from bandmate.training.judging.excerpt import Bars
from bandmate.training.songs import Notes

# Shares nearer to 0 or 1 are as good as those.
LEAST = 0.02
# How far a round turns what is said, for what lacks as a logit, and the bound.
NUDGE, STEADIEST = 0.8, 6.0


def repeats(notes: Notes, kept: Bars, kit: bool) -> float:
    """The share of bars in which a part strikes at the steps at which it struck in one of the two before, a
    kit also the same drums; of bars that count and are not empty, as the two before them. Not a number where
    there are none."""
    inside = notes[notes[:, 0] < len(kept) * BAR]
    struck = np.zeros((len(kept) * BAR, PITCHES if kit else 1), bool)
    struck[inside[:, 0], inside[:, 2] if kit else 0] = True
    bars = struck.reshape(len(kept), -1)
    plays = kept & bars.any(1)
    known = plays[2:] & plays[1:-1] & plays[:-2]
    again = [(bars[2:] == earlier).all(1) for earlier in (bars[1:-1], bars[:-2])]
    return float((again[0] | again[1])[known].mean()) if known.any() else math.nan


def steadied(card: Card, mine: Sequence[float], real: Sequence[float], calm: float) -> Card:
    """The card with each part steadier, or less so, by such a part of the usual way, by how much less often
    it repeats a bar than the real one; as it is where nobody knows."""
    drawn = card.drawn
    if drawn is None:
        return card
    lacks = (calm * NUDGE * (_logit(b) - _logit(a)) for a, b in zip(mine, real, strict=True))
    pairs = zip(drawn.steady, lacks, strict=True)
    steady = (was if math.isnan(lack) else min(max(was + lack, 0.0), STEADIEST) for was, lack in pairs)
    return replace(card, drawn=drawn._replace(steady=tuple(round(each, 3) for each in steady)))


def _logit(share: float) -> float:
    return math.log((share + LEAST) / (1 - share + LEAST))
