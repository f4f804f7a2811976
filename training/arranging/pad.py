"""A pad for a row of chords: three voices that move as little as they can.

Where no part of the source plays long chords, one is arranged: every triad is voiced in close position
within a range, the voicing nearest to the last one is taken, and a tone that stays is held, for two bars
at most. What is arranged is marked so in a song's provenance.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE, TONES
from bandmate.models.roll import STEPS_PER_BEAT, WINDOW
from bandmate.training.lines import as_notes
from bandmate.training.songs import Notes

Voicing = tuple[int, ...]
SPAN = 15
VELOCITY = 64


@lru_cache(maxsize=256)
def voicings(chord: int, low: int, high: int) -> tuple[Voicing, ...]:
    """All ways to put a triad's three tones between two pitches, no wider than a tenth."""
    pitches = [p for p in range(low, high + 1) if TONES[chord][p % 12]]
    found = (v for v in combinations(pitches, 3) if v[2] - v[0] <= SPAN)
    return tuple(v for v in found if len({p % 12 for p in v}) == 3)


def nearest(chord: int, last: Voicing | None, low: int, high: int) -> Voicing:
    """The voicing that moves least from the last one, or the most central one at the start."""
    centre = (low + high) / 2

    def cost(voicing: Voicing) -> float:
        drift = abs(sum(voicing) / 3 - centre)
        if last is None:
            return drift
        return sum(abs(a - b) for a, b in zip(voicing, last, strict=True)) + 0.25 * drift

    return min(voicings(chord, low, high), key=cost)


def pad(chords: NDArray[np.uint8], low: int, high: int, velocity: int = VELOCITY) -> Notes:
    """The pad of a row of chords, one a beat, from step 0; silent where there is none.

    low, high: the pitches it keeps within, at least a tenth and an octave apart.
    """
    return as_notes(list(_strikes(chords.tolist(), low, high, velocity)))


def _strikes(chords: list[int], low: int, high: int, velocity: int) -> Iterator[tuple[int, int, int, int]]:
    held: dict[int, int] = {}
    last: Voicing | None = None
    for beat, chord in enumerate([*chords, NONE]):
        step = beat * STEPS_PER_BEAT
        if chord != NONE:
            last = nearest(chord, last, low, high)
        wanted = set(last or ()) if chord != NONE else set()
        for pitch, start in list(held.items()):
            if pitch not in wanted or step - start >= WINDOW:
                yield start, step - start, pitch, velocity
                del held[pitch]
        held.update(dict.fromkeys(wanted - held.keys(), step))
