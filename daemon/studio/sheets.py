"""MIDI files as a page draws and plays them: notes in ticks, 24 to the beat, by part."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import mido

from bandmate.daemon.clock.timeline import TICKS_PER_BEAT

MOST_NOTES = 20_000
MOST_PARTS = 64
SLOWEST, FASTEST = 10.0, 600.0

Sheet = dict[str, Any]


class SheetError(Exception):
    """A file can't be shown; the sentence says why."""


def read(data: bytes, name: str) -> Sheet:
    """A Standard MIDI File as a sheet: tempo, ticks of a bar and a beat, chords by markers, parts of
    notes [tick, end, pitch, velocity], with channel 1..16 and program 1..128. Raises SheetError."""
    try:
        file = mido.MidiFile(file=io.BytesIO(data), clip=True)
        if file.ticks_per_beat <= 0:
            raise SheetError(f"{name} counts film frames, not beats; save it with ticks per quarter note")
        if file.type == 2:
            raise SheetError(f"{name} holds separate songs (MIDI file type 2); save it as type 0 or 1")
        scale = TICKS_PER_BEAT / file.ticks_per_beat
        parts = [part for track in file.tracks for part in _parts(track, scale)]
    except SheetError:
        raise
    except Exception as error:  # whatever a stranger's file does to the parser
        raise SheetError(
            f"{name} is no MIDI file that can be read; save it again as a Standard MIDI File"
        ) from error
    if not parts:
        raise SheetError(f"{name} has no notes in it")
    if len(parts) > MOST_PARTS:
        raise SheetError(f"{name} has {len(parts)} parts; choose one of {MOST_PARTS} at most")
    if sum(len(part["notes"]) for part in parts) > MOST_NOTES:
        raise SheetError(f"{name} has more than {MOST_NOTES} notes; choose a shorter one")
    return {**_conductor(file, scale), "name": name, "parts": parts}


def load(path: Path) -> Sheet:
    """The sheet of a file. Raises SheetError."""
    try:
        return read(path.read_bytes(), path.stem)
    except OSError as error:
        raise SheetError(f"{path.stem} can't be read ({error.strerror})") from error


def seconds(data: bytes) -> float:
    """How long a file lasts that `read` has read, with all its tempos."""
    return float(mido.MidiFile(file=io.BytesIO(data), clip=True).length)


def voices(file: mido.MidiFile) -> list[tuple[int, int]]:
    """Where the parts of a file's sheet are, in their order: track from 0, channel 0..15."""
    return [(k, part["channel"] - 1) for k, track in enumerate(file.tracks) for part in _parts(track, 1)]


def _parts(track: mido.MidiTrack, scale: float) -> list[Sheet]:
    """The parts of a track, one a channel."""
    found: dict[int, Sheet] = {}
    struck: dict[tuple[int, int], tuple[int, int]] = {}
    programs: dict[int, int] = {}
    tick = 0
    for message in track:
        tick += message.time
        if message.type == "program_change":
            programs.setdefault(message.channel, message.program + 1)
        if message.type not in ("note_on", "note_off"):
            continue
        key = message.channel, message.note
        if key in struck:
            begin, velocity = struck.pop(key)
            part = found.setdefault(
                message.channel, {"name": text(track.name), "channel": message.channel + 1, "notes": []}
            )
            end = max(round(tick * scale, 2), round(begin * scale, 2) + 1)
            part["notes"].append([round(begin * scale, 2), end, message.note, velocity])
        if message.type == "note_on" and message.velocity > 0:
            struck[key] = tick, message.velocity
    for channel, part in found.items():
        part["notes"].sort()
        part["program"] = programs.get(channel)
    return list(found.values())


def text(raw: str) -> str:
    """A text as it was meant: ours and most others' are UTF-8, which mido reads byte by byte."""
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw


def _conductor(file: mido.MidiFile, scale: float) -> Sheet:
    """Tempo, bar and chords, of the first track that has them."""
    bpm, bar, beat = 120.0, 4 * TICKS_PER_BEAT, TICKS_PER_BEAT
    chords: list[list[Any]] = []
    metre = False
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "set_tempo" and tick == 0 and message.tempo > 0:
                bpm = min(max(mido.tempo2bpm(message.tempo), SLOWEST), FASTEST)
            elif message.type == "time_signature" and not metre:
                metre = True
                unit = TICKS_PER_BEAT * 4 // message.denominator
                compound = message.denominator >= 8 and message.numerator % 3 == 0
                bar, beat = max(unit * message.numerator, 1), max(unit * (3 if compound else 1), 1)
            elif message.type == "marker" and len(text(message.text)) <= 12:
                chords.append([round(tick * scale, 2), text(message.text)])
    return {"bpm": round(bpm, 3), "bar": bar, "beat": beat, "chords": chords[:2000]}
