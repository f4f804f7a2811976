"""What the band has played or has committed to, as rolls of the last bars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bandmate.daemon.answering.request import Chords
from bandmate.models.decoding import Score
from bandmate.models.harmony import NONE
from bandmate.models.roll import PARTS, PITCHES, WINDOW

SIZE = 8 * WINDOW

Mask = NDArray[np.bool_]


class Memory:
    """A ring of 16 bars; steps never written, or fallen out of it, are silent."""

    def __init__(self) -> None:
        self._onset = np.zeros((PARTS, SIZE, PITCHES), bool)
        self._sustain = np.zeros_like(self._onset)
        self._velocity = np.zeros(self._onset.shape, np.float32)
        self._chord = np.full(SIZE, NONE, np.int_)
        self._step = np.full(SIZE, -1, np.int64)

    def write(self, first: int, score: Score, chords: Chords) -> None:
        """Commit the score's steps from `first` on, with their chords int[n]; what was committed from there
        on is replaced."""
        self._step[self._step >= first] = -1
        steps = np.arange(first, first + score.steps)
        at = steps % SIZE
        self._onset[:, at], self._sustain[:, at] = score.onset, score.sustain
        self._velocity[:, at] = score.velocity
        self._chord[at] = chords
        self._step[at] = steps

    def read(self, first: int, steps: int) -> Score:
        """The score of steps first..first+steps."""
        wanted = np.arange(first, first + steps)
        at = wanted % SIZE
        there = (self._step[at] == wanted)[None, :, None]
        onset, sustain = self._onset[:, at] & there, self._sustain[:, at] & there
        return Score(onset, sustain, self._velocity[:, at] * there)

    def chords(self, first: int, steps: int) -> Chords:
        """The chords int[n] of steps first..first+steps."""
        wanted = np.arange(first, first + steps)
        at = wanted % SIZE
        return np.where(self._step[at] == wanted, self._chord[at], NONE)

    def sounding(self, step: int) -> Mask:
        """bool[4,128]: what sounds in a step."""
        return self.read(step, 1).sustain[:, 0]

    def cut(self, step: int) -> None:
        """Nothing is played from a step on, and nothing sounds on into it."""
        self._step[self._step >= step] = -1
        self._sustain[:, (step - 1) % SIZE] = False
