"""Musical time and clock time: ticks, 24 to the beat, against seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass

TICKS_PER_BEAT = 24
TICKS_PER_STEP = 6
SLOWEST = 20.0
FASTEST = 400.0
_TOLERANCE = 1e-6


def period_of(bpm: float) -> float:
    """Seconds per tick at a tempo in beats per minute; a ValueError outside 20..400."""
    if not SLOWEST * (1 - 1e-9) <= bpm <= FASTEST * (1 + 1e-9):
        raise ValueError(f"a tempo of {bpm:g} bpm is outside {SLOWEST:g} to {FASTEST:g}; choose one inside")
    return 60.0 / (TICKS_PER_BEAT * bpm)


@dataclass(frozen=True)
class Timeline:
    """A straight line through (tick, time) with so many seconds to the tick.

    `tick_at(time_at(k)) == k` for every whole tick k, at every tempo and hours away from the anchor.
    """

    tick: float
    time: float
    period: float

    def __post_init__(self) -> None:
        if not (self.period > 0 and math.isfinite(self.period)):
            raise ValueError(f"a tick of {self.period!r} seconds is no tempo; it must be longer than nothing")
        period_of(self.bpm)

    @classmethod
    def at(cls, bpm: float, tick: float = 0, time: float = 0.0) -> Timeline:
        """The line at this tempo on which `tick` falls at `time`."""
        return cls(tick, time, period_of(bpm))

    @property
    def bpm(self) -> float:
        """Beats per minute."""
        return 60.0 / (TICKS_PER_BEAT * self.period)

    def time_at(self, tick: float) -> float:
        """When a tick falls, in seconds."""
        return self.time + (tick - self.tick) * self.period

    def position(self, time: float) -> float:
        """Where the music stands at a time, in ticks and parts of a tick."""
        return self.tick + (time - self.time) / self.period

    def tick_at(self, time: float) -> int:
        """The last tick reached at a time."""
        return math.floor(self.position(time) + _TOLERANCE)

    def retempo(self, now: float, bpm: float) -> Timeline:
        """Another tempo from `now` on; the position at `now` stays."""
        return Timeline.at(bpm, self.position(now), now)
