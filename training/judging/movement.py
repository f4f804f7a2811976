"""How harmony moves: how often it changes, and how far the voices of a chord part go when it does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bandmate.models.harmony import NONE, TONES
from bandmate.training import lines
from bandmate.training.judging.excerpt import Bars, Floats, by_beat
from bandmate.training.songs import STEPS_PER_BAR, Notes

LEAST_VOICES = 2
AS_GOOD = 1e-9

Voicing = tuple[int, ...]


def changes_a_bar(chroma: Floats) -> float:
    """How often in a bar the triad changes that fits what sounds best, of chroma float64[steps, 12].

    The fit of a beat is the cosine of its pitch classes with each of the 24 triads; a triad stays while
    none fits better and through beats in which nothing sounds. Not a number where nothing ever does.
    """
    beats = by_beat(chroma)
    beats = beats[beats.any(1)]
    if not len(beats):
        return float("nan")
    fits = beats @ TONES[:NONE].T / np.linalg.norm(beats, axis=1, keepdims=True)
    fits = fits / np.linalg.norm(TONES[:NONE], axis=1)
    triad, changes = int(fits[0].argmax()), 0
    for fit in fits[1:]:
        if fit[triad] < fit.max() - AS_GOOD:
            triad, changes = int(fit.argmax()), changes + 1
    return changes * STEPS_PER_BAR / len(chroma)


def voicings(notes: Notes, kept: Bars) -> list[Voicing]:
    """The chords of a part: the pitches that sound where it strikes, two or more, in the bars that count,
    each as long as it does not change taken once."""
    steps = len(kept) * STEPS_PER_BAR
    sounds = np.zeros((steps, 128), bool)
    sounds[lines.cells(notes, steps)] = True
    struck = np.unique(notes[notes[:, 0] < steps, 0])
    out: list[Voicing] = []
    for step in struck[kept[struck // STEPS_PER_BAR]]:
        chord = tuple(np.flatnonzero(sounds[step]).tolist())
        if len(chord) >= LEAST_VOICES and chord != (out[-1] if out else None):
            out.append(chord)
    return out


def voice_movement(chords: Sequence[Voicing]) -> float:
    """Semitones that a voice moves on average from a voicing to the next, over all that move or stay.

    Voices are matched so that they move least in all; where one chord has more, those that enter or leave
    do not count. Not a number for fewer than two voicings. After the minimal voice leading of Tymoczko, The
    Geometry of Musical Chords, 2006, though there voices that enter or leave are doubled ones.
    """
    total = sum(least_movement(one, other) for one, other in pairwise(chords))
    voices = sum(min(len(one), len(other)) for one, other in pairwise(chords))
    return total / voices if voices else float("nan")


def least_movement(one: Voicing, other: Voicing) -> float:
    """The fewest semitones in all that take each voice of the smaller chord to one of its own in the other.

    Chords rise; matched voices need not cross, so `best[j]` is the least for the voices so far when they
    have gone to the first j of the larger chord.
    """
    small, large = sorted((one, other), key=len)
    best = [0.0] * (len(large) + 1)
    for pitch in small:
        row = [float("inf")]
        for j, goal in enumerate(large):
            row.append(min(row[j], best[j] + abs(pitch - goal)))
        best = row
    return best[-1]


def fullness(notes: Notes) -> float:
    """Notes that a part strikes at once, on average; 0 without any."""
    return len(notes) / max(len(np.unique(notes[:, 0])), 1)
