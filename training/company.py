"""The company that the notes of a part keep, in real songs or in those that a band played."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.company import DISTANCES, INTERVALS, SIZES, Company
from bandmate.models.contract import Card
from bandmate.training.judging import texture
from bandmate.training.judging.excerpt import Bars
from bandmate.training.judging.means import deviation, mean
from bandmate.training.songs import Notes

# Shares of which so little is heard are as good as none.
FEW = 0.01
# How far a round turns what is said, for what is e times too much, and the bounds.
NUDGE, BINDS, BEARS = 0.6, (0.7, 2.0), 0.4
FARTHEST, FARTHEST_LIFT = 5.0, 8.0
SHARES = ("beside", INTERVALS), ("after", DISTANCES), ("size", 2 + SIZES)

Floats = NDArray[np.float64]


class Manners(NamedTuple):
    """beside float64[13]: of pairs of pitches struck together, the share that lie 1 to 12 semitones apart,
    or more; after float64[13]: of the notes struck, the share whose pitch lies 0 to 11, or 12 or more
    semitones from the nearest of those that were struck last; again: the share of notes whose pitch is struck
    again as they end; full: the mean notes that sound where any does; alike: the share of chords of which all
    notes end together; size float64[5]: of all that is struck at once, the share that is of 1 to
    4 pitches, or more; varied: the standard deviation of the logarithms of lengths of 2 steps or more. Means
    over songs; not a number where there is nothing to measure."""

    beside: Floats
    after: Floats
    again: float
    full: float
    alike: float
    size: Floats
    varied: float

    @classmethod
    def of(cls, voices: Sequence[tuple[Notes, Bars]]) -> Manners:
        """Of songs: notes and which of their bars count."""
        rows = [_song(notes, kept) for notes, kept in voices]
        again, full, alike, varied = (
            mean([getattr(row, name) for row in rows]) for name in ("again", "full", "alike", "varied")
        )
        beside, after, size = (
            _means([getattr(row, name) for row in rows], number) for name, number in SHARES
        )
        return cls(beside, after, again, full, alike, size, varied)


def _means(rows: Sequence[Floats], number: int) -> Floats:
    return np.array([mean([float(row[k]) for row in rows]) for k in range(number)])


def _song(notes: Notes, kept: Bars) -> Manners:
    inside = texture.within(notes, kept)
    steps = np.unique(inside[:, 0])
    chords = [inside[inside[:, 0] == step] for step in steps]
    beside, after = np.zeros(INTERVALS), np.zeros(DISTANCES)
    for chord in chords:
        apart = np.abs(chord[:, 2][:, None] - chord[:, 2])[np.triu_indices(len(chord), 1)]
        beside += np.bincount(np.minimum(apart[apart > 0], INTERVALS), minlength=INTERVALS + 1)[1:]
    for last, chord in pairwise(chords):
        near = np.abs(chord[:, 2][:, None] - last[:, 2]).min(1)
        after += np.bincount(np.minimum(near, DISTANCES - 1), minlength=DISTANCES)
    alike = mean([float(len(set(chord[:, 1].tolist())) == 1) for chord in chords if len(chord) > 1])
    size = np.bincount([min(len(chord), 2 + SIZES) - 1 for chord in chords], minlength=2 + SIZES)
    varied = deviation(np.log(inside[inside[:, 1] > 1, 1].astype(float)).tolist())
    shares = _shares(beside), _shares(after)
    return Manners(*shares, _again(inside), _full(inside), alike, _shares(size), varied)


def _shares(count: Floats | NDArray[np.int64]) -> Floats:
    return count / count.sum() if count.sum() else np.full(len(count), math.nan)


def _again(notes: Notes) -> float:
    """The share of notes that end as their pitch is struck again."""
    struck = set(map(tuple, notes[:, [0, 2]].tolist()))
    return mean([float((step + length, pitch) in struck) for step, length, pitch, _ in notes.tolist()])


def _full(notes: Notes) -> float:
    """The mean notes that sound, of the steps in which some do."""
    ends = notes[:, 0] + notes[:, 1]
    sounding = np.zeros(int(ends.max(initial=0)) + 1, int)
    np.add.at(sounding, notes[:, 0], 1)
    np.subtract.at(sounding, ends, 1)
    sounding = np.cumsum(sounding)
    return float(sounding[sounding > 0].mean()) if len(notes) else math.nan


def mannered(card: Card, mine: Sequence[Manners], real: Sequence[Manners], calm: float) -> Card:
    """The card with the company that each part keeps moved by such a part of the usual way towards the real
    one's; as it is where nobody knows."""
    drawn = card.drawn
    if drawn is None:
        return card
    moved = (_moved(was, a, b, calm) for was, a, b in zip(drawn.company, mine, real, strict=True))
    return replace(card, drawn=drawn._replace(company=tuple(moved)))


