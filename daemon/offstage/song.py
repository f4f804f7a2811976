"""A Standard MIDI File, read for the melody in it."""

from __future__ import annotations

import io
import math
import os
import re
import struct
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import mido
from mido.midifiles.meta import KeySignatureError

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.timeline import FASTEST, SLOWEST, TICKS_PER_BEAT

_DRUMS = 10
_MELODY_NAME = re.compile(r"melod|lead|vocal|voice|\bvox\b|\bsing|\bsolo\b|chant|gesang", re.IGNORECASE)
_LOWEST_MEAN = 52
_MONOPHONIC = 0.8
_OVERLAP = 3.0  # ticks; notes that overlap by less are legato, not chords
_BAD_KEY = re.compile(rb"\xff\x59\x02(?![\xf9-\xff\x00-\x07][\x00\x01])..", re.DOTALL)


class SongError(ValueError):
    """A file that cannot be read as a melody, with one sentence that says why."""


class SongNote(NamedTuple):
    """A note of a file: begin and length in ticks (24 to the beat), pitch 0..127, velocity 1..127."""

    tick: float
    length: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class MelodyFile:
    """A melody: notes by tick and pitch, tempos (tick, bpm), metres (tick, beats, unit), the track's name.

    `remarks` are sentences about what was put right in reading.
    """

    notes: tuple[SongNote, ...]
    tempos: tuple[tuple[float, float], ...]
    metres: tuple[tuple[float, int, int], ...]
    name: str
    remarks: tuple[str, ...] = ()

    @property
    def end(self) -> float:
        """The tick on which the last note has ended."""
        return max(note.tick + note.length for note in self.notes)


class _Voice(NamedTuple):
    name: str
    channel: int
    notes: tuple[SongNote, ...]


def read(path: str | os.PathLike[str], track: int | None = None) -> MelodyFile:
    """The melody of a file. A SongError says what is wrong with one that cannot be read.

    `track` counts, from 1, the tracks that have notes (of a track on several channels, each channel). Without
    it the melody is a track named so; else the busiest one that plays mostly single notes, not low and no
    drums; else the first that is no drums; else the first.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise SongError(f"{path} cannot be opened: {error.strerror or error}") from error
    return parse(data, str(path), track)


def parse(data: bytes, label: str, track: int | None = None) -> MelodyFile:
    """As `read`, of a file's bytes; `label` names it in errors."""
    file = _load(data, label)
    voices = [
        voice for messages in file.tracks for voice in _voices(messages, TICKS_PER_BEAT / file.ticks_per_beat)
    ]
    if not voices:
        raise SongError(f"{label} has no notes; choose a file with a melody in it")
    if track is not None and not 1 <= track <= len(voices):
        names = ", ".join(f"{number} ({voice.name})" for number, voice in enumerate(voices, 1))
        raise SongError(f"{label} has no track {track} with notes; choose one of {names}")
    voice = _melody(voices) if track is None else voices[track - 1]
    remarks: list[str] = []
    tempos, metres = _tempos(file, remarks), _metres(file, remarks)
    return MelodyFile(voice.notes, tempos, metres, voice.name, tuple(remarks))


def _load(data: bytes, label: str) -> mido.MidiFile:
    if data[:4] != b"MThd":
        raise SongError(f"{label} is no Standard MIDI File: it does not begin with MThd")
    try:
        file = _decode(data)
    except (OSError, EOFError, ValueError, LookupError, TypeError, struct.error, KeySignatureError) as error:
        raise SongError(
            f"{label} is a broken MIDI file ({error or type(error).__name__}); export it again"
        ) from error
    if file.type == 2:
        raise SongError(f"{label} holds separate songs (MIDI file type 2); save it as type 0 or 1")
    if file.ticks_per_beat <= 0:
        raise SongError(f"{label} counts film frames (SMPTE), not beats; save it with ticks per quarter note")
    return file


