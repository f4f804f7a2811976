"""The chord that the left hand holds, and how surely it is the chord of the beats to come.

A chord that was struck in the beat to decide, or is held on into it, is that beat's chord. One that was
struck before may change as the beat begins, on the first beat of a bar more likely than on its second: how
often this player's chords stay, at each beat of the bar, is learned while they are played.
"""

from __future__ import annotations

import numpy as np

from bandmate.daemon.answering.request import Array
from bandmate.daemon.hearing.melody import Melody
from bandmate.models.harmony import HORIZON
from bandmate.models.roll import BAR, STEPS_PER_BEAT

BEATS = BAR // STEPS_PER_BEAT
STAYS = (0.3, 0.92, 0.65, 0.92)
"""How often a chord stays as each beat of a bar begins: as in songs, until this player's are known."""
PRIOR = 4.0
"""Beats of each place in the bar that this foreknowledge counts for."""
WORTH = 0.1
"""What a chord that stays as often as it goes weighs, beside one that is sure."""


class Hand:
    """Learns from complete beats how often the chords of the left hand stay."""

    def __init__(self, step: int) -> None:
        """step: in the first beat."""
        self._step = step - step % STEPS_PER_BEAT
        self._stayed = PRIOR * np.array(STAYS)
        self._seen = np.full(BEATS, PRIOR)

    def advance(self, step: int, melody: Melody) -> None:
        """Hear every beat that is complete before a step."""
        while self._step + STEPS_PER_BEAT <= step:
            before, now = (melody.chord(self._step + k) > 0 for k in (-1, STEPS_PER_BEAT - 1))
            if before.sum() > 1 and now.sum() > 1:
                place = self._step % BAR // STEPS_PER_BEAT
                self._seen[place] += 1
                self._stayed[place] += (before == now).all()
            self._step += STEPS_PER_BEAT

    def jump(self, step: int) -> None:
        """Hear on from the beat that holds a later step."""
        self._step = max(self._step, step - step % STEPS_PER_BEAT)

    def evidence(self, step: int, melody: Melody) -> Array:
        """float32[8,12]: the pitch classes of the chord last played, by how surely it is that of the beat at
        a step and of those after it, 0..1; none once it has been silent for a bar."""
        last = melody.stroke(step)
        if last is None or step - last[2] > BAR:
            return np.zeros((HORIZON, 12), np.float32)
        chord, struck, until = last
        beat = step // STEPS_PER_BEAT
        sure_of = max(struck, until - 1) // STEPS_PER_BEAT
        places = np.arange(sure_of + 1, beat + HORIZON) % BEATS
        sure = np.cumprod(np.concatenate([[1.0], (self._stayed / self._seen)[places]]))[-HORIZON:]
        # The odds squared: by the odds alone a chord is held on to too long on first beats (measured).
        weight = np.minimum(WORTH * (sure / np.maximum(1 - sure, 1e-6)) ** 2, 1)
        return np.asarray(weight[:, None] * chord, np.float32)
