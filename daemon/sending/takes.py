"""Performances, kept as Standard MIDI Files."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import mido

from bandmate.bridge.codec import to_message
from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.daemon.clock.timeline import TICKS_PER_BEAT
from bandmate.daemon.sending.ledger import Ledger
from bandmate.daemon.sending.tape import Tape

RESOLUTION = 480
JOURNAL = ".journal"
"""The suffix of what is kept of a take while it is played."""
MELODY = 0
MELODY_CHANNEL = 1
_SCALE = RESOLUTION // TICKS_PER_BEAT
_SLOWEST_BEAT = 0xFFFFFF  # microseconds; the file has three bytes for it


class Part(NamedTuple):
    """A voice: its track's name, its channel 1..16 and its program 1..128 (None: none is sent)."""

    name: str
    channel: int
    program: int | None = None


class Row(NamedTuple):
    """An entry of a take: its track (0: tempo, metre and markers; 1: the melody; then the parts), its tick
    from the top, and what happens there."""

    track: int
    tick: float
    what: Event | mido.MetaMessage


class _Timed(NamedTuple):
    tick: int
    message: mido.Message | mido.MetaMessage


class Take:
    """A melody and the parts that went with it; ticks are 24 to the beat, from the top of the take.

    Voice 0 (`MELODY`) is the player and is written on channel 1; voice k is the k-th part. Events of one
    voice and tick keep the order in which they are added; ticks may come in any order, and those before 0
    count as 0.
    """

    def __init__(
        self,
        parts: Iterable[tuple[str, int, int | None]] = (),
        *,
        title: str = "",
        melody: str = "melody",
        tempos: Iterable[tuple[float, float]] = ((0, 120.0),),
        metres: Iterable[tuple[float, int, int]] = ((0, 4, 4),),
        origin: float = 0,
    ) -> None:
        """Parts are (name, channel, program); tempos (tick, bpm); metres (tick, beats, unit).

        origin: the tick that becomes the file's first.
        """
        self._origin = origin
        self.parts = [Part(*part) for part in parts]
        self.title = title
        self._voices = [Part(melody, MELODY_CHANNEL), *self.parts]
        self._events = [Tape() for _ in self._voices]
        self._conductor: list[_Timed] = []
        for tick, beats, unit in metres:
            self.metre(tick, beats, unit)
        for tick, bpm in tempos:
            self.tempo(tick, bpm)

    @property
    def empty(self) -> bool:
        """Whether there is no note in it."""
        return not any(isinstance(event, NoteOn) for voice in self._events for _, event in voice)

    def add(self, tick: float, voice: int, event: Event) -> None:
        """Keep a note, a controller change or a program of a voice; clock and transport are left out."""
        if isinstance(event, NoteOn | NoteOff | Control | Program):
            if voice == MELODY:
                event = replace(event, channel=MELODY_CHANNEL)
            self._events[voice].add(tick - self._origin, event)

    def tempo(self, tick: float, bpm: float) -> None:
        """The tempo changes here."""
        beat = min(mido.bpm2tempo(bpm), _SLOWEST_BEAT)
        self._conduct(tick, _meta("set_tempo", tempo=beat))

    def metre(self, tick: float, beats: int, unit: int) -> None:
        """The time signature changes here."""
        self._conduct(tick, _meta("time_signature", numerator=beats, denominator=unit))

    def marker(self, tick: float, text: str) -> None:
        """A chord symbol, a preset's name or the like."""
        self._conduct(tick, _meta("marker", text=text))

    @property
    def markers(self) -> list[tuple[float, str]]:
        """The markers, (tick, text), in the order in which they were set."""
        marks = [timed for timed in self._conductor if timed.message.type == "marker"]
        return [(timed.tick / _SCALE, timed.message.text) for timed in marks]

    def notes(self, voice: int) -> list[tuple[float, float, int, int]]:
        """A voice's notes by their end: tick, length in ticks, pitch, velocity; unended ones are left out."""
        struck: dict[int, tuple[float, int]] = {}
        notes = []
        for tick, event in sorted(self._events[voice], key=lambda pair: pair[0]):
            if isinstance(event, NoteOn | NoteOff) and event.pitch in struck:
                begin, velocity = struck.pop(event.pitch)
                notes.append((begin, tick - begin, event.pitch, velocity))
            if isinstance(event, NoteOn):
                struck[event.pitch] = tick, event.velocity
        return notes

    @property
    def voices(self) -> list[Part]:
        """The melody and the parts."""
        return list(self._voices)

    def rows(self, seen: Sequence[int]) -> list[Row]:
        """What was added since a track had so many entries, each track's in order; any thread may ask."""
        conductor = self._conductor[seen[0] :]
        rows = [Row(0, timed.tick / _SCALE, timed.message) for timed in conductor]
        for track, (events, count) in enumerate(zip(self._events, seen[1:], strict=True), 1):
            rows += [Row(track, tick, event) for tick, event in events.since(count)]
        return rows

    def put(self, row: Row) -> None:
        """Add what `rows` told of the same take; ValueError for an entry that it has no place for."""
        if not 0 <= row.track <= len(self._events) or isinstance(row.what, mido.MetaMessage) != (
            row.track == 0
        ):
            raise ValueError(f"no take has {row.what} on track {row.track}")
        if row.track == 0:
            self._conduct(row.tick + self._origin, row.what)
        else:
            self.add(row.tick + self._origin, row.track - 1, row.what)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write a Standard MIDI File of type 1: tempo, metre and markers, then a track a voice.

        Every note is ended, at the last event at the latest. The file appears whole or not at all, also if
        the power fails, and the same take gives the same bytes.
        """
        file = mido.MidiFile(type=1, ticks_per_beat=RESOLUTION, charset="utf-8")
        end = self._end()
        file.tracks.append(_track(self.title, self._conductor, end))
        for part, events in zip(self._voices, self._events, strict=True):
            file.tracks.append(_track(part.name, _voice(part, events, end), end))
        _replace(Path(path), file)

    @staticmethod
    def path(folder: Path, when: datetime) -> Path:
        """A name that no take there has: 2026-11-21 14.05.33.mid, then 2026-11-21 14.05.33 2.mid."""
        stem = when.strftime("%Y-%m-%d %H.%M.%S")
        path, number = folder / f"{stem}.mid", 1
        while path.exists() or path.with_suffix(JOURNAL).exists():
            number += 1
            path = folder / f"{stem} {number}.mid"
        return path

    def _conduct(self, tick: float, message: mido.MetaMessage) -> None:
        self._conductor.append(_Timed(_scaled(tick - self._origin), message))

    def _end(self) -> int:
        ticks = [_scaled(tick) for events in self._events for tick, _ in events]
        return max([*ticks, *(timed.tick for timed in self._conductor)], default=0)


@lru_cache(maxsize=256)
def _meta(kind: str, **fields: int | str) -> mido.MetaMessage:
    """One message for all that are alike, of which an hour has thousands; nobody changes it."""
    return mido.MetaMessage(kind, **fields)


def _scaled(tick: float) -> int:
    """The file's tick; half way counts as the later one."""
    return max(math.floor(tick * _SCALE + 0.5), 0)


def _voice(part: Part, events: Iterable[tuple[float, Event]], end: int) -> list[_Timed]:
    """A voice's messages, with its program first and every note ended."""
    ledger = Ledger()
    timed = [] if part.program is None else [_Timed(0, to_message(Program(part.channel, part.program)))]
    for tick, event in sorted(((_scaled(tick), event) for tick, event in events), key=lambda pair: pair[0]):
        timed += [_Timed(tick, to_message(passed)) for passed in ledger.pass_on(event)]
    return timed + [_Timed(end, to_message(event)) for event in ledger.silence()]


def _track(name: str, timed: Iterable[_Timed], end: int) -> mido.MidiTrack:
    """A named track, in the order of time, as long as the take."""
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)] if name else [])
    now = 0
    for tick, message in sorted(timed, key=lambda item: item.tick):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=end - now))
    return track


def _replace(path: Path, file: mido.MidiFile) -> None:
    """Write beside the path, then move there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            file.save(file=stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    settle(path.parent)


def settle(folder: Path) -> None:
    """Have the names in a folder reach the disk, where the system can be asked to."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
