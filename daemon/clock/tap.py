"""A tempo from taps."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from bandmate.daemon.clock.timeline import FASTEST, SLOWEST

TAPS = 5
PAUSE = 2.0
ALIKE = 1.35


class Taps:
    """The last taps of a row; a pause of two seconds, or a tap far off the others, begins a new one."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def tap(self, now: float) -> float | None:
        """A tap, a beat after the one before it: the tempo in beats a minute, by the median of the last four
        intervals, from the second tap on; None where it is none that can be played."""
        gap = now - self._times[-1] if self._times else PAUSE
        if gap >= PAUSE:
            self._times = []
        elif len(self._times) > 1 and not 1 / ALIKE < gap / self._usual() < ALIKE:
            self._times = self._times[-1:]
        self._times = [*self._times, now][-TAPS:]
        if len(self._times) < 2:
            return None
        bpm = 60 / self._usual()
        return bpm if SLOWEST <= bpm <= FASTEST else None

    def _usual(self) -> float:
        return max(median(b - a for a, b in pairwise(self._times)), 60 / (2 * FASTEST))
