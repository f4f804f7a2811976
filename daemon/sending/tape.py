"""Events with their times, kept small: an hour of a busy part is some hundred kilobytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

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

_ALONE: tuple[Event, ...] = (Pulse(), Start(), Continue(), Stop())


class Tape:
    """Events in the order in which they are added, each with its time, in any unit; 12 bytes apiece."""

    def __init__(self) -> None:
        self._times = array("d")
        self._words = array("I")

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[tuple[float, Event]]:
        return self.since(0)

    def add(self, time: float, event: Event) -> None:
        """Keep an event; one thread adds."""
        self._times.append(time)
        self._words.append(int.from_bytes(_packed(event), "big"))

    def since(self, count: int) -> Iterator[tuple[float, Event]]:
        """All but the first so many; any thread may ask."""
        for k in range(count, len(self)):
            yield self._times[k], _event(self._words[k])


def _packed(event: Event) -> tuple[int, int, int, int]:
    """What it is, and up to three numbers, all below 256."""
    match event:
        case NoteOn(channel, pitch, velocity):
            return 0, channel, pitch, velocity
        case NoteOff(channel, pitch):
            return 1, channel, pitch, 0
        case Control(channel, number, value):
            return 2, channel, number, value
        case Program(channel, number):
            return 3, channel, number, 0
        case Position(step):
            return 4, *divmod(step, 256), 0
        case _:
            return 5, _ALONE.index(event), 0, 0


def _event(word: int) -> Event:
    kind, first, second, third = word.to_bytes(4, "big")
    match kind:
        case 0:
            return NoteOn(first, second, third)
        case 1:
            return NoteOff(first, second)
        case 2:
            return Control(first, second, third)
        case 3:
            return Program(first, second)
        case 4:
            return Position(256 * first + second)
        case _:
            return _ALONE[first]