def _decode(data: bytes) -> mido.MidiFile:
    """mido refuses a file for an impossible key signature, which says nothing about the notes."""
    try:
        return mido.MidiFile(file=io.BytesIO(data), clip=True)
    except KeySignatureError:
        mended = _BAD_KEY.sub(b"\xff\x59\x02\x00\x00", data)
        return mido.MidiFile(file=io.BytesIO(mended), clip=True)


def _voices(track: mido.MidiTrack, scale: float) -> list[_Voice]:
    """A track's notes by channel; `scale` turns the file's ticks into ours. Open notes end with the track."""
    name, now = "", 0
    notes: dict[int, list[SongNote]] = defaultdict(list)
    held: dict[tuple[int, int], tuple[int, int]] = {}

    def end(key: tuple[int, int]) -> None:
        begin, velocity = held.pop(key)
        length = max(now - begin, 1)
        notes[key[0]].append(SongNote(begin * scale, length * scale, key[1], velocity))

    for message in track:
        now += message.time
        if message.type == "track_name":
            name = name or message.name.strip("\0 ")
        elif message.type in ("note_on", "note_off"):
            key = (message.channel + 1, message.note)
            if key in held:
                end(key)
            if message.type == "note_on" and message.velocity > 0:
                held[key] = (now, message.velocity)
    for key in list(held):
        end(key)
    return [
        _Voice(name or f"channel {channel}", channel, tuple(sorted(notes[channel])))
        for channel in sorted(notes)
    ]


def _melody(voices: list[_Voice]) -> _Voice:
    pitched = [voice for voice in voices if voice.channel != _DRUMS]
    named = [voice for voice in pitched if _MELODY_NAME.search(voice.name)]
    fit = named or [voice for voice in pitched if _is_line(voice.notes)]
    if fit:
        return max(fit, key=lambda voice: len(voice.notes))
    return (pitched or voices)[0]


def _is_line(notes: tuple[SongNote, ...]) -> bool:
    """Mostly one note at a time, and not low."""
    alone, until = 0, float("-inf")
    for note in notes:
        alone += note.tick >= until - _OVERLAP
        until = max(until, note.tick + note.length)
    mean = sum(note.pitch for note in notes) / len(notes)
    return alone >= _MONOPHONIC * len(notes) and mean >= _LOWEST_MEAN


def _metas(file: mido.MidiFile, kind: str) -> Iterable[tuple[float, mido.MetaMessage]]:
    """All meta messages of a kind, of any track, with their ticks (24 to the beat), in order."""
    found = []
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == kind:
                found.append((now * TICKS_PER_BEAT / file.ticks_per_beat, message))
    return sorted(found, key=lambda pair: pair[0])


def _tempos(file: mido.MidiFile, remarks: list[str]) -> tuple[tuple[float, float], ...]:
    tempos = {0.0: 120.0}
    for tick, message in _metas(file, "set_tempo"):
        bpm = _bpm(message.tempo)
        tempos[tick] = min(max(bpm, SLOWEST), FASTEST)
        if bpm != tempos[tick]:
            beat = tick / TICKS_PER_BEAT + 1
            remarks.append(f"a tempo out of range at beat {beat:g} is played at {tempos[tick]:g} bpm")
    return tuple(tempos.items())


def _bpm(tempo: int) -> float:
    """Beats per minute of a file's microseconds per beat: the round figure that it was written from."""
    if tempo <= 0:
        return math.inf
    exact = float(mido.tempo2bpm(tempo))
    rounded = round(exact, 2)
    return rounded if rounded and mido.bpm2tempo(rounded) == tempo else exact


def _metres(file: mido.MidiFile, remarks: list[str]) -> tuple[tuple[float, int, int], ...]:
    metres = {0.0: (4, 4)}
    for tick, message in _metas(file, "time_signature"):
        try:
            metre = Metre(message.numerator, message.denominator)
        except ValueError as error:
            remarks.append(f"{error}; the bars before it go on")
        else:
            metres[tick] = (metre.beats, metre.unit)
    return tuple((tick, beats, unit) for tick, (beats, unit) in metres.items())
