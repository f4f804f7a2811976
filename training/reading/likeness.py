"""When two instruments play the same: in unison, in octaves, or one as the other's echo."""

from __future__ import annotations

import numpy as np

from bandmate.training.songs import Notes

SAME = 0.85
ECHO = (1, 2, 3, 4, 6, 8, 12, 16)


def doubles(one: Notes, other: Notes) -> bool:
    """Whether nearly every note of each is struck by the other, at the same pitch and step."""
    return _share(one, other, 128, 0) >= SAME and _share(other, one, 128, 0) >= SAME


def shadows(one: Notes, other: Notes) -> bool:
    """Whether nearly every note of one is struck by the other, in any octave, then or up to a bar before."""
    if _share(one, other, 12, 0) >= SAME:
        return True
    return any(_share(one, other, 12, delay) >= SAME for delay in ECHO)


def _share(one: Notes, other: Notes, classes: int, delay: int) -> float:
    """The share of one's notes that the other strikes so many steps before; pitches taken modulo `classes`."""
    if not len(one):
        return 0.0
    mine = (one[:, 0].astype(np.int64) - delay) * 128 + one[:, 2] % classes
    theirs = other[:, 0].astype(np.int64) * 128 + other[:, 2] % classes
    return float(np.isin(mine, theirs).mean())
