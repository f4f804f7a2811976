"""The beats that the ear has heard, as features."""

from __future__ import annotations

import numpy as np

from bandmate.daemon.melody import Melody
from bandmate.daemon.metre import Metre
from bandmate.daemon.request import Beats
from bandmate.models import listening
from bandmate.models.listening import Listener
from bandmate.models.roll import STEPS_PER_BEAT

KEPT = 256


class History:
    """Complete beats in order. Only beats that went by while the music ran are heard: a jump adds none."""

    def __init__(self, number: int, step: int) -> None:
        """number: tells performances apart; step: in the first beat."""
        self._number = number
        self._listener = Listener()
        self._features: list[listening.Array] = []
        self._phases: list[listening.Array] = []
        self._dropped = 0
        self.step = step - step % STEPS_PER_BEAT

    def jump(self, step: int) -> None:
        """Hear on from the beat that holds a later step; no beat is heard twice."""
        self.step = max(self.step, step - step % STEPS_PER_BEAT)

    def advance(self, step: int, melody: Melody, metre: Metre) -> None:
        """Hear every beat that is complete before `step`."""
        while self.step + STEPS_PER_BEAT <= step:
            pitch, onset = melody.line(self.step, self.step + STEPS_PER_BEAT)
            self._features.append(self._listener.beat(pitch, onset))
            self._phases.append(phase(self.step, metre))
            self.step += STEPS_PER_BEAT
        surplus = len(self._features) - KEPT
        if surplus > 0:
            del self._features[:surplus], self._phases[:surplus]
            self._dropped += surplus

    def beats(self) -> Beats:
        """All that is kept, oldest first."""
        if not self._features:
            empty = (
                np.zeros((0, listening.BEAT_SIZE), np.float32),
                np.zeros((0, listening.PHASES), np.float32),
            )
            return Beats(self._number, 0, *empty)
        return Beats(self._number, self._dropped, np.stack(self._features), np.stack(self._phases))

    @property
    def since(self) -> int:
        """Steps from the last onset heard to the beat that comes next."""
        return self._listener.since


def phase(step: int, metre: Metre) -> listening.Array:
    """float32[16]: where the beat at a step stands in four bars."""
    return listening.phase(metre.step_in_bar(step) // STEPS_PER_BEAT, metre.bar_of(step))
