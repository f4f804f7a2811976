"""Events that wait for their tick."""

from __future__ import annotations

import heapq
from itertools import count
from typing import NamedTuple

from bandmate.bridge.events import Event, NoteOff, NoteOn


class Due(NamedTuple):
    """An event and the tick on which it leaves."""

    tick: int
    event: Event


class _Entry(NamedTuple):
    tick: int
    rank: int
    serial: int
    event: Event

    def due(self) -> Due:
        return Due(self.tick, self.event)


def _rank(event: Event) -> int:
    """On one tick a note ends before a program changes, and a program changes before a note begins."""
    match event:
        case NoteOff():
            return 0
        case NoteOn():
            return 2
        case _:
            return 1


class Schedule:
    """Events by tick; on one tick NoteOffs first, then controls and programs, then NoteOns, each as added."""

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._serial = count()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, tick: int, event: Event) -> None:
        """Let an event wait for a tick; one already past leaves with the next `pop`."""
        heapq.heappush(self._heap, _Entry(tick, _rank(event), next(self._serial), event))

    def pop(self, tick: int) -> list[Due]:
        """Take out all that is due up to and on a tick, in order."""
        due = []
        while self._heap and self._heap[0].tick <= tick:
            due.append(heapq.heappop(self._heap).due())
        return due

    def next_tick(self) -> int | None:
        """The earliest tick that something waits for."""
        return self._heap[0].tick if self._heap else None

    def clear(self, from_tick: int | None = None) -> list[Due]:
        """Drop all that waits, or all from a tick on; what was dropped comes back in order.

        A NoteOff among it may belong to a note that sounds: hand those to `Ledger.pass_on` to end it now.
        """
        dropped = sorted(e for e in self._heap if from_tick is None or e.tick >= from_tick)
        self._heap = [] if from_tick is None else [e for e in self._heap if e.tick < from_tick]
        heapq.heapify(self._heap)
        return [entry.due() for entry in dropped]
