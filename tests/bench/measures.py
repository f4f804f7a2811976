"""How well an accompaniment fits a melody, and what each part does. All on a grid of 16ths in 4/4.

Notes are int16[n, 4] of (step, length, pitch, velocity), as songs keep them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bandmate.models.harmony import NONE, TONES
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training import lines
from bandmate.training.songs import STEPS_PER_BAR, Notes

# How well each degree fits a major and a minor key, as listeners rated it (Krumhansl and Kessler 1982).
MAJOR_KEY = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_KEY = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
TONIC_OCTAVE = 48


def bars_of(melody: Notes) -> int:
    """Bars from the first to the one in which the melody ends; at least 1."""
    end = int((melody[:, 0].astype(int) + melody[:, 1]).max(initial=1))
    return -(-end // STEPS_PER_BAR)


def in_harmony(melody: Notes, voices: Sequence[Notes]) -> float:
    """Share of the steps in which the melody sounds whose pitch class sounds in a voice in the same beat."""
    steps = bars_of(melody) * STEPS_PER_BAR
    pitch, _ = lines.line(melody, steps)
    sounding = lines.pitch_classes(voices, steps // STEPS_PER_BEAT) > 0
    sung = np.flatnonzero(pitch >= 0)
    return float(sounding[sung // STEPS_PER_BEAT, pitch[sung] % 12].mean()) if len(sung) else 0.0


def tonic(melody: Notes) -> int:
    """The tonic triad, numbered as in models/harmony, of the key that fits a melody's pitch classes best."""
    weight = np.bincount(melody[:, 2] % 12, melody[:, 1], 12)
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


def notes_a_bar(notes: Notes, bars: int) -> float:
    """Notes struck within so many bars, for each of them."""
    return float((notes[:, 0] < bars * STEPS_PER_BAR).sum() / bars)


def empty_bars(notes: Notes, bars: int) -> float:
    """Share of so many bars in which nothing sounds."""
    sounding = lines.sounding(notes, bars * STEPS_PER_BAR).reshape(bars, STEPS_PER_BAR)
    return float(1 - sounding.any(1).mean())
