"""Events to and from MIDI messages and bytes.

Messages that bandmate does not use (pitch bend, aftertouch, system exclusive, active sensing ...) become
None. On the wire channels count from 0 and programs from 0; in events both count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mido

from bandmate.bridge.events import (
    Continue,
    Control,
    Event,
    NoteOff,
    NoteOn,
    Position,
    Program,
    Pulse,
    Start,
    Stop,
)


def _struck(message: Any) -> Event:
    if message.velocity == 0:
        return NoteOff(message.channel + 1, message.note)
    return NoteOn(message.channel + 1, message.note, message.velocity)


_READ: dict[str, Callable[[Any], Event]] = {
    "note_on": _struck,
    "note_off": lambda m: NoteOff(m.channel + 1, m.note),
    "control_change": lambda m: Control(m.channel + 1, m.control, m.value),
    "program_change": lambda m: Program(m.channel + 1, m.program + 1),
    "clock": lambda m: Pulse(),
    "start": lambda m: Start(),
    "continue": lambda m: Continue(),
    "stop": lambda m: Stop(),
    "songpos": lambda m: Position(m.pos),
}


def from_message(message: Any) -> Event | None:
    """Return the event that a mido Message (or MetaMessage) carries, or None if bandmate does not use it."""
    read = _READ.get(message.type)
    return None if read is None else read(message)


def to_message(event: Event) -> Any:
    """Return the mido Message that carries an event; ValueError if a value is out of its MIDI range."""
    match event:
        case NoteOn(channel, pitch, velocity):
            return mido.Message("note_on", channel=channel - 1, note=pitch, velocity=velocity)
        case NoteOff(channel, pitch):
            return mido.Message("note_off", channel=channel - 1, note=pitch, velocity=0)
        case Control(channel, number, value):
            return mido.Message("control_change", channel=channel - 1, control=number, value=value)
        case Program(channel, number):
            return mido.Message("program_change", channel=channel - 1, program=number - 1)
        case Pulse():
            return mido.Message("clock")
        case Start():
            return mido.Message("start")
        case Continue():
            return mido.Message("continue")
        case Stop():
            return mido.Message("stop")
        case Position(step):
            return mido.Message("songpos", pos=step)


def from_bytes(data: Sequence[int]) -> Event | None:
    """Return the event of one whole MIDI message in bytes; None if it is malformed or not used."""
    try:
        return from_message(mido.Message.from_bytes(data))
    except (ValueError, IndexError):
        return None


def to_bytes(event: Event) -> list[int]:
    """Return the bytes of an event; ValueError if a value is out of its MIDI range."""
    data: list[int] = to_message(event).bytes()
    return data
