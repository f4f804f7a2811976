"""Events with their times, kept small: an hour of a busy part is some hundred kilobytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from bandmate.bridge.codec import from_bytes, to_bytes
from bandmate.bridge.events import Event


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
        """Keep an event; one thread adds. ValueError if a value is out of its MIDI range."""
        word = int.from_bytes(to_bytes(event), "big")
        self._times.append(time)
        self._words.append(word)

    def since(self, count: int) -> Iterator[tuple[float, Event]]:
        """All but the first so many; any thread may ask."""
        for k in range(count, len(self)):
            event = _event(self._words[k])
            assert event is not None
            yield self._times[k], event


def _event(word: int) -> Event | None:
    # A message's first byte is never 0, so its number tells how many there are.
    return from_bytes(word.to_bytes((word.bit_length() + 7) // 8, "big"))
