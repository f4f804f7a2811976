"""A file as it was written: tracks of notes in beats, with metres, tempos and chord symbols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Track:
    """One instrument. name: as the file has it, may be empty; program: General MIDI 0..127, None where the
    file does not say; drums: whether its pitches are drums (MIDI channel 10, or unpitched percussion).

    notes: float64[n, 4] of onset and end in quarter notes, sounding pitch 0..127, velocity 1..127, by onset.
    """

    name: str
    program: int | None
    drums: bool
    notes: Floats


@dataclass(frozen=True)
class Metre:
    """A metre from a quarter note on: numerator/denominator as in 6/8."""

    start: float
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Symbol:
    """A chord symbol from a quarter note on, as the label `chords.triads` reads, such as `Bb:min7`."""

    start: float
    label: str


@dataclass(frozen=True)
class Score:
    """A file. metres and symbols by start, metres with one at 0 at least; tempos: float64[n, 2] of (quarter
    note, quarter notes a minute), one at 0 at least."""

    tracks: tuple[Track, ...]
    metres: tuple[Metre, ...]
    tempos: Floats
    symbols: tuple[Symbol, ...] = ()

    def notes(self, name: str) -> Floats:
        """The notes, as a track has them, of all tracks of that name; none if there is no such track."""
        found = [track.notes for track in self.tracks if track.name == name]
        return np.concatenate([np.zeros((0, 4)), *found])

    def seconds(self, quarters: Floats) -> Floats:
        """Places in quarter notes, none before 0, as float64 seconds from 0, by the tempo map."""
        starts, lasts = self.tempos[:, 0], 60 / self.tempos[:, 1]
        at = np.concatenate([[0.0], np.cumsum(np.diff(starts) * lasts[:-1])])
        index = np.searchsorted(starts, quarters, "right") - 1
        return np.asarray(at[index] + (quarters - starts[index]) * lasts[index])
