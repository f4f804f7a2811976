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
SONGS = 4

Floats = NDArray[np.float64]


class Dynamics(NamedTuple):
    """Of one part, means over songs; sd: of its velocities 1..127 within a song; bar, onset, note: standard
    deviations from bar to bar, of onsets from their bar and from what their place has, and within what is
    struck together; top: how much louder than the others a chord's highest note is; accent: by 16 steps of
    the bar, how much louder than its bar. songs: how many were heard. All are 0 where none was."""

    sd: float = 0.0
    bar: float = 0.0
    onset: float = 0.0
    note: float = 0.0
    top: float = 0.0
    accent: tuple[float, ...] = (0.0,) * BAR
    songs: int = 0

    @classmethod
    def of(cls, songs: Sequence[Notes], part: str) -> Dynamics:
        """Of what a part plays in several songs; those of few notes are left out."""
        heard = [_Heard.of(notes, part) for notes in songs if len(notes) >= FEWEST]
        if not heard:
            return cls()
        accents = np.array([each.accent for each in heard])
        known = (~np.isnan(accents)).sum(0)
        accent = np.where(known >= SONGS, np.nansum(accents, 0) / np.maximum(known, 1), 0)
        onset = [np.nanmean((each.onset - accent[each.place]) ** 2) for each in heard]
        means = [np.array([getattr(each, name) for each in heard]) for name in ("sd", "bar", "note", "top")]
        sd, bar, note, top = (float(np.nanmean(row)) if not np.isnan(row).all() else 0.0 for row in means)
        spread = [math.sqrt(each) for each in (bar, np.mean(onset), note)]
        return cls(sd, spread[0], spread[1], spread[2], top, tuple(accent.tolist()), len(heard))


class _Heard(NamedTuple):
    """Of one song: sd; the variance of bars; of each onset its distance from its bar and its place; the means
    of these by place, not a number where nothing is struck; the variance of notes within an onset, without
    what the highest has more, and that."""

    sd: float
    bar: float
    onset: Floats
    place: NDArray[np.int_]
    accent: Floats
    note: float
    top: float

    @classmethod
    def of(cls, notes: Notes, part: str) -> _Heard:
        velocity = notes[:, 3].astype(np.float64)
        loud = velocity / _usual(notes, velocity, part)
        step, index, size = np.unique(notes[:, 0].astype(int), return_inverse=True, return_counts=True)
        onset = np.bincount(index, loud) / size
        bar = step // BAR
        many, means = _means(bar, onset)
        apart = onset - means[bar]
        place = step % BAR
        struck = np.bincount(place, minlength=BAR)
        accent = np.where(struck > 0, np.bincount(place, apart, BAR) / np.maximum(struck, 1), np.nan)
        within, top = _chords(notes, loud - onset[index], index, size, part)
        return cls(float(velocity.std()), _variance(means, many), apart, place, accent, within, top)


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


def _variance(means: Floats, many: Floats) -> float:
    """Of the groups that have something."""
    return float(means[many > 0].var())


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
