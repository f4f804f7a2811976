"""A Standard MIDI File as notes: per track, in ticks, with its tempo map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

Ticks = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Track:
    """A track's name and its notes, int64[n, 4] of (start tick, end tick, pitch, velocity)."""

    name: str
    notes: Ticks


@dataclass(frozen=True)
class Score:
    """ticks_per_beat; tracks in the file's order; tempos int64[n, 2] of (tick, microseconds a quarter)."""

    ticks_per_beat: int
    tracks: tuple[Track, ...]
    tempos: Ticks

    def notes(self, name: str) -> Ticks:
        """The notes of the tracks of that name; none if there is no such track."""
        found = [track.notes for track in self.tracks if track.name == name]
        return np.concatenate([np.zeros((0, 4), np.int64), *found])

    def seconds(self, ticks: Ticks) -> Floats:
        """float64 seconds of ticks, by the tempo map."""
        starts, tempo = self.tempos[:, 0], self.tempos[:, 1] / 1e6 / self.ticks_per_beat
        at = np.concatenate([[0.0], np.cumsum(np.diff(starts) * tempo[:-1])])
        index = np.maximum(np.searchsorted(starts, ticks, "right") - 1, 0)
        return np.asarray(at[index] + (ticks - starts[index]) * tempo[index])


def read(path: Path) -> Score:
    """The notes of a file. Raises OSError or ValueError if it is no MIDI file."""
    file = mido.MidiFile(path)
    tempos = [(0, 500_000)]
    tracks = []
    for events in file.tracks:
        now = 0
        for message in events:
            now += message.time
            if message.type == "set_tempo":
                tempos.append((now, message.tempo))
        tracks.append(Track(events.name, _notes(events)))
    ordered = sorted(tempos, key=lambda change: change[0])
    return Score(file.ticks_per_beat, tuple(tracks), np.array(ordered, np.int64))


def _notes(events: mido.MidiTrack) -> Ticks:
    """Pairs note-ons with the next note-off of their channel and pitch, or with the track's end."""
    now, found = 0, []
    held: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for message in events:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if message.type == "note_on" and message.velocity > 0:
            held.setdefault(key, []).append((now, message.velocity))
        elif held.get(key):
            start, velocity = held[key].pop(0)
            found.append((start, now, message.note, velocity))
    found += [(start, now, pitch, v) for (_, pitch), on in held.items() for start, v in on]
    return np.array(sorted(found), np.int64).reshape(-1, 4)
