"""The chords of a performance, step by step, as they were committed."""

from __future__ import annotations

import numpy as np

from bandmate.daemon.answering.request import Chords
from bandmate.daemon.hearing.memory import SIZE, Memory
from bandmate.models.harmony import NONE
from bandmate.models.roll import WINDOW

READ_EVERY = SIZE // 2


class Chart:
    """chords: int[steps], those of the steps from `first` on as far as they were read off; else none (24)."""

    def __init__(self, memory: Memory, first: int, steps: int) -> None:
        self._memory, self._first, self._read = memory, first, first
        self.chords: Chords = np.full(steps, NONE)

    def read(self, step: int) -> None:
        """Read off what was committed before a step since the last time, and the window before that again,
        which may have been revised. The band's memory forgets, so this is for every READ_EVERY steps."""
        begin = max(self._read - WINDOW, self._first)
        end = min(step, self._first + len(self.chords))
        if begin < end:
            self.chords[begin - self._first : end - self._first] = self._memory.chords(begin, end - begin)
            self._read = end
