"""What an accompaniment must beat: the real one too late, another song's, a triad that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bandmate.models.decoding import DRUMS
from bandmate.models.roll import WINDOW
from bandmate.training import lines
from bandmate.training.judging import keys, sensitivity
from bandmate.training.judging.excerpt import bars_of, first_bar
from bandmate.training.songs import STEPS_PER_BAR, Notes, Song


def late(song: Song) -> Song:
    """The song with its parts a window (two bars) late."""
    return replace(song, notes=(song.notes[0], *(lines.moved(part, WINDOW) for part in song.notes[1:])))


def tonic(song: Song, parts: Sequence[str]) -> Song:
    """The song with its melody's tonic triad held on every bar in each pitched part, drums silent."""
    melody = song.notes[0]
    triad = keys.held(keys.tonic(melody), bars_of(melody))
    silent = lines.as_notes([])
    return replace(song, notes=(melody, *(silent if part == DRUMS else triad for part in parts)))


def swapped(songs: Sequence[Song], seed: int) -> list[Song]:
    """Each song with the parts of another, which begin where its melody does and start over at their end.

    Raises ValueError with fewer than two songs.
    """
    if len(songs) < 2:
        raise ValueError("parts can be swapped between two songs or more; give at least two")
    # not the pairs of sensitivity of the same seed, which would give the parts their own melody back
    partners = [partners[0] for partners in sensitivity.partners_of(len(songs), seed + 1)]
    return [_with_parts_of(song, songs[partner]) for song, partner in zip(songs, partners, strict=True)]


def _with_parts_of(song: Song, other: Song) -> Song:
    begin, last = (first_bar(song.notes[0]) * STEPS_PER_BAR, bars_of(song.notes[0]) * STEPS_PER_BAR)
    first, end = (first_bar(other.notes[0]) * STEPS_PER_BAR, bars_of(other.notes[0]) * STEPS_PER_BAR)

    def laid(notes: Notes) -> Notes:
        piece = lines.between(notes, first, end)
        rounds = [lines.moved(piece, at) for at in range(begin, last, max(end - first, STEPS_PER_BAR))]
        return lines.between(lines.joined(rounds), 0, last)

    return replace(song, notes=(song.notes[0], *(laid(notes) for notes in other.notes[1:])))
