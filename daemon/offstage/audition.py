"""Melodies played to a band live, in virtual time, for who judges what it plays along with them.

Plain values go in and come out, so that teaching can ask for it by the entry point `live` of the group
`bandmate.stage` and neither side knows the other's types.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bandmate.daemon.answering import loading
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Chords
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage.render import Rendering, render
from bandmate.daemon.offstage.song import MelodyFile, SongNote
from bandmate.daemon.sending.takes import MELODY
from bandmate.models.catalogue import Catalogue
from bandmate.models.harmony import CHORDS
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.presets.load import Shelf, read
from bandmate.presets.preset import PARTS, Preset

Notes = NDArray[np.int16]
Melodies = Sequence[tuple[str, Notes]]
Heard = tuple[list[Notes], NDArray[np.uint8], int]


def audition(
    preset: str,
    melodies: Melodies,
    *,
    presets: Path,
    models: Path,
    tempo: float = 120.0,
    seed: int = 1,
    processes: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Heard]:
    """What the band played along with each melody: its four parts, the chord of each of the melody's beats
    (whole bars of 4/4, 24 none), and how many decisions came too late.

    preset: a name (of the folder `presets` or packaged), or the text of one, in several lines; models: the
    folder looked into before the packaged ones; melodies: name and notes int[n,4] of (step, length, pitch,
    velocity 1..127), as are the parts; tempo 20..400; seed: the first melody's, each has another; processes:
    of the machine's cores, all if None; progress: called with 0..1. The same arguments give the same answer,
    on any number of processes. Raises PresetError, ModelError, or ValueError where a melody has no note.
    """
    if silent := [name for name, notes in melodies if not len(notes)]:
        raise ValueError(f"the melody '{silent[0]}' has no note to play along with; leave it out")
    chosen = read(preset, "the preset") if "\n" in preset else Shelf(presets).get(preset)
    heard: list[Heard] = []
    for each in _all(chosen, models, melodies, tempo, seed, processes or os.cpu_count() or 1):
        heard.append(each)
        progress(len(heard) / len(melodies))
    return heard


def _all(
    preset: Preset, models: Path, melodies: Melodies, tempo: float, seed: int, processes: int
) -> Iterator[Heard]:
    """One after the other, or in several processes. These begin afresh: torch's threads survive no fork."""
    notes, seeds = [notes for _, notes in melodies], range(seed, seed + len(melodies))
    accompanist = loading.accompanist(Catalogue(models), preset)
    if min(processes, len(notes)) < 2:
        yield from map(partial(_play, accompanist, preset, tempo), notes, seeds)
        return
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(processes, len(notes)), fresh, _leave_interrupts) as pool:
        yield from pool.map(partial(_elsewhere, models, preset, tempo), notes, seeds)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that waits; it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@cache
def _employed(models: Path, preset: Preset) -> Accompanist:
    """The players of this process, loaded once; it ends with the audition."""
    return loading.accompanist(Catalogue(models), preset)


def _elsewhere(models: Path, preset: Preset, tempo: float, notes: Notes, seed: int) -> Heard:
    return _play(_employed(models, preset), preset, tempo, notes, seed)


def _play(accompanist: Accompanist, preset: Preset, tempo: float, notes: Notes, seed: int) -> Heard:
    grid = Grid(preset.swing)
    song = _song(notes, tempo, grid)
    rendering = render(song, preset, accompanist.afresh(), Settings(seed=seed))
    parts = [_part(rendering, MELODY + 1 + k, grid) for k in range(PARTS)]
    return parts, _by_beat(rendering.chords), rendering.late


def _song(notes: Notes, tempo: float, grid: Grid) -> MelodyFile:
    """A melody as a file would hold it, in 4/4, swung as the band is."""
    played = []
    for step, length, pitch, velocity in notes.tolist():
        tick = grid.tick_of(step)
        played.append(SongNote(tick, grid.tick_of(step + length) - tick, pitch, velocity))
    return MelodyFile(tuple(sorted(played)), ((0.0, tempo),), ((0.0, 4, 4),), "melody")


def _part(rendering: Rendering, voice: int, grid: Grid) -> Notes:
    """int16[n,4]: what a voice of a take played, on the grid, by step and pitch, each a step long or more."""
    rows = []
    for tick, length, pitch, velocity in rendering.take.notes(voice):
        step = grid.step_of(tick)
        rows.append((step, max(grid.step_of(tick + length) - step, 1), pitch, velocity))
    return np.array(sorted(rows, key=lambda row: (row[0], row[2])), np.int16).reshape(-1, 4)


def _by_beat(chords: Chords) -> NDArray[np.uint8]:
    """uint8[beats]: the chord that most steps of a beat have; of two that share it, the later."""
    steps = chords.reshape(-1, STEPS_PER_BEAT, 1) == np.arange(CHORDS)
    later = 1 + np.arange(STEPS_PER_BEAT)[:, None] / 100
    return np.asarray((steps * later).sum(1).argmax(1), np.uint8)
