"""When the whole band strikes and when it is silent, on a grid of 16ths.

`voices` are the parts' notes, drums with them. A figure is not a number where there is nothing to measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bandmate.models.decoding import DRUMS
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training import lines
from bandmate.training.judging.excerpt import Bars, Excerpt, Floats
from bandmate.training.songs import STEPS_PER_BAR, Notes

REST_BARS = 2


def groove(voices: Sequence[Notes], bars: int) -> float:
    """Groove consistency 0..1: 1 less the mean share of the 16 steps of a bar in which only one of two
    neighbouring bars is struck. Source: Wu and Yang, The Jazz Transformer, 2020, whose figure is of all pairs
    of bars; of neighbours as in MusPy."""
    struck = np.zeros((bars, STEPS_PER_BAR), bool)
    struck[np.divmod(_onsets(voices, bars), STEPS_PER_BAR)] = True
    if bars < 2 or not struck.any():
        return float("nan")
    return float(1 - (struck[1:] != struck[:-1]).mean())


def onset_shares(voices: Sequence[Notes], bars: int) -> Floats:
    """float64[16]: the share of all notes that is struck at each step of the bar; not numbers without any."""
    counts = np.bincount(_onsets(voices, bars) % STEPS_PER_BAR, minlength=STEPS_PER_BAR)
    return counts / counts.sum() if counts.sum() else np.full(STEPS_PER_BAR, np.nan)


def apart(one: Floats, other: Floats) -> float:
    """Total variation 0..1 of two distributions: the share of notes that would have to move."""
    return float(np.abs(one - other).sum() / 2)


def longest_silence(song: Excerpt) -> float:
    """Bars of the longest stretch in which the melody plays and the whole band is silent.

    The melody plays through rests shorter than a beat, and a drum hit sounds for a beat.
    """
    silent = under_way(song) & ~sounding(song)
    edges = np.flatnonzero(np.diff(silent, prepend=False, append=False))
    return float((edges[1::2] - edges[::2]).max(initial=0)) / STEPS_PER_BAR


def under_way(song: Excerpt) -> Bars:
    """bool[steps]: where the melody plays, or rests for less than a beat."""
    sung = song.tune >= 0
    steps = np.flatnonzero(sung)
    for before, after in pairwise(steps.tolist()):
        if after - before <= STEPS_PER_BEAT:
            sung[before:after] = True
    return np.asarray(sung)


def sounding(song: Excerpt) -> Bars:
    """bool[steps]: where any part sounds, a drum hit for a beat."""
    heard = [hits(notes) if name == DRUMS else notes for name, notes in song.voices.items()]
    return lines.sounding(np.concatenate(heard), song.bars * STEPS_PER_BAR)


def hits(drums: Notes) -> Notes:
    """The notes of a kit, each a beat long."""
    out = drums.copy()
    out[:, 1] = STEPS_PER_BEAT
    return out


def accompanied(song: Excerpt) -> Bars:
    """bool[bars]: the bars in which the melody plays, or played in one of the two before: a band that
    rests when the player does is silent in others only."""
    sung = (song.tune >= 0).reshape(-1, STEPS_PER_BAR)
    padded = np.concatenate([np.zeros(REST_BARS, bool), np.any(sung, axis=1)])
    return np.asarray(np.any([padded[k : k + song.bars] for k in range(REST_BARS + 1)], axis=0))


def _onsets(voices: Sequence[Notes], bars: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    steps = np.concatenate([notes[:, 0] for notes in voices]).astype(np.int64)
    return steps[steps < bars * STEPS_PER_BAR]
