"""Voices as arrays of notes: made monophonic, untangled, cut, and looked at step by step.

Notes are int16[n, 4] of (step, length, pitch, velocity 1..127), by step and pitch, each a step long or more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bandmate.training.songs import SILENT, STEPS_PER_BAR, Notes

BASS_BELOW = 48


def as_notes(rows: ArrayLike) -> Notes:
    """Notes from any rows of four numbers, in order, pitches and velocities kept within 0..127 and 1..127."""
    table = np.asarray(rows)
    if not len(table):
        return np.zeros((0, 4), np.int16)
    notes: Notes = np.rint(table).astype(np.int16)
    notes[:, 1] = np.maximum(notes[:, 1], 1)
    notes[:, 2] = np.clip(notes[:, 2], 0, 127)
    notes[:, 3] = np.clip(notes[:, 3], 1, 127)
    ordered: Notes = notes[np.lexsort((notes[:, 2], notes[:, 0]))]
    return ordered


def monophonic(notes: Notes, lowest: bool = False) -> Notes:
    """One note at a time: the highest (or lowest) struck at a step, ended where the next begins."""
    if not len(notes):
        return notes
    order = np.lexsort((notes[:, 2] if lowest else -notes[:, 2], notes[:, 0]))
    ordered = notes[order]
    line: Notes = ordered[np.concatenate([[True], np.diff(ordered[:, 0]) > 0])].copy()
    line[:-1, 1] = np.minimum(line[:-1, 1], np.diff(line[:, 0]))
    return line


def hands(piano: Notes) -> tuple[Notes, Notes]:
    """The bass, the lowest note of each onset if it is under C3, one at a time; and all the rest."""
    lowest = np.concatenate([[True], np.diff(piano[:, 0]) > 0]) & (piano[:, 2] < BASS_BELOW)
    return monophonic(piano[lowest], lowest=True), piano[~lowest]


def untangled(notes: Notes) -> Notes:
    """No pitch sounds twice at once: of notes struck together the longest stays, an earlier one ends where
    the next of its pitch begins."""
    if not len(notes):
        return notes
    ordered = notes[np.lexsort((-notes[:, 1], notes[:, 0], notes[:, 2]))]
    same = (np.diff(ordered[:, 2]) == 0) & (np.diff(ordered[:, 0]) == 0)
    kept = ordered[np.concatenate([[True], ~same])].copy()
    gap = np.where(np.diff(kept[:, 2]) == 0, np.diff(kept[:, 0]), np.iinfo(np.int16).max)
    kept[:-1, 1] = np.minimum(kept[:-1, 1], gap)
    return as_notes(kept)


def between(notes: Notes, first: int, last: int) -> Notes:
    """The notes struck at steps first..last, ended by `last`, counted from `first`."""
    inside = notes[(notes[:, 0] >= first) & (notes[:, 0] < last)].copy()
    inside[:, 1] = np.minimum(inside[:, 1], last - inside[:, 0])
    inside[:, 0] -= first
    return inside


def moved(notes: Notes, steps: int) -> Notes:
    """The notes so many steps later."""
    out = notes.copy()
    out[:, 0] += steps
    return out


def joined(pieces: Sequence[Notes]) -> Notes:
    """All the notes of several pieces, in order."""
    return as_notes(np.concatenate(pieces)) if pieces else as_notes([])


def sounding(notes: Notes, steps: int) -> NDArray[np.bool_]:
    """bool[steps]: where anything sounds."""
    change = np.zeros(steps + 1, np.int64)
    np.add.at(change, np.clip(notes[:, 0], 0, steps), 1)
    np.add.at(change, np.clip(notes[:, 0].astype(np.int64) + notes[:, 1], 0, steps), -1)
    return np.cumsum(change)[:steps] > 0


def cells(notes: Notes, steps: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Step and pitch of every step of every note, up to so many steps."""
    length = np.maximum(np.minimum(notes[:, 1].astype(np.int64), steps - notes[:, 0].astype(np.int64)), 0)
    along = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    return np.repeat(notes[:, 0].astype(np.int64), length) + along, np.repeat(
        notes[:, 2].astype(np.int64), length
    )


def line(notes: Notes, steps: int) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """A monophonic voice as the ear hears it: pitch int16[steps] (-1 where silent) and onset bool[steps]."""
    pitch, onset = np.full(steps, -1, np.int16), np.zeros(steps, bool)
    for step, length, key, _ in notes.tolist():
        pitch[step : step + length] = key
        onset[step : step + 1] = True
    return pitch, onset


def chroma(voices: Sequence[Notes], steps: int) -> NDArray[np.float64]:
    """float64[steps, 12]: how many notes of each pitch class sound at each step, over all the voices."""
    change = np.zeros((steps + 1, 12))
    for notes in voices:
        begin = np.clip(notes[:, 0], 0, steps)
        end = np.clip(notes[:, 0].astype(np.int64) + notes[:, 1], 0, steps)
        np.add.at(change, (begin, notes[:, 2] % 12), 1)
        np.add.at(change, (end, notes[:, 2] % 12), -1)
    return np.asarray(np.cumsum(change, 0)[:-1])


def pitch_classes(voices: Sequence[Notes], beats: int) -> NDArray[np.float64]:
    """float64[beats, 12]: how many steps each pitch class sounds in each beat, over all the voices."""
    return np.asarray(chroma(voices, 4 * beats).reshape(beats, 4, 12).sum(1))


def provenance(voices: Sequence[Notes], codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """codes uint8[bars, voices], where each voice came from, with 3 in the bars where it is silent."""
    out = codes.copy()
    bars = len(codes)
    for voice, notes in enumerate(voices):
        heard = sounding(notes, bars * STEPS_PER_BAR).reshape(bars, STEPS_PER_BAR).any(1)
        out[~heard, voice] = SILENT
    return out
