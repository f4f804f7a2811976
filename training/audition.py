"""A taught band heard live: songs with their melody kept and all else as the player's engine played it.

Only the melody is given to the engine. Teaching does not know the engine: it is found by entry point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE
from bandmate.training import lines
from bandmate.training.songs import BEATS_PER_BAR, REAL, VOICES, Notes, Song

GROUP, LIVE = "bandmate.stage", "live"

Heard = tuple[list[Notes], NDArray[np.uint8], int]


class Audition(NamedTuple):
    """The songs as they were played, in the order given, and how many decisions came too late in each."""

    songs: list[Song]
    late: list[int]


def play(
    preset: str,
    songs: Sequence[Song],
    *,
    presets: Path,
    models: Path,
    tempo: float = 120.0,
    seed: int = 1,
    processes: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Audition:
    """Each song with its own melody and, in place of the rest, what a preset's band played to it live.

    preset: a name, or the text of one; presets, models: the folders to look for it in; the chords are those
    that the engine committed to; what was played counts as real, and nothing is played after the song's last
    bar. A song without a melody keeps silent parts. Raises ValueError, PresetError or ModelError.
    """
    answers = stage()(
        preset,
        [(song.name, lines.untangled(song.notes[0])) for song in songs if len(song.notes[0])],
        presets=presets,
        models=models,
        tempo=tempo,
        seed=seed,
        processes=processes,
        progress=progress,
    )
    nothing: Heard = [lines.as_notes([])] * (VOICES - 1), np.zeros(0, np.uint8), 0
    each, played, late = iter(answers), [], []
    for song in songs:
        parts, chords, missed = next(each) if len(song.notes[0]) else nothing
        played.append(_song(song, parts, chords))
        late.append(missed)
    return Audition(played, late)


def stage() -> Callable[..., list[Heard]]:
    """The engine playing melodies live. Raises ValueError where there is none or it can't be loaded."""
    for entry in entry_points(group=GROUP, name=LIVE):
        try:
            found: Callable[..., list[Heard]] = entry.load()
        except ImportError as error:
            raise ValueError(f"the player can't be loaded ({error}); install bandmate again") from error
        return found
    raise ValueError("there is no player to hear a band with; install bandmate again, with 'pip install .'")


def _song(song: Song, parts: Sequence[Notes], chords: NDArray[np.uint8]) -> Song:
    voices = [song.notes[0], *(lines.between(lines.as_notes(part), 0, song.steps) for part in parts)]
    known = np.full(song.bars * BEATS_PER_BAR, NONE, np.uint8)
    until = min(len(chords), len(known))
    known[:until] = chords[:until]
    codes = np.full((song.bars, VOICES), REAL, np.uint8)
    return replace(song, notes=tuple(voices), chords=known, provenance=lines.provenance(voices, codes))
