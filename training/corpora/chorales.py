"""The 229 two-bar excerpts of Bach chorales that DeepComposer's lab learns from, each a song of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bandmate.training.corpora import scores
from bandmate.training.corpora.dataset import Rejected
from bandmate.training.lines import as_notes, between, untangled
from bandmate.training.reading import smf
from bandmate.training.songs import STEPS_PER_BAR, Notes, Song

BARS = 2
RAISED = 21
VELOCITY = 80


def read(folder: Path) -> Iterator[Song | Rejected]:
    """Every excerpt of the data set's folder, or why it was rejected."""
    for path in sorted((folder / "original_midi").glob("*.mid")):
        try:
            yield song(path)
        except Rejected as reason:
            yield reason


def song(path: Path) -> Song:
    """One excerpt: soprano, alto, tenor and bass, stored 21 semitones too high. Raises Rejected."""
    score = smf.read(path)
    voices = [_voice(t, score.ticks_per_beat) for t in score.tracks if len(t.notes)]
    if len(voices) != 4:
        raise Rejected("not for four voices")
    name = f"chorales/{path.stem}"
    return scores.song(name, name, voices, BARS)


def _voice(track: smf.Track, ticks_per_beat: int) -> Notes:
    start, end = np.rint(4 * track.notes[:, :2] / ticks_per_beat).T
    pitch = track.notes[:, 2] - RAISED
    table = np.stack([start, end - start, pitch, np.full(len(pitch), VELOCITY)], 1)
    return scores.accented(between(untangled(as_notes(table)), 0, BARS * STEPS_PER_BAR))
