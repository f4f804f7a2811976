"""A pad for a row of chords: three voices that move as little as they can.

Where no part of the source plays long chords, one is arranged: every triad is voiced in close position
within a range, the voicing nearest to the last one is taken, and a tone that stays is held, for two bars
at most. What is arranged is marked so in a song's provenance.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE
from bandmate.models.roll import STEPS_PER_BEAT, WINDOW
from bandmate.training.arranging.voicing import Voicing, nearest
from bandmate.training.lines import as_notes
from bandmate.training.songs import Notes

VELOCITY = 64

Ceilings = NDArray[np.int16]


def pad(
    chords: NDArray[np.uint8],
    low: int,
    high: int,
    velocity: int = VELOCITY,
    ceilings: Ceilings | None = None,
) -> Notes:
    """The pad of a row of chords, one a beat, from step 0; silent where there is none.

    low, high: the pitches it keeps within, at least a tenth and an octave apart; ceilings: int16[beats], the
    pitch that it better not exceeds on each beat.
    """
    tops = np.full(len(chords), high, np.int16) if ceilings is None else ceilings
    return as_notes(list(_strikes(chords.tolist(), low, high, velocity, tops.tolist())))


def _strikes(
    chords: list[int], low: int, high: int, velocity: int, tops: list[int]
) -> Iterator[tuple[int, int, int, int]]:
    held: dict[int, int] = {}
    last: Voicing | None = None
    before = NONE
    for beat, (chord, top) in enumerate(zip([*chords, NONE], [*tops, high], strict=True)):
        step = beat * STEPS_PER_BEAT
        if chord not in (NONE, before):
            last = nearest(chord, last, low, high, ceiling=top)
        before = chord
        wanted = set(last or ()) if chord != NONE else set()
        for pitch, start in list(held.items()):
            if pitch not in wanted or step - start >= WINDOW:
                yield start, step - start, pitch, velocity
                del held[pitch]
        held.update(dict.fromkeys(wanted - held.keys(), step))
