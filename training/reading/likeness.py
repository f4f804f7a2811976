"""When two instruments play the same: in unison, in octaves, or one as the other's echo."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bandmate.training.songs import Notes

SAME = 0.85
ECHO = (1, 2, 3, 4, 6, 8, 12, 16)
DELAYS = (0, *ECHO, *(-delay for delay in ECHO))


def doubles(one: Notes, other: Notes) -> bool:
    """Whether nearly every note of each is struck by the other, at the same pitch and step."""
    if not SAME <= len(one) / max(len(other), 1) <= 1 / SAME:
        return False
    return _share(one, _struck(other, 128), 0) >= SAME and _share(other, _struck(one, 128), 0) >= SAME


def follows(one: Notes, other: Notes) -> int | None:
    """By how many steps, a bar at most, one comes after the other with nearly all its notes, in any
    octave; less than 0 where it comes before, None where it plays something else."""
    struck = _struck(other, 12)
    return next((delay for delay in DELAYS if _share(one, struck, delay) >= SAME), None)


def _struck(notes: Notes, classes: int) -> NDArray[np.bool_]:
    """bool[steps, classes]: what is struck when; pitches are taken modulo `classes`."""
    table = np.zeros((int(notes[:, 0].max(initial=0)) + 1, classes), bool)
    table[notes[:, 0], notes[:, 2] % classes] = True
    return table


def _share(notes: Notes, struck: NDArray[np.bool_], delay: int) -> float:
    """The share of the notes that is struck there so many steps before."""
    step = notes[:, 0].astype(np.int64) - delay
    inside = (step >= 0) & (step < len(struck))
    hit = struck[step[inside], notes[inside, 2] % struck.shape[1]]
    return float(hit.sum() / max(len(notes), 1))
