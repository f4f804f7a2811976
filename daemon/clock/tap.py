"""A tempo from taps, and from a bar that is counted in."""

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

    @property
    def count(self) -> int:
        """How many taps the row has, at most five."""
        return len(self._times)

    def _usual(self) -> float:
        return max(median(b - a for a, b in pairwise(self._times)), 60 / (2 * FASTEST))


class Count:
    """A bar counted in: as many strikes of one key as it has beats, two to five. Another key, a pause of two
    seconds or an uneven strike begins a new count."""

    def __init__(self, beats: int) -> None:
        self._beats = min(max(beats, 2), TAPS)
        self._taps = Taps()
        self._pitch = -1

    def strike(self, pitch: int, now: float) -> float | None:
        """A key is struck: the tempo, in strikes a minute, once the bar is full."""
        if pitch != self._pitch:
            self._pitch, self._taps = pitch, Taps()
        bpm = self._taps.tap(now)
        if bpm is None or self._taps.count < self._beats:
            return None
        self._taps = Taps()
        return bpm
