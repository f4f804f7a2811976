"""Songs with parts of the same recording: style-paired drums come from few players, and stand in many songs.

Who has learnt a recording in one song knows it in another, so a classifier that is asked about the one must
not have seen the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bandmate.training.songs import STEPS_PER_BAR, STYLE_PAIRED, Song

# Bars shared by songs of two recordings: fills, and the plainest beat.
SHARED = 0.25

Bar = frozenset[tuple[int, int]]


def families(songs: Sequence[Song]) -> NDArray[np.int64]:
    """int[songs]: the number of each one's family, from 0; the same for songs of which one has, note for
    note, a quarter or more of its style-paired bars from the other's, and for those both are akin to so."""
    bars = [_paired(song) for song in songs]
    known = [set(each) for each in bars]
    family = np.arange(len(songs))
    for k, mine in enumerate(bars):
        for j in range(len(songs)):
            if family[j] != family[k] and mine and sum(bar in known[j] for bar in mine) >= SHARED * len(mine):
                family[family == family[j]] = family[k]
    return np.asarray(np.unique(family, return_inverse=True)[1])


def _paired(song: Song) -> list[tuple[int, Bar]]:
    """The style-paired bars that have notes, with the number of their voice."""
    found: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for voice in range(1, len(song.notes)):
        for step, _, pitch, _ in song.notes[voice].tolist():
            bar, place = divmod(step, STEPS_PER_BAR)
            if song.provenance[bar, voice] == STYLE_PAIRED:
                found.setdefault((voice, bar), set()).add((place, pitch))
    return [(voice, frozenset(notes)) for (voice, _), notes in found.items()]
