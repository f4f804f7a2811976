"""An orchestra's instruments as four players: what many play together becomes what one can play.

Voices are arrays of notes (see `training/lines`); nothing here adds a note, it only leaves some out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.lines import as_notes, cells, joined, monophonic, untangled
from bandmate.training.songs import STEPS_PER_BAR, Notes

SECOND = 2
OCTAVE, PITCHES = 12, 128
MOSTLY = 0.6

Row = list[int]


def clear(notes: Notes) -> Notes:
    """An instrument's notes without those that rounding has brought to the step of a neighbour, a semitone or
    two away: the longer stays, or the higher."""
    if not len(notes):
        return notes
    kept: list[Row] = []
    for row in notes[np.lexsort((-notes[:, 2], -notes[:, 1], notes[:, 0]))].tolist():
        here = [k for k in kept[-4:] if k[0] == row[0]]
        if all(abs(k[2] - row[2]) > SECOND for k in here):
            kept.append(row)
    return as_notes(kept)


def calm(notes: Notes) -> Notes:
    """The notes with each tremolo that is written out, a pitch on all 16ths of a beat, as one note."""
    short = notes[:, 1] == 1
    beat = notes[:, 0].astype(np.int64) // STEPS_PER_BEAT * PITCHES + notes[:, 2]
    _, which, strokes = np.unique(beat[short], return_inverse=True, return_counts=True)
    shaken = np.zeros(len(notes), bool)
    shaken[short] = strokes[which] == STEPS_PER_BEAT
    out = notes.copy()
    out[shaken, 1] = STEPS_PER_BEAT
    kept: Notes = out[~shaken | (out[:, 0] % STEPS_PER_BEAT == 0)]
    return kept


def lowest(notes: Notes, steps: int) -> Notes:
    """A section's bass, one note at a time: what is struck above a note that still sounds is left out."""
    if not len(notes):
        return notes
    bottom = np.full(steps, 128, np.int64)
    np.minimum.at(bottom, *cells(notes, steps))
    return monophonic(notes[notes[:, 2] <= bottom[notes[:, 0]]], lowest=True)


def folded(notes: Notes, low: int, high: int) -> Notes:
    """The notes with those beyond a range brought into it by octaves."""
    out = notes.copy()
    out[:, 2] += OCTAVE * np.maximum(-(-(low - out[:, 2]) // OCTAVE), 0)
    out[:, 2] -= OCTAVE * np.maximum(-(-(out[:, 2] - high) // OCTAVE), 0)
    return untangled(out)


def without(notes: Notes, others: Sequence[Notes], bars: int) -> Notes:
    """The notes but those of bars in which most of them only double others, pitch for pitch."""
    return _alone(notes, joined(others), bars, PITCHES, np.zeros(bars))


def unlike(notes: Notes, melody: Notes, bars: int) -> Notes:
    """The notes but those of bars in which most of them double the melody in some octave, and half or more of
    what it strikes there."""
    return _alone(notes, melody, bars, OCTAVE, np.bincount(melody[:, 0] // STEPS_PER_BAR, minlength=bars) / 2)


def _alone(notes: Notes, others: Notes, bars: int, size: int, fewest: NDArray[np.float64]) -> Notes:
    """The notes but those of bars in which most of them, and so many, are doubled by notes of like length."""
    longest = np.zeros((bars * STEPS_PER_BAR, size), np.int64)
    np.maximum.at(longest, (others[:, 0], others[:, 2] % size), others[:, 1])
    theirs, own = longest[notes[:, 0], notes[:, 2] % size], notes[:, 1].astype(np.int64)
    doubled = (theirs > 0) & (theirs <= 2 * own) & (own <= 2 * theirs)
    bar = notes[:, 0] // STEPS_PER_BAR
    least = np.maximum(MOSTLY * np.bincount(bar, minlength=bars), fewest)
    kept: Notes = notes[(np.bincount(bar, doubled, bars) < np.maximum(least, 1))[bar]]
    return kept


def together(voices: Sequence[Notes], most: int) -> Notes:
    """The notes of several instruments as one part's, no more than `most` at a time.

    Unisons are one note. Of what is struck at a step the highest is kept, then the lowest, then what has a
    pitch class that does not sound yet; where more still sounds than may, the oldest of it ends there.
    """
    notes = untangled(joined(voices))
    kept: list[Row] = []
    held: list[Row] = []
    for step in np.unique(notes[:, 0]).tolist():
        struck = notes[notes[:, 0] == step].tolist()
        held = [row for row in held if row[0] + row[1] > step]
        chosen = _chosen(struck, held, most)
        for row in held[: max(len(held) + len(chosen) - most, 0)]:
            row[1] = step - row[0]
        held = [row for row in held if row[0] + row[1] > step] + chosen
        kept += chosen
    return as_notes(kept)


def _chosen(struck: list[Row], held: list[Row], most: int) -> list[Row]:
    outer = [struck[-1], *struck[: len(struck) > 1]]
    room = max(most - len(held), min(len(outer), most))
    chosen = outer[:room]
    sounding = {row[2] % OCTAVE for row in [*held, *chosen]}
    for row in reversed(struck[1:-1]):
        if len(chosen) < room and row[2] % OCTAVE not in sounding:
            chosen.append(row)
            sounding.add(row[2] % OCTAVE)
    return chosen
