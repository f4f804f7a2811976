"""How near what was played is to what was taught: the distance to the nearest training window.

A window is two bars as the set of its struck notes, (part, step, pitch). The distance is Jaccard's: 1 less
the notes that two windows share by all that are in either, so 0 is an exact copy. The yardstick is the
same figure of real songs that were never taught, as music repeats itself without anyone copying.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.decoding import DRUMS
from bandmate.models.roll import PITCHES, WINDOW
from bandmate.training.judging.excerpt import bars_of, first_bar
from bandmate.training.songs import STEPS_PER_BAR, Song

SHIFTS = tuple(range(-6, 6))
LEAST_NOTES = 8
MOST_WINDOWS = 1000
CHUNK = 4096
NEAREST = 0.05
BARS = WINDOW // STEPS_PER_BAR

Cells = NDArray[np.int64]
Floats = NDArray[np.float64]


class Nearness(NamedTuple):
    """median: of the distances 0..1 to the nearest training window; copies: share 0..1 of windows of
    distance 0; windows: how many were looked at."""

    median: float
    copies: float
    windows: int


def nearness(
    songs: Sequence[Song], training: Sequence[Song], parts: Sequence[str], seed: int
) -> dict[str, Nearness]:
    """What `nearest` finds, summed up."""
    return {name: _summary(found) for name, found in nearest(songs, training, parts, seed).items()}


def nearest(
    songs: Sequence[Song], training: Sequence[Song], parts: Sequence[str], seed: int
) -> dict[str, Floats]:
    """For `pitched` (all pitched parts as one, in twelve transpositions) and, where there is a kit, `drums`:
    the distances of up to 1000 windows of the songs to the training songs."""
    kits = {
        "pitched": [k for k, part in enumerate(parts) if part != DRUMS],
        "drums": [k for k, part in enumerate(parts) if part == DRUMS],
    }
    rng = np.random.default_rng(seed)
    out = {}
    for name, chosen in kits.items():
        if chosen:
            mine = [
                cells for song in songs for cells in windows(song, chosen, BARS) if len(cells) >= LEAST_NOTES
            ]
            taught = [cells for song in training for cells in windows(song, chosen, 1) if len(cells)]
            asked = [mine[k] for k in sorted(rng.permutation(len(mine))[:MOST_WINDOWS])]
            out[name] = distances(asked, taught, SHIFTS if name == "pitched" else (0,))
    return out


def closer(mine: Floats, real: Floats) -> float:
    """Share 0..1 of the distances that are below those of all but the nearest twentieth of the real ones: of
    real ones about .05, of more than that where someone recites."""
    return float((mine < np.quantile(real, NEAREST)).mean()) if len(mine) and len(real) else float("nan")


def windows(song: Song, parts: Sequence[int], hop: int) -> list[Cells]:
    """The windows of some of a song's parts, one every `hop` bars from the bar in which the melody begins
    to the one in which it ends, each a cell (part x 32 + step) x 128 + pitch for every struck note."""
    bars = range(first_bar(song.notes[0]), bars_of(song.notes[0]) - BARS + 1, hop)
    table = [
        (notes[:, 0].astype(np.int64), part * WINDOW * PITCHES + notes[:, 2])
        for part, notes in enumerate(song.notes[1 + k] for k in parts)
    ]
    out = []
    for bar in bars:
        begin = bar * STEPS_PER_BAR
        found = []
        for step, place in table:
            here = slice(*np.searchsorted(step, (begin, begin + WINDOW)))
            found.append(place[here] + (step[here] - begin) * PITCHES)
        out.append(np.unique(np.concatenate(found)))
    return out


def distances(mine: Sequence[Cells], taught: Sequence[Cells], shifts: Sequence[int]) -> Floats:
    """float64[len(mine)], 0..1: the smallest Jaccard distance of each window, moved by any of the shifts in
    semitones, to any taught one; 1 where nothing was taught. No window may be empty.

    Taught windows stand as columns of a table of bytes, a row for each cell, so that the notes shared
    with thousands of them at once are a sum of rows.
    """
    likest = np.zeros(len(mine))
    for first in range(0, len(taught), CHUNK):
        some = taught[first : first + CHUNK]
        sizes = np.array([len(cells) for cells in some], np.float32)
        used, row = np.unique(np.concatenate(some), return_inverse=True)
        table = np.zeros((len(used), len(some)), np.uint8)
        table[row, np.repeat(np.arange(len(some)), sizes.astype(int))] = 1
        for number, cells in enumerate(mine):
            for shift in shifts:
                shared = table[_places(used, cells, shift)].sum(0, dtype=_counter(cells)).astype(np.float32)
                likest[number] = max(likest[number], (shared / (sizes + len(cells) - shared)).max())
    return 1 - likest


def _places(used: Cells, cells: Cells, shift: int) -> Cells:
    """The rows of the cells moved by a shift, without those that no taught window has."""
    pitch = cells % PITCHES + shift
    moved = (cells + shift)[(pitch >= 0) & (pitch < PITCHES)]
    place = np.minimum(np.searchsorted(used, moved), len(used) - 1)
    return np.asarray(place[used[place] == moved])


def _counter(cells: Cells) -> type[np.unsignedinteger]:
    """A sum of bytes is far faster in bytes, and only a very full window has more than 255 notes."""
    return np.uint8 if len(cells) < 256 else np.uint16


def _summary(found: Floats) -> Nearness:
    if not len(found):
        return Nearness(float("nan"), float("nan"), 0)
    return Nearness(float(np.median(found)), float((found < 1e-6).mean()), len(found))
