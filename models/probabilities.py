"""What a generator says, before it is decided what is played of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Probabilities:
    """Of each of the four parts: onset, sustain, velocity float32[4,32,128] and gate float32[4,32]."""

    onset: Array
    sustain: Array
    velocity: Array
    gate: Array
