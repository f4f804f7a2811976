"""A score on the grid: whole bars of 4/4 in 16ths, each instrument's notes, before anyone has a role."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bandmate.training.songs import Notes


@dataclass(frozen=True)
class Instrument:
    """A track on the grid. number: 1.. in the file's order; name, program and drums as in `score.Track`;
    notes: int16[n, 4] of (step, length, pitch, velocity), of a drum kit its nine classes only."""

    number: int
    name: str
    program: int | None
    drums: bool
    notes: Notes


@dataclass(frozen=True)
class Sheet:
    """A stretch of a file in 4/4. name: the song's, `folder/file`, with `#2` for a second stretch; metre: as
    the file says it, such as `4/4` or `2/2`; tempo: beats a minute, the median; swing: the first eighth's
    share of an eighth pair as it was played, .5 straight (the notes themselves are put on the straight grid).

    chords: uint8[4 * bars], triads of its chord symbols (24 none), or None where the file has none; dropped:
    how many percussion notes are of no class of a kit; labels: the symbols themselves, as many as chords.
    """

    name: str
    bars: int
    metre: str
    tempo: float
    swing: float
    instruments: tuple[Instrument, ...]
    chords: NDArray[np.uint8] | None = None
    dropped: int = 0
    labels: tuple[str, ...] = ()
