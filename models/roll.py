"""Piano rolls: notes on a grid of 16th-note steps, as arrays.

A roll is a pair of float32[steps, 128] planes. `onset` is 1 where a pitch is struck; `sustain` is 1
at every step where it sounds, the struck step included. So a pitch struck again while it sounds can
be told from one that is held, and notes of one pitch that do not overlap round-trip exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STEPS_PER_BEAT = 4
WINDOW = 32
BAR = 16
PITCHES = 128
PARTS = 4

Plane = NDArray[np.float32]


class Note(NamedTuple):
    """A note on the grid: first step, length in steps (at least 1), pitch 0..127, velocity 0..1."""

    step: int
    length: int
    pitch: int
    velocity: float = 0.8


class Roll(NamedTuple):
    """onset, sustain, velocity: float32[steps, 128]; velocity 0..1, set where onset is."""

    onset: Plane
    sustain: Plane
    velocity: Plane


def empty(steps: int) -> Roll:
    """A silent roll of so many steps."""
    return Roll(*(np.zeros((steps, PITCHES), np.float32) for _ in range(3)))


def encode(notes: Iterable[Note], steps: int, first: int = 0) -> Roll:
    """The roll of steps first..first+steps; notes that reach in from before it sustain without onset."""
    roll = empty(steps)
    for note in notes:
        begin, end = note.step - first, note.step - first + note.length
        if end <= 0 or begin >= steps:
            continue
        roll.sustain[max(begin, 0) : end, note.pitch] = 1
        if begin >= 0:
            roll.onset[begin, note.pitch] = 1
            roll.velocity[begin, note.pitch] = note.velocity
    return roll


def decode(roll: Roll, first: int = 0) -> list[Note]:
    """The notes of a roll, by step and pitch; a sustain without an onset is struck at its first step."""
    sounding = (roll.sustain > 0) | (roll.onset > 0)
    before = np.vstack([np.zeros((1, PITCHES), bool), sounding[:-1]])
    starts = (roll.onset > 0) | (sounding & ~before)
    after = np.vstack([~sounding[1:] | starts[1:], np.ones((1, PITCHES), bool)])
    ends = sounding & after
    begin = np.argwhere(starts.T)
    end = np.argwhere(ends.T)
    notes = [
        Note(int(b) + first, int(e - b) + 1, int(pitch), float(roll.velocity[b, pitch]))
        for (pitch, b), (_, e) in zip(begin, end, strict=True)
    ]
    return sorted(notes)


def skyline(roll: Roll) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """The highest voice: pitch int16[steps] (-1 where silent) and onset bool[steps]."""
    sounding = roll.sustain > 0
    top = np.where(sounding.any(1), PITCHES - 1 - np.argmax(sounding[:, ::-1], axis=1), -1).astype(np.int16)
    struck = (top >= 0) & (roll.onset[np.arange(len(top)), np.maximum(top, 0)] > 0)
    previous = np.concatenate([[-1], top[:-1]])
    return top, struck | ((top >= 0) & (top != previous))
