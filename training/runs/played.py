"""What a generator plays along with excerpts of songs, as songs again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bandmate.models import roll
from bandmate.models.contract import Card
from bandmate.models.decoding import Limits
from bandmate.models.harmony import NONE
from bandmate.models.roll import Roll
from bandmate.training import lines
from bandmate.training.fitting.lesson import Performer, say
from bandmate.training.judging.rollout import USUALLY, Manner, free_run, stage
from bandmate.training.songs import BEATS_PER_BAR, REAL, STEPS_PER_BAR, Notes, Song

Array = NDArray[np.float32]

LENGTHS = (32, 16, 8, 4, 2)
USUAL_VELOCITY = 80


def excerpts(songs: Sequence[Song], most: int, longest: int = 16) -> list[Song]:
    """At most so many songs, evenly chosen, each cut to 16 bars (or 32) from where its melody begins.

    Where no song is so long, half of it, and so on. Raises ValueError where none has 2 bars of melody.
    """
    for bars in (each for each in LENGTHS if each <= longest):
        long = [song for song in songs if len(song.notes[0]) and song.bars - _first(song) >= bars]
        if long:
            places = {round(k) for k in np.linspace(0, len(long) - 1, min(most, len(long)))}
            return [cut(long[k], _first(long[k]), bars) for k in sorted(places)]
    raise ValueError(f"none of {len(songs)} songs has {LENGTHS[-1]} bars of melody; prepare longer songs")


def _first(song: Song) -> int:
    return int(song.notes[0][:, 0].min()) // STEPS_PER_BAR


def cut(song: Song, first: int, bars: int) -> Song:
    """So many bars of a song from the first, counted from 0."""
    begin, end = first * STEPS_PER_BAR, (first + bars) * STEPS_PER_BAR
    beats = slice(first * BEATS_PER_BAR, (first + bars) * BEATS_PER_BAR)
    chords = np.full(bars * BEATS_PER_BAR, NONE, np.uint8)
    chords[: len(song.chords[beats])] = song.chords[beats]
    notes = tuple(lines.between(voice, begin, end) for voice in song.notes)
    return replace(song, notes=notes, chords=chords, provenance=song.provenance[first : first + bars])


def perform(
    performer: Performer, card: Card, limits: Limits, given: Sequence[Song], manner: Manner = USUALLY
) -> list[Song]:
    """The excerpts, all of one length, with parts that the generator plays in place of the real ones.

    It hears the melody as it comes and has the excerpt's own chords as plan; equal seeds in the manner give
    equal noise, so that what it plays at different epochs can be compared.
    """
    before = stage(list(given), card.parts, len(given), given[0].bars)
    played = free_run(say(performer), card, limits, before, performer.noise, manner)
    return songs_of(played, given)


def songs_of(played: Array, given: Sequence[Song]) -> list[Song]:
    """Performances float32[S,4,2,n,128] (onset, sustain) along with S songs, from their first step on, as
    songs: melody and chords are theirs, and each part's velocity the mean of its real one."""
    out = []
    for parts, song in zip(played, given, strict=True):
        whole = cut(song, 0, parts.shape[2] // STEPS_PER_BAR)
        mine = [notes_of(part, _velocity(real)) for part, real in zip(parts, whole.notes[1:], strict=True)]
        notes = (whole.notes[0], *mine)
        source = lines.provenance(notes, np.full_like(whole.provenance, REAL))
        out.append(replace(whole, notes=notes, provenance=source))
    return out


def notes_of(part: Array, velocity: int = USUAL_VELOCITY) -> Notes:
    """The notes of one part, float32[2,n,128] (onset, sustain)."""
    found = roll.decode(Roll(part[0], part[1], part[0]))
    return lines.as_notes([(note.step, note.length, note.pitch, velocity) for note in found])


def _velocity(real: Notes) -> int:
    return round(float(real[:, 3].mean())) if len(real) else USUAL_VELOCITY
