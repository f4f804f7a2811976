"""What the ear hears: a melody line as numbers, a beat at a time.

One source for playing and for teaching, so that they cannot drift. A line is the highest voice as
pitch int16[steps] (-1 where silent) and onset bool[steps], 4 steps to the beat.

A step is 28 numbers: sustained pitch class (12), struck pitch class (12), height ((pitch - 66) / 12),
sounding, struck, log(1 + steps since the last onset) / 3. A beat is its 4 steps and three pitch-class
histograms of the sounding steps: over everything heard, and with decays of 8 and of 32 beats.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import STEPS_PER_BEAT

STEP_SIZE = 28
PARTIAL_SIZE = STEPS_PER_BEAT * STEP_SIZE
BEAT_SIZE = PARTIAL_SIZE + 36
PHASES = 16
DECAYS = (8.0, 32.0)

Array = NDArray[np.float32]


def steps(pitch: NDArray[np.int16], onset: NDArray[np.bool_], since: int = 0) -> Array:
    """float32[n, 28] of n steps; `since` counts steps from the last onset to the first step given."""
    n = len(pitch)
    out = np.zeros((n, STEP_SIZE), np.float32)
    index, sounding = np.arange(n), pitch >= 0
    pitch_class = np.maximum(pitch, 0) % 12
    out[index[sounding], pitch_class[sounding]] = 1
    struck = onset & sounding
    out[index[struck], 12 + pitch_class[struck]] = 1
    out[:, 24] = np.where(sounding, (pitch - 66) / 12, 0)
    out[:, 25], out[:, 26] = sounding, struck
    last = np.maximum.accumulate(np.where(struck, index, -since))
    out[:, 27] = np.log1p(np.minimum(index - last, 64)) / 3
    return out


def partial(pitch: NDArray[np.int16], onset: NDArray[np.bool_], since: int = 0) -> Array:
    """float32[112]: the first 0..3 steps of the beat being decided, zeros after them."""
    out = np.zeros(PARTIAL_SIZE, np.float32)
    heard = steps(pitch, onset, since).ravel()
    out[: len(heard)] = heard
    return out


def phase(beat_in_bar: int, bar: int) -> Array:
    """float32[16], one-hot: where a beat stands in four bars of four (longer bars share the last place)."""
    out = np.zeros(PHASES, np.float32)
    out[(bar % 4) * 4 + min(beat_in_bar, 3)] = 1
    return out


class Histograms:
    """The pitch classes of a line so far: over everything heard, and with each decay of DECAYS."""

    def __init__(self) -> None:
        self._counts = np.zeros((3, 12), np.float64)

    @property
    def lately(self) -> Array:
        """float32[12]: the steps that each pitch class sounded, those of 32 beats ago counting a third."""
        return np.asarray(self._counts[2], np.float32)

    def hear(self, sounding: Array) -> Array:
        """float32[36] after one more beat, of which so many steps float32[12] sounded."""
        for row, decay in zip(self._counts[1:], DECAYS, strict=True):
            row *= np.exp(-1 / decay)
        self._counts += sounding
        share = self._counts / np.maximum(self._counts.sum(1, keepdims=True), 1)
        return np.asarray(share.ravel(), np.float32)


class Listener:
    """Turns beats into features in order; keeps the running histograms."""

    def __init__(self) -> None:
        self._histograms = Histograms()
        self._since = 64

    @property
    def since(self) -> int:
        """Steps from the last onset to the first step of the beat to come (at most 64)."""
        return self._since

    @property
    def lately(self) -> Array:
        """float32[12]: as the histograms say."""
        return self._histograms.lately

    def beat(self, pitch: NDArray[np.int16], onset: NDArray[np.bool_]) -> Array:
        """float32[148] of one complete beat, pitch int16[4] and onset bool[4]; the next beat follows on."""
        heard = steps(pitch, onset, self._since)
        struck = np.flatnonzero(heard[:, 26])
        gap = STEPS_PER_BEAT - int(struck[-1]) if len(struck) else self._since + STEPS_PER_BEAT
        self._since = min(gap, 64)
        return np.concatenate([heard.ravel(), self._histograms.hear(heard[:, :12].sum(0))]).astype(np.float32)


def beats(pitch: NDArray[np.int16], onset: NDArray[np.bool_]) -> Array:
    """float32[beats, 148] of a whole line; an incomplete last beat is left out."""
    listener, n = Listener(), len(pitch) // STEPS_PER_BEAT
    if n == 0:
        return np.zeros((0, BEAT_SIZE), np.float32)
    return np.stack([listener.beat(pitch[4 * b : 4 * b + 4], onset[4 * b : 4 * b + 4]) for b in range(n)])
