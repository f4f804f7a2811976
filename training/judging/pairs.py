"""Windows of played songs and of the real ones, from the same bars and over the same melodies, as rolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import WINDOW
from bandmate.training.fitting.windows import HEIGHT, fold
from bandmate.training.judging.excerpt import Excerpt, first_bar
from bandmate.training.songs import STEPS_PER_BAR, Notes

WINDOWS_A_SONG = 8
LEAST_MELODY = 8
ONSET, SUSTAIN = 0, 1

Rolls = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Pairs(NamedTuple):
    """played, real: bool[W, voices, 2, 32, 72], onset and sustain of the melody and of each part, silent
    where the part does not count; song: int[W], the number of the song that a pair comes from."""

    played: Rolls
    real: Rolls
    song: Ints


def pairs(played: Sequence[Excerpt], real: Sequence[Excerpt], seed: int) -> Pairs:
    """Up to eight windows of each song, drawn by the seed from those that may be looked at; the songs of
    both sides in the same order, both with the parts that count in the real one."""
    rng = np.random.default_rng(seed)
    kept: list[tuple[Rolls, Rolls, Ints]] = []
    for number, (mine, true) in enumerate(zip(played, real, strict=True)):
        begins = starts(true)
        begins = np.sort(rng.permutation(begins)[:WINDOWS_A_SONG])
        kept.append((rolls(mine, begins), rolls(true, begins), np.full(len(begins), number)))
    return Pairs(*(np.concatenate(kind) for kind in zip(*kept, strict=True)))


def starts(song: Excerpt) -> Ints:
    """The first steps of the windows, one after the other from the bar in which the melody begins, in
    which the melody sounds for two beats or more."""
    begins = np.arange(first_bar(song.melody), song.bars - 1, WINDOW // STEPS_PER_BAR) * STEPS_PER_BAR
    sung = [(song.tune[begin : begin + WINDOW] >= 0).sum() >= LEAST_MELODY for begin in begins]
    return np.asarray(begins[np.array(sung, bool)])


def rolls(song: Excerpt, begins: Ints) -> Rolls:
    """bool[W, voices, 2, 32, 72] of the windows that begin at these steps."""
    rows = begins[:, None] + np.arange(WINDOW)
    drawn = [drawn_out(song.melody, song.bars)]
    for name, notes in song.voices.items():
        counts = np.repeat(song.kept[name], STEPS_PER_BAR)
        drawn.append(drawn_out(notes, song.bars) & counts[:, None])
    return np.stack([roll[:, rows].transpose(1, 0, 2, 3) for roll in drawn], 1)


def drawn_out(notes: Notes, bars: int) -> Rolls:
    """bool[2, steps, 72]: onset and sustain of notes, pitches as training folds them."""
    steps = bars * STEPS_PER_BAR
    out = np.zeros((2, steps, HEIGHT), bool)
    for (step, length), row in zip(notes[:, :2].tolist(), fold(notes[:, 2]).tolist(), strict=True):
        out[SUSTAIN, step : step + length, row] = True
        out[ONSET, step : step + 1, row] = True
    return out
