"""Scores for strings as songs: melody, cello, viola and second violin as written, and a pad of horns.

A score has no chord symbols: the chords are found from all that sounds, and the horns hold them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bandmate.training.arranging.pad import pad
from bandmate.training.chords import derive
from bandmate.training.lines import monophonic, provenance
from bandmate.training.songs import ARRANGED, BEATS_PER_BAR, REAL, Notes, Song, split_of

PARTS = ("cellos", "violas", "violins", "horns")
HORNS = (55, 74)
ACCENTS = np.array([8, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0], np.int16)


def song(name: str, piece: str, voices: Sequence[Notes], bars: int) -> Song:
    """A song of four voices, the highest first; `piece` is what it was cut from and decides its split."""
    first, second, viola, cello = voices
    chords = derive(voices, bars * BEATS_PER_BAR)
    parts = (monophonic(first), cello, viola, second, pad(chords, *HORNS))
    origin = np.full((bars, len(parts)), REAL, np.uint8)
    origin[:, 4] = ARRANGED
    return Song(name, "symphony", split_of(piece), parts, chords, provenance(parts, origin))


def accented(notes: Notes) -> Notes:
    """The notes, a little louder on beat 1 and less so on beat 3."""
    out = notes.copy()
    out[:, 3] = np.clip(out[:, 3] + ACCENTS[out[:, 0] % len(ACCENTS)], 1, 127)
    return out
