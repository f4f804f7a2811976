"""The 229 two-bar excerpts of Bach chorales that DeepComposer's lab learns from, each a song of its own.

Read for an orchestra (the bass for the cellos, alto and tenor for the strings) or as they are sung.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from bandmate.training.chords import derive
from bandmate.training.corpora import scores
from bandmate.training.lines import as_notes, between, provenance, untangled
from bandmate.training.reading import midi
from bandmate.training.reading.score import Track
from bandmate.training.songs import BEATS_PER_BAR, REAL, STEPS_PER_BAR, Notes, Rejected, Song, split_of

BARS = 2
RAISED = 21
VELOCITY = 80


def read(folder: Path) -> Iterator[Song | Rejected]:
    """Every excerpt of the data set's folder for an orchestra, or why it was rejected."""
    return _each(folder, song)


def read_voices(folder: Path) -> Iterator[Song | Rejected]:
    """Every excerpt as DeepComposer has it: the soprano is the melody, and the first of four parts."""
    return _each(folder, choir)


def song(path: Path) -> Song:
    """One excerpt for an orchestra. Raises Rejected."""
    name = _name(path)
    return scores.song(name, name, _voices(path), BARS)


def choir(path: Path) -> Song:
    """One excerpt with soprano, alto, tenor and bass as its parts. Raises Rejected."""
    name, voices = _name(path), _voices(path)
    parts = (voices[0], *voices)
    origin = np.full((BARS, len(parts)), REAL, np.uint8)
    chords = derive(voices, BARS * BEATS_PER_BAR)
    return Song(name, "chorales", split_of(name), parts, chords, provenance(parts, origin))


def _each(folder: Path, read_one: Callable[[Path], Song]) -> Iterator[Song | Rejected]:
    for path in sorted((folder / "original_midi").glob("*.mid")):
        try:
            yield read_one(path)
        except Rejected as reason:
            yield reason


def _name(path: Path) -> str:
    return f"chorales/{path.stem}"


def _voices(path: Path) -> list[Notes]:
    """Soprano, alto, tenor and bass, stored 21 semitones too high. Raises Rejected."""
    voices = [_voice(track) for track in midi.read(path).tracks]
    if len(voices) != 4:
        raise Rejected("not for four voices")
    return voices


def _voice(track: Track) -> Notes:
    start, end = np.rint(4 * track.notes[:, :2]).T
    pitch = track.notes[:, 2] - RAISED
    table = np.stack([start, end - start, pitch, np.full(len(pitch), VELOCITY)], 1)
    return scores.accented(between(untangled(as_notes(table)), 0, BARS * STEPS_PER_BAR))
