"""What travels over a MIDI port, as values.

Channels count from 1 to 16 and programs from 1 to 128, as musicians count them; pitches, velocities
and controller numbers and values are the 0..127 of the MIDI 1.0 specification.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoteOn:
    """A struck note; velocity 1..127 (a note-on of velocity 0 arrives as a NoteOff)."""

    channel: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class NoteOff:
    """A released note."""

    channel: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Control:
    """A controller change (CC)."""

    channel: int
    number: int
    value: int


@dataclass(frozen=True, slots=True)
class Program:
    """A Program Change; number 1..128."""

    channel: int
    number: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """A MIDI clock pulse (F8), 24 to the beat."""


@dataclass(frozen=True, slots=True)
class Start:
    """Play from the top (FA); the next Pulse is the downbeat."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Play on from where the song stands (FB)."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop at once (FC)."""


@dataclass(frozen=True, slots=True)
class Position:
    """Song Position (F2), in 16th-note steps from the top."""

    step: int


Event = NoteOn | NoteOff | Control | Program | Pulse | Start | Continue | Stop | Position
