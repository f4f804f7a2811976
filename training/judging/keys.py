"""Keys, estimated: the tonic of a melody, and how far one song lies from another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE, TONES
from bandmate.models.keys import best_scale
from bandmate.training import lines
from bandmate.training.songs import STEPS_PER_BAR, Notes

# How well each degree fits a major and a minor key, as listeners rated it (Krumhansl and Kessler 1982).
MAJOR_KEY = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_KEY = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
TONIC_OCTAVE = 48

Floats = NDArray[np.float64]


def tonic(melody: Notes) -> int:
    """The tonic triad, numbered as in models/harmony, of the key that fits a melody's pitch classes best.

    The fit is the correlation with the ratings of the 24 keys (Krumhansl and Kessler 1982).
    """
    weight = weight_of(melody)
    keys = [np.roll(profile, root) for profile in (MAJOR_KEY, MINOR_KEY) for root in range(12)]
    if not weight.std():
        return 0
    fits = [float(np.corrcoef(key, weight)[0, 1]) for key in keys]
    return int(np.argmax(fits))


def held(chord: int, bars: int) -> Notes:
    """A triad, struck and held on every bar."""
    tones = [] if chord == NONE else np.flatnonzero(TONES[chord]).tolist()
    rows = [
        (STEPS_PER_BAR * bar, STEPS_PER_BAR, TONIC_OCTAVE + tone, 80) for bar in range(bars) for tone in tones
    ]
    return lines.as_notes(rows)


def weight_of(melody: Notes) -> Floats:
    """float64[12]: the steps that a melody's notes of each pitch class last."""
    return np.bincount(melody[:, 2] % 12, melody[:, 1], 12).astype(np.float64)


def shift_between(mine: Notes, other: Notes) -> int:
    """Semitones -5..6 that bring `other` into the major scale that fits `mine` best; 0 if one is silent."""
    scales = [best_scale(weight_of(melody)) for melody in (mine, other)]
    if scales[0] is None or scales[1] is None:
        return 0
    up = (scales[0] - scales[1]) % 12
    return up if up <= 6 else up - 12