def _moved(was: Company, mine: Manners, real: Manners, calm: float) -> Company:
    lift, yields = was.lift, was.yields
    if not math.isnan(mine.again + real.again):
        lift += calm * NUDGE * 2 * (_odds(mine.again) - _odds(real.again))
    if not math.isnan(mine.full + real.full):
        yields += calm * NUDGE * 2 * math.log(mine.full / real.full)
    shares = [was.bound, was.lasting]
    for k, (a, b) in enumerate(((mine.alike, real.alike), (mine.varied, real.varied))):
        if not math.isnan(a + b):
            shares[k] += calm * BINDS[k] * (b - a)
    return Company(
        _leaning(was.beside, mine.beside, real.beside, calm),
        _leaning(was.after, mine.after, real.after, calm),
        round(min(max(lift, 0.0), FARTHEST_LIFT), 3),
        round(min(max(yields, -FARTHEST), FARTHEST), 3),
        round(min(max(shares[0], 0.0), 1.0), 3),
        _sized(was.size, mine.size, real.size, calm),
        round(min(max(shares[1], 0.0), 1.0), 3),
        was.bears,
    )


def forbearing(card: Card, lowest: float, mine: Sequence[float], real: Sequence[float], calm: float) -> Card:
    """The card with notes that bear more of what rubs against them for a step, where too many last no longer
    though their cut for a second step is the lowest; mine, real: the shares 0..1 that last one step."""
    drawn = card.drawn
    if drawn is None:
        return card
    company = list(drawn.company)
    for k, (was, cut, a, b) in enumerate(zip(drawn.company, drawn.second, mine, real, strict=True)):
        if cut <= lowest and a > b:
            bears = min(was.bears + calm * BEARS * (_odds(a) - _odds(b)), 1.0)
            company[k] = was._replace(bears=round(bears, 3))
    return replace(card, drawn=drawn._replace(company=tuple(company)))


def _sized(was: Sequence[float], mine: Floats, real: Floats, calm: float) -> tuple[float, ...]:
    """How likely a second pitch joins is the affair of the cut of further pitches; how likely still further
    ones do, of those that have as many, is this one's."""
    if np.isnan([*mine, *real]).any():
        return tuple(was)
    joins = [np.cumsum(each[::-1])[::-1] + FEW for each in (real, mine)]
    further = [each[2:] / each[1:-1] for each in joins]
    leaning = np.array(was) + calm * NUDGE * np.log(further[0] / further[1])
    return tuple(np.clip(leaning, -FARTHEST, FARTHEST).round(3).tolist())


def _leaning(was: Sequence[float], mine: Floats, real: Floats, calm: float) -> tuple[float, ...]:
    if np.isnan([*mine, *real]).any():
        return tuple(was)
    leaning = np.array(was) + calm * NUDGE * np.log((real + FEW) / (mine + FEW))
    # What all have in common is the affair of the cut of further pitches.
    leaning = np.clip(leaning - real @ leaning, -FARTHEST, FARTHEST)
    return tuple(leaning.round(3).tolist())


def _odds(share: float) -> float:
    return math.log((share + FEW) / (1 - share + FEW))


def far_apart(mine: Manners, real: Manners) -> float:
    """How far the company of two parts differs, about as a logarithm of too many notes is reckoned."""
    pairs = zip(map(np.asarray, mine), map(np.asarray, real), strict=True)
    return float(sum(np.nansum(np.abs(a - b)) for a, b in pairs))
