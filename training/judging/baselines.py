"""What an accompaniment must beat: the real one too late, another song's, and a triad that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bandmate.models.decoding import DRUMS
from bandmate.models.roll import WINDOW
from bandmate.training import lines
from bandmate.training.judging import keys
from bandmate.training.judging.excerpt import bars_of
from bandmate.training.judging.sensitivity import partners_of
from bandmate.training.songs import STEPS_PER_BAR, Notes, Song


def late(song: Song) -> Song:
    """The song with its parts a window (two bars) late."""
    return replace(song, notes=(song.notes[0], *(lines.moved(part, WINDOW) for part in song.notes[1:])))


def anothers(songs: Sequence[Song], parts: Sequence[str], seed: int) -> list[Song]:
    """Each song with another's parts from its first bar on, moved into the song's own key and over again
    where they are shorter; there must be two songs."""
    partners = [songs[row[0]] for row in partners_of(len(songs), seed)]
    return [_with_parts_of(song, other, parts) for song, other in zip(songs, partners, strict=True)]


def tonic(song: Song, parts: Sequence[str]) -> Song:
    """The song with its melody's tonic triad held on every bar in each pitched part, drums silent."""
    melody = song.notes[0]
    triad = keys.held(keys.tonic(melody), bars_of(melody))
    silent = lines.as_notes([])
    return replace(song, notes=(melody, *(silent if part == DRUMS else triad for part in parts)))


def _with_parts_of(song: Song, other: Song, parts: Sequence[str]) -> Song:
    up = keys.shift_between(song.notes[0], other.notes[0])
    moved = [_over_again(notes, other, song) for notes in other.notes[1:]]
    for notes, name in zip(moved, parts, strict=True):
        notes[:, 2] += 0 if name == DRUMS else up
    return replace(song, notes=(song.notes[0], *moved))


def _over_again(notes: Notes, other: Song, song: Song) -> Notes:
    length, steps = bars_of(other.notes[0]) * STEPS_PER_BAR, bars_of(song.notes[0]) * STEPS_PER_BAR
    once = lines.between(notes, 0, length)
    return lines.between(lines.joined([lines.moved(once, k) for k in range(0, steps, length)]), 0, steps)
