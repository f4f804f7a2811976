"""Events of parts that are sent later than others, waiting for their time."""

from __future__ import annotations

import heapq
from collections import Counter
from itertools import count
from typing import NamedTuple

from bandmate.daemon.sending.schedule import Due

NEAR = 1e-9
"""Seconds, as sums and differences of times may differ by."""


class End(NamedTuple):
    """All that sounds on a channel ends, as was meant for a tick."""

    tick: int
    channel: int


class Held(NamedTuple):
    """What waits until a time, in seconds: an event or an end, of the part with this number."""

    time: float
    channel: int
    part: int
    what: Due | End


class Delay:
    """A queue by time that never changes the order of what shares a channel, so that notes still begin before
    they end when a part's delay is changed."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Held]] = []
        self._latest: dict[int, float] = {}
        self._waiting: Counter[int] = Counter()
        self._serial = count()

    def push(self, time: float, channel: int, part: int, what: Due | End) -> None:
        """Let something of a channel wait until a time, in seconds, and behind all that waits there."""
        time = self._latest[channel] = max(time, self._latest.get(channel, time))
        self._waiting[channel] += 1
        heapq.heappush(self._heap, (time, next(self._serial), Held(time, channel, part, what)))

    def pop(self, now: float) -> list[Held]:
        """Take out what has waited long enough, in order."""
        out = []
        while self._heap and self._heap[0][0] <= now + NEAR:
            out.append(heapq.heappop(self._heap)[2])
            self._waiting[out[-1].channel] -= 1
        return out

    def holds(self, channel: int) -> bool:
        """Whether something of a channel waits."""
        return self._waiting[channel] > 0

    def next_time(self) -> float | None:
        """When the first has waited long enough."""
        return self._heap[0][0] if self._heap else None

    def clear(self) -> None:
        """Drop all that waits."""
        self._heap.clear()
        self._latest.clear()
        self._waiting.clear()
