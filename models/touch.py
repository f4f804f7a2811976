"""A player's touch: velocities that differ from note to note as people's do.

A generator says how loud a note usually is in its place. What is added here are shares of that, so that who
plays softly varies little: some for the whole bar, some for the place in the bar, some for all that is struck
together, and a little for each note, of which a chord's highest is louder than the others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.chance import Hands
from bandmate.models.roll import BAR, PARTS

FARTHEST = 0.5
# By chance no note becomes softer than the one or louder than the other of these; what was said so remains.
SOFTEST, LOUDEST = 0.2, 0.9

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Touch(NamedTuple):
    """Of each part: bar, onset, note: standard deviations, as shares of the velocity said, of whole bars, of
    what is struck together, and of single notes; top: how much louder than the others a chord's highest note
    is; accent: for the 16 steps of the bar, how much louder than its bar what is struck there."""

    bar: tuple[float, ...] = (0.0,) * PARTS
    onset: tuple[float, ...] = (0.0,) * PARTS
    note: tuple[float, ...] = (0.0,) * PARTS
    top: tuple[float, ...] = (0.0,) * PARTS
    accent: tuple[tuple[float, ...], ...] = ((0.0,) * BAR,) * PARTS

    @property
    def sound(self) -> bool:
        """Whether it can be played with: of the right sizes, and no share beyond one half."""
        rows = (self.bar, self.onset, self.note, self.top)
        sizes = [len(row) for row in (*rows, self.accent)] == [PARTS] * 5
        sizes = sizes and all(len(row) == BAR for row in self.accent)
        every = [share for row in (*rows, *self.accent) for share in row]
        return sizes and all(isinstance(s, int | float) and abs(s) <= FARTHEST for s in every)


def touched(velocity: Array, onset: Mask, touch: Touch, hands: Hands, first: int) -> Array:
    """The velocities float32[4,n,128], 0..1, of n steps of a window, the first of them counted from 0, of
    which bool[4,n,128] are struck."""
    steps = slice(first, first + velocity.shape[1])
    place = np.arange(steps.start, steps.stop) % BAR
    level, together, single = (each[:, steps] for each in hands)
    bar, hit, note = (np.array(row, np.float32) for row in touch[:3])
    shared = bar[:, None] * level + hit[:, None] * together + np.array(touch.accent, np.float32)[:, place]
    more = shared[..., None] + note[:, None, None] * single + _tops(onset, np.array(touch.top, np.float32))
    moved = velocity * (1 + np.clip(more, -FARTHEST, FARTHEST))
    low, high = np.minimum(velocity, SOFTEST), np.maximum(velocity, LOUDEST)
    return np.asarray(np.clip(moved, low, high), np.float32)


def _tops(onset: Mask, top: Array) -> Array:
    """float32[4,n,128]: what notes of chords have more or less: the highest more, all together nothing."""
    many = onset.sum(2, keepdims=True)
    share = np.where(many > 1, top[:, None, None] / np.maximum(many, 1), 0)
    highest = onset & (np.cumsum(onset[..., ::-1], 2)[..., ::-1] == 1)
    return np.asarray(np.where(highest, share * (many - 1), -share), np.float32)
