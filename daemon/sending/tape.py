"""What a voice played, kept small: an hour of a busy part is some hundred kilobytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from bandmate.bridge.events import Control, NoteOff, NoteOn, Program

Played = NoteOn | NoteOff | Control | Program


class Tape:
    """Events in the order in which they are added, each with its tick; 12 bytes apiece."""

    def __init__(self) -> None:
        self._ticks = array("d")
        self._words = array("I")

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[tuple[float, Played]]:
        return self.since(0)

    def add(self, tick: float, event: Played) -> None:
        """Keep an event; one thread adds."""
        self._ticks.append(tick)
        self._words.append(_word(event))

    def since(self, count: int) -> Iterator[tuple[float, Played]]:
        """All but the first so many; any thread may ask."""
        for k in range(count, len(self)):
            yield self._ticks[k], _event(self._words[k])


def _word(event: Played) -> int:
    """Four bytes: what it is, its channel, and two numbers; all below 256."""
    match event:
        case NoteOn(channel, pitch, velocity):
            return _packed(0, channel, pitch, velocity)
        case NoteOff(channel, pitch):
            return _packed(1, channel, pitch, 0)
        case Control(channel, number, value):
            return _packed(2, channel, number, value)
        case Program(channel, number):
            return _packed(3, channel, number, 0)


def _packed(kind: int, channel: int, first: int, second: int) -> int:
    return int.from_bytes((kind, channel, first, second), "big")


def _event(word: int) -> Played:
    kind, channel, first, second = word.to_bytes(4, "big")
    match kind:
        case 0:
            return NoteOn(channel, first, second)
        case 1:
            return NoteOff(channel, first)
        case 2:
            return Control(channel, first, second)
        case _:
            return Program(channel, first)
