"""The beats that the ear has heard, as features, and what the band made of them."""

from __future__ import annotations

import numpy as np

from bandmate.daemon.answering.request import Beats
from bandmate.daemon.hearing.melody import Melody
from bandmate.daemon.hearing.memory import Memory
from bandmate.daemon.hearing.recall import Place
from bandmate.models import harmony, listening
from bandmate.models.chance import Origin
from bandmate.models.harmony import HORIZON, NONE
from bandmate.models.listening import Listener
from bandmate.models.roll import BAR, STEPS_PER_BEAT

KEPT = 256


class History:
    """Complete beats in order. Only beats that went by while the music ran are heard: a jump adds none."""

    def __init__(self, number: int, step: int) -> None:
        """number: tells performances apart; step: in the first beat."""
        self._number = number
        self._listener = Listener()
        self._features: list[listening.Array] = []
        self._phases: list[listening.Array] = []
        self._chords: list[int] = []
        self._origins: list[Origin] = []
        self._dropped = 0
        self.step = step - step % STEPS_PER_BEAT

    def jump(self, step: int) -> None:
        """Hear on from the beat that holds a later step; no beat is heard twice."""
        self.step = max(self.step, step - step % STEPS_PER_BEAT)

    def advance(self, step: int, melody: Melody, memory: Memory, origin: Origin) -> None:
        """Hear every beat that is complete before `step`; origin: whose noise the band had in them."""
        while self.step + STEPS_PER_BEAT <= step:
            pitch, onset = melody.line(self.step, self.step + STEPS_PER_BEAT)
            self._features.append(self._listener.beat(pitch, onset))
            self._phases.append(phase(self.step))
            self._chords.append(int(memory.chords(self.step + STEPS_PER_BEAT - 1, 1)[0]))
            self._origins.append(origin)
            self.step += STEPS_PER_BEAT
        surplus = len(self._features) - KEPT
        if surplus > 0:
            for kept in (self._features, self._phases, self._chords, self._origins):
                del kept[:surplus]
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

    def recalled(self, there: Place | None) -> listening.Array:
        """float32[8,24]: how sure it is, 0..1, that a chord belongs to a beat to come, since the band ended
        the beat on it when the player stood at that place."""
        out = np.zeros((HORIZON, NONE), np.float32)
        if there is not None:
            chords = np.array(self._chords[there.beat : there.beat + HORIZON])
            known = np.flatnonzero(chords != NONE)
            out[known, harmony.moved(chords[known], there.up)] = there.sure
        return out

    def origin(self, beat: int) -> Origin:
        """Whose noise the band had in a beat, an index into `beats()`."""
        return self._origins[beat]

    def classes(self) -> listening.Array:
        """float32[12]: the steps that each pitch class was heard for lately."""
        return self._listener.lately

    @property
    def since(self) -> int:
        """Steps from the last onset heard to the beat that comes next."""
        return self._listener.since


def phase(step: int) -> listening.Array:
    """float32[16]: where the beat at a step stands in four bars of four."""
    return listening.phase(step % BAR // STEPS_PER_BEAT, step // BAR)
