"""What an accompaniment must beat: the real one too late, and a triad that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bandmate.models.decoding import DRUMS
from bandmate.models.roll import WINDOW
from bandmate.training import lines
from bandmate.training.judging import keys
from bandmate.training.judging.excerpt import bars_of
from bandmate.training.songs import Song


def late(song: Song) -> Song:
    """The song with its parts a window (two bars) late."""
    return replace(song, notes=(song.notes[0], *(lines.moved(part, WINDOW) for part in song.notes[1:])))


def tonic(song: Song, parts: Sequence[str]) -> Song:
    """The song with its melody's tonic triad held on every bar in each pitched part, drums silent."""
    melody = song.notes[0]
    triad = keys.held(keys.tonic(melody), bars_of(melody))
    silent = lines.as_notes([])
    return replace(song, notes=(melody, *(silent if part == DRUMS else triad for part in parts)))
