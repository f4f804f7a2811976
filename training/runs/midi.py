"""A song as a Standard MIDI File: the melody, the four parts by name, and the chords as markers."""

from __future__ import annotations

import io
from itertools import groupby
from pathlib import Path

import mido

from bandmate.models.harmony import symbol
from bandmate.training import whole
from bandmate.training.songs import Notes, Song

RESOLUTION = 480
STEP = RESOLUTION // 4
DRUM_CHANNEL = 9
PIANO = 1
# General MIDI programs 1..128 by the part's name; any other part is a piano.
PROGRAMS = {
    "bass": 34, "keys": 5, "strings": 49, "chords": 5, "colour": 49,
    "cellos": 43, "violas": 42, "violins": 41, "winds": 72, "horns": 61,
    "soprano": 53, "alto": 53, "tenor": 53,
}  # fmt: skip
MELODY = 74


def write(path: Path, song: Song, parts: tuple[str, ...], tempo: float = 120.0) -> None:
    """Writes the song, whole or not at all; tempo in beats a minute."""
    file = mido.MidiFile(type=1, ticks_per_beat=RESOLUTION, charset="utf-8")
    file.tracks.append(_conductor(song, tempo))
    free = iter(channel for channel in range(1, 16) if channel != DRUM_CHANNEL)
    file.tracks.append(_voice("melody", song.notes[0], 0, MELODY, song.steps))
    for name, notes in zip(parts, song.notes[1:], strict=True):
        channel = DRUM_CHANNEL if name == "drums" else next(free)
        program = PIANO if name == "drums" else PROGRAMS.get(name, PIANO)
        file.tracks.append(_voice(name, notes, channel, program, song.steps))
    out = io.BytesIO()
    file.save(file=out)
    whole.write(path, out.getvalue())


def _conductor(song: Song, tempo: float) -> mido.MidiTrack:
    """Tempo, metre, and a marker at each change of chord."""
    events: list[tuple[int, int, mido.MetaMessage]] = []
    beat = 0
    for chord, beats in groupby(song.chords.tolist()):
        events.append((beat * 4, 0, mido.MetaMessage("marker", text=symbol(chord))))
        beat += len(list(beats))
    head = [
        mido.MetaMessage("track_name", name=song.name),
        mido.MetaMessage("time_signature", numerator=4, denominator=4),
        mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)),
    ]
    return _track(head, events, song.steps)


def _voice(name: str, notes: Notes, channel: int, program: int, steps: int) -> mido.MidiTrack:
    """A named track; of an end and a beginning at one step the end comes first."""
    events: list[tuple[int, int, mido.Message]] = []
    for step, length, pitch, velocity in notes.tolist():
        on = mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)
        events.append((step, 1, on))
        events.append((step + length, 0, mido.Message("note_off", channel=channel, note=pitch)))
    head = [
        mido.MetaMessage("track_name", name=name),
        mido.Message("program_change", channel=channel, program=program - 1),
    ]
    return _track(head, events, steps)


def _track(
    head: list[mido.Message | mido.MetaMessage],
    events: list[tuple[int, int, mido.Message | mido.MetaMessage]],
    steps: int,
) -> mido.MidiTrack:
    track, now = mido.MidiTrack(head), 0
    for step, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=(step - now) * STEP))
        now = step
    track.append(mido.MetaMessage("end_of_track", time=max(steps - now, 0) * STEP))
    return track
