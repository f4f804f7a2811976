"""A drum kit's nine classes, and which of them each percussion sound is played as.

General MIDI percussion, its GM2 and GS extras (27 to 34 and 82 to 87), and what Roland's electronic kits send
(22 and 26 the hi-hat's edge, 58 the rim of the low tom). A sound stays if it keeps the groove: what is shaken
is a hi-hat, what rings the beat is a ride, what is clapped or clicked on the backbeat is a snare. Hand drums
are toms, but only where nobody plays the kit: beside one they would be a fill that never ends. Whistles,
scratches, the clicks of a metronome and the like are no part of a kit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bandmate.training.lines import as_notes
from bandmate.training.songs import Notes

KICK, SNARE, HAT, OPEN_HAT, LOW_TOM, MID_TOM, HIGH_TOM, CRASH, RIDE = 36, 38, 42, 46, 45, 47, 50, 49, 51
SOUNDS = {
    KICK: (35, 36, 86, 87),
    SNARE: (37, 38, 39, 40, 75, 85),
    HAT: (22, 42, 44, 54, 69, 70, 73, 80, 82, 83),
    OPEN_HAT: (26, 46, 81),
    LOW_TOM: (41, 43, 58),
    MID_TOM: (45, 47),
    HIGH_TOM: (48, 50),
    CRASH: (49, 52, 55, 57),
    RIDE: (51, 53, 56, 59, 67, 68),
}
HAND_DRUMS = {LOW_TOM: (64, 66), MID_TOM: (61, 63, 77), HIGH_TOM: (60, 62, 65, 76)}


def table(*kinds: dict[int, tuple[int, ...]]) -> NDArray[np.int16]:
    """int16[128]: the class that every pitch is played as, 0 where it is none."""
    out = np.zeros(128, np.int16)
    for kind in kinds:
        for kept, pitches in kind.items():
            out[list(pitches)] = kept
    return out


def classes(pitches: NDArray[np.int16]) -> NDArray[np.int16]:
    """The classes of all a file's percussion, 0 for what is dropped. Hand drums count where there is no kick
    or no snare."""
    plain = table(SOUNDS)[pitches]
    return plain if {KICK, SNARE} <= set(plain.tolist()) else table(SOUNDS, HAND_DRUMS)[pitches]


def hits(notes: Notes) -> Notes:
    """Notes of the nine classes as hits: a step long, the loudest of a class and step."""
    ordered = notes[np.lexsort((-notes[:, 3], notes[:, 2], notes[:, 0]))].copy()
    ordered[:, 1] = 1
    first = np.ones(len(ordered), bool)
    first[1:] = (np.diff(ordered[:, 0]) != 0) | (np.diff(ordered[:, 2]) != 0)
    return as_notes(ordered[first])
