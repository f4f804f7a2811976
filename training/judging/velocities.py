"""How a part's velocities vary: from bar to bar, by the place in the bar, from onset to onset, in a chord.

All are shares of how loud the part is in its song: of its mean velocity, and in a kit of the mean of each
drum in each place of the bar, so that a ghost note is no accident and a backbeat no accent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.decoding import DRUMS
from bandmate.models.roll import BAR
from bandmate.training.songs import Notes

# So few notes tell nothing of how they vary.
FEWEST = 24
# Fewer songs than this tell nothing of one place in the bar.
SONGS = 12

Floats = NDArray[np.float64]


class Dynamics(NamedTuple):
    """Of one part, means over songs; sd: of its velocities 1..127 within a song; bar, onset, note: standard
    deviations from bar to bar, of onsets from their bar and from what their place has, and within what is
    struck together, each without what the finer ones account for; top: how much louder than the others a
    chord's highest note is; accent: by 16 steps of the bar, how much louder than its bar, not a number where
    too few tell; songs: how many were heard. All are 0 where none was."""

    sd: float = 0.0
    bar: float = 0.0
    onset: float = 0.0
    note: float = 0.0
    top: float = 0.0
    accent: tuple[float, ...] = (math.nan,) * BAR
    songs: int = 0

    @classmethod
    def of(cls, songs: Sequence[Notes], part: str) -> Dynamics:
        """Of what a part plays in several songs; those of few notes are left out."""
        heard = [_Heard.of(notes, part) for notes in songs if len(notes) >= FEWEST]
        if not heard:
            return cls()
        accents = np.array([each.accent for each in heard])
        known = (~np.isnan(accents)).sum(0)
        accent = np.where(known >= SONGS, np.nansum(accents, 0) / np.maximum(known, 1), np.nan)
        sd, note, top = (_mean([getattr(each, name) for each in heard]) for name in ("sd", "note", "top"))
        onset = _mean([each.together(np.nan_to_num(accent)) for each in heard])
        within = max(onset - note * _mean([each.alone for each in heard]), 0.0)
        bar = max(_mean([each.bar for each in heard]) - onset * _mean([each.few for each in heard]), 0.0)
        spread = [math.sqrt(each) for each in (bar, within, note)]
        return cls(sd, spread[0], spread[1], spread[2], top, tuple(accent.tolist()), len(heard))


class _Heard(NamedTuple):
    """Of one song: sd; the variance of the means of bars; of each onset its distance from its bar and its
    place, and how many bars they are in; the means of these by place, not a number where nothing is struck;
    the variance of notes within an onset, without what the highest has more, and that; few and alone: the
    mean of one part in the onsets of a bar, and in the notes of an onset."""

    sd: float
    bar: float
    onset: Floats
    place: NDArray[np.int_]
    bars: int
    accent: Floats
    note: float
    top: float
    few: float
    alone: float

    def together(self, accent: Floats) -> float:
        """The variance of onsets within their bar, without the accents of their places."""
        free = len(self.onset) - self.bars
        return float(((self.onset - accent[self.place]) ** 2).sum() / free) if free else math.nan

    @classmethod
    def of(cls, notes: Notes, part: str) -> _Heard:
        velocity = notes[:, 3].astype(np.float64)
        loud = velocity / _usual(notes, velocity, part)
        step, index, size = np.unique(notes[:, 0].astype(int), return_inverse=True, return_counts=True)
        onset = np.bincount(index, loud) / size
        bar, place = step // BAR, step % BAR
        many, means = _means(bar, onset)
        apart = onset - means[bar]
        struck, total = np.bincount(place, minlength=BAR), np.bincount(place, apart, BAR)
        accent = np.where(struck > 0, total / np.maximum(struck, 1), np.nan)
        note, top = _chords(notes, loud - onset[index], index, size, part)
        full = many[many > 0]
        few, alone = float((1 / full).mean()), float((1 / size).mean())
        variance = float(means[many > 0].var())
        return cls(float(velocity.std()), variance, apart, place, len(full), accent, note, top, few, alone)


def _mean(values: list[float]) -> float:
    """Of those that are numbers; 0 where none is."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else 0.0


def _usual(notes: Notes, velocity: Floats, part: str) -> Floats:
    """How loud each note would be if it were as all others: as the part is or, of a kit, as its drum in its
    place."""
    if part != DRUMS:
        return np.full(len(velocity), velocity.mean())
    kind = notes[:, 2].astype(int) * BAR + notes[:, 0].astype(int) % BAR
    means = _means(kind, velocity)[1]
    return np.asarray(means[kind])


def _means(group: NDArray[np.int_], values: Floats) -> tuple[Floats, Floats]:
    """How many values each group, numbered from 0, has, and their mean."""
    many = np.bincount(group).astype(np.float64)
    return many, np.bincount(group, values) / np.maximum(many, 1)


def _chords(
    notes: Notes, apart: Floats, index: NDArray[np.int_], size: NDArray[np.int_], part: str
) -> tuple[float, float]:
    """The variance of the notes struck together and what the highest has more; not numbers where none are.
    In a kit no drum is the highest."""
    several = size[index] > 1
    if not several.any():
        return np.nan, np.nan
    last = np.zeros(len(notes), bool)
    order = np.lexsort((notes[:, 2], index))
    last[order[np.cumsum(np.bincount(index)) - 1]] = True
    if part == DRUMS:
        return _spread(apart, several, size[index]), 0.0
    others = size[index] - 1
    more = float((apart[several & last] * (size[index] / np.maximum(others, 1))[several & last]).mean())
    usual = np.where(last, more * others / size[index], -more / size[index])
    return _spread(apart - usual, several, size[index]), more


def _spread(apart: Floats, several: NDArray[np.bool_], size: NDArray[np.int_]) -> float:
    """The variance of single notes, told from their distance to the means of chords of such sizes."""
    share = (size - 1) / size
    return float((apart[several] ** 2).sum() / share[several].sum())
