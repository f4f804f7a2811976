"""A pad for a row of chords: voices that move as little as they can.

Where no part of the source plays long chords, one is arranged: every chord is voiced in close position
within a range, the voicing nearest to the last one is taken, and a tone that stays is held, for two bars
at most. What is arranged is marked so in a song's provenance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import STEPS_PER_BEAT, WINDOW
from bandmate.training.arranging.sonority import Tones, triad
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
    """The pad of a row of triads, one a beat, in three voices, from step 0; silent where there is none. The
    rest as in `held`."""
    return held([triad(chord) for chord in chords.tolist()], low, high, velocity, ceilings)


def held(
    chords: Sequence[Tones],
    low: int,
    high: int,
    velocity: int = VELOCITY,
    ceilings: Ceilings | None = None,
    longest: int = WINDOW,
) -> Notes:
    """Chords of as many voices as they have tones, one a beat, from step 0; a tone that stays is struck again
    after so many steps at the longest.

    low, high: the pitches they keep within, at least a tenth and an octave apart; ceilings: int16[beats], the
    pitch that is better not exceeded on each beat.
    """
    tops = np.full(len(chords), high, np.int16) if ceilings is None else ceilings
    return as_notes(list(_strikes(chords, low, high, velocity, tops.tolist(), longest)))


def _strikes(
    chords: Sequence[Tones], low: int, high: int, velocity: int, tops: list[int], longest: int
) -> Iterator[tuple[int, int, int, int]]:
    sounding: dict[int, int] = {}
    last: Voicing | None = None
    before: Tones = ()
    for beat, (chord, top) in enumerate(zip([*chords, ()], [*tops, high], strict=True)):
        step = beat * STEPS_PER_BEAT
        if chord not in ((), before):
            last = nearest(chord, last, low, high, len(chord), top)
        before = chord
        wanted = set(last or ()) if chord else set()
        for pitch, start in list(sounding.items()):
            if pitch not in wanted or step - start >= longest:
                yield start, step - start, pitch, velocity
                del sounding[pitch]
        sounding.update(dict.fromkeys(wanted - sounding.keys(), step))
