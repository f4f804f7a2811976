"""Held-out songs as they are played to a band and judged: the span of the melody, and what people played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bandmate.models.decoding import DRUMS
from bandmate.training import lines
from bandmate.training.judging.excerpt import bars_of, first_bar, real_bars
from bandmate.training.songs import ARRANGED, BEATS_PER_BAR, STEPS_PER_BAR, Notes, Song


def span(song: Song) -> Song:
    """The song from the bar in which its melody begins to the one in which it ends, counted from there.

    No voice strikes a pitch that it still sounds: neither a MIDI file nor a player could.
    """
    first, last = first_bar(song.notes[0]), bars_of(song.notes[0])
    voices = (
        lines.between(lines.untangled(notes), first * STEPS_PER_BAR, last * STEPS_PER_BAR)
        for notes in song.notes
    )
    chords = song.chords[first * BEATS_PER_BAR : last * BEATS_PER_BAR]
    return replace(song, notes=tuple(voices), chords=chords, provenance=song.provenance[first:last])


def by_people(songs: Sequence[Song], parts: Sequence[str], chords: str) -> list[Song]:
    """The songs without the notes that a rule arranged; as they are, where nobody plays the part `chords`,
    without which they have no harmony."""
    if chords in arranged(songs, parts):
        return list(songs)
    return [
        replace(song, notes=tuple(_unarranged(song, voice) for voice in range(1 + len(parts))))
        for song in songs
    ]


def played(songs: Sequence[Song], parts: Sequence[str]) -> bool:
    """Whether people play some pitched part of the songs."""
    return not set(parts) <= {DRUMS, *arranged(songs, parts)}


def arranged(songs: Sequence[Song], parts: Sequence[str]) -> tuple[str, ...]:
    """The parts that nobody plays in any of the songs, nor played apart from them in the same style."""
    counts = np.any([real_bars(song, paired=True).any(0) for song in songs], axis=0)
    return tuple(name for name, someone in zip(parts, counts, strict=True) if not someone)


def _unarranged(song: Song, voice: int) -> Notes:
    notes = song.notes[voice]
    return np.asarray(notes[song.provenance[notes[:, 0] // STEPS_PER_BAR, voice] != ARRANGED])
