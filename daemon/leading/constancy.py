"""Whether the band is asked for the same as lately: what a player asks for anew is to be heard at once."""

from __future__ import annotations

from collections import deque

import numpy as np

from bandmate.daemon.answering.request import Array
from bandmate.models.roll import PARTS, WINDOW

# How far densities, and the energy, may move within two bars.
DENSER, DRIVEN = 0.06, 0.2


class Constancy:
    """Remembers the controls of two bars."""

    def __init__(self) -> None:
        self._told: deque[tuple[int, Array]] = deque()

    def holds(self, step: int, controls: Array) -> bool:
        """Whether controls float32[5] at a step, four densities and the energy, are about those of the two
        bars before it; after a jump, of what is known of them."""
        self._told = deque((at, each) for at, each in self._told if step - WINDOW <= at <= step)
        self._told.append((step, controls))
        asked = np.array([each for _, each in self._told])
        far = asked.max(0) - asked.min(0)
        return bool(far[:PARTS].max() <= DENSER and far[PARTS] <= DRIVEN)
