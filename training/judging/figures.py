"""Figures of a part as it was played: does it have the density, rests and repetition of real ones?

It is float32[S,2,n,128]: S songs, onset and sustain, n steps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bandmate.training.songs import STEPS_PER_BAR

Array = NDArray[np.float32]
NAMES = ("onsets", "empty", "one_step", "length", "size", "voices", "in_plan", "repeated", "patterns")


def of_part(played: Array, plan: Array) -> dict[str, float]:
    """Figures of one part; played float32[S,2,n,128], plan float32[S,n,24].

    onsets: notes struck a bar; empty: share of bars with no sound; one_step: share of notes of one
    step; length: mean steps of a note; size: notes struck together; voices: mean notes sounding where
    any does; in_plan: share of sounding time inside the plan's chord (where there is one); repeated:
    share of bars with onsets that strike exactly what the bar before struck; patterns: the same of their
    rhythm alone.
    """
    onset, sustain = played[:, 0] > 0, played[:, 1] > 0
    songs, n = onset.shape[:2]
    bars = n // STEPS_PER_BAR
    lengths = _lengths(onset, sustain)
    struck = onset.reshape(songs, bars, -1)
    rhythm = onset.any(-1).reshape(songs, bars, -1)
    tones = np.tile(plan[:, :, :12] > 0, (1, 1, 11))[:, :, :128]
    planned = sustain & tones.any(-1, keepdims=True)
    values = (
        struck.sum() / (songs * bars),
        1 - (onset | sustain).reshape(songs, bars, -1).any(-1).mean(),
        _share(lengths == 1),
        float(lengths.mean()) if len(lengths) else 0.0,
        onset.sum() / max(onset.any(-1).sum(), 1),
        sustain.sum() / max(sustain.any(-1).sum(), 1),
        (planned & tones).sum() / max(planned.sum(), 1),
        _repeats(struck),
        _repeats(rhythm),
    )
    return {name: round(float(value), 3) for name, value in zip(NAMES, values, strict=True)}


def usual_length(played: Array, least: int = 1) -> float:
    """The geometric mean of the lengths in steps of one part's notes, played float32[S,2,n,128]; 0 of none.

    Unlike the mean, it is not made up for by a few long notes among many of a step. least: shorter notes
    do not count.
    """
    lengths = _lengths(played[:, 0] > 0, played[:, 1] > 0)
    lengths = lengths[lengths >= least]
    return float(np.exp(np.log(lengths).mean())) if len(lengths) else 0.0


def _lengths(onset: NDArray[np.bool_], sustain: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Steps of every note that was struck."""
    songs, _, pitches = onset.shape
    gap = np.zeros((songs, 1, pitches), bool)
    ends = sustain & ~np.concatenate([sustain[:, 1:] & ~onset[:, 1:], gap], 1)
    starts = onset | (sustain & ~np.concatenate([gap, sustain[:, :-1]], 1))
    begin, end = (np.argwhere(x.transpose(0, 2, 1))[:, 2] for x in (starts, ends))
    return np.asarray(end - begin + 1)


def _repeats(bars: NDArray[np.bool_]) -> float:
    """bars [S,bars,cells]: of the bars with any, but the first, how many equal the one before."""
    alive = bars[:, 1:].any(-1)
    return _share((bars[:, 1:] == bars[:, :-1]).all(-1)[alive])


def _share(yes: NDArray[np.bool_]) -> float:
    return float(yes.mean()) if yes.size else 0.0
