"""The straight line through pulses that jitter: slow to follow one of them, quick to follow a new tempo."""

from __future__ import annotations

import math
from collections import deque
from itertools import islice
from typing import NamedTuple

SETTLED = 12
_SPREAD = 0.002  # seconds; the mean error to begin with
_FINEST = 0.00012  # seconds; below this nothing is told from jitter
_DEVIATION = 1.25  # standard deviations in a mean error
_WANDER = 1.2e-6  # seconds by which a tick's length may change from pulse to pulse
_WIDEST = 0.1  # share of an error that at most corrects the phase, in the long run
_RECALLED = 6  # pulses' worth of trust in the old tempo when the phase begins anew
_CLIP = 4.0  # standard deviations; what is farther off counts as this
_COUNTED = 4.0  # standard deviations that one pulse adds at most to the sum that tells a new tempo
_SURE = 5.0  # standard deviations of that sum
_SPANS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48)
_MEMORY = 32  # pulses over which the mean error is taken
_TAKEN = 3.0  # mean errors; a larger one counts as this in the mean
_REACH = 2  # times the pulses that told a new tempo: the most that its line is fitted to
_FEWEST = 3  # pulses that a line is fitted to
_CERTAIN = 48  # pulses after which a new line is no guess
_SAME = 0.01  # share by which two lines of one tempo differ
_WHOLE = 0.25  # periods that pulses which were lost may differ from a whole number


class Line(NamedTuple):
    """A line fitted to pulses: when the last of them was due, seconds a pulse, and the deviation from it."""

    time: float
    period: float
    deviation: float


class Loop:
    """A second-order delay-locked loop (Fons Adriaensen, "Using a DLL to filter time", 2005).

    Its gains begin as those of a straight line fitted to all pulses so far and settle as those of a Kalman
    filter whose tempo wanders a little: the more the pulses jitter, the less each counts. A new tempo is told
    by errors that add up: over the last 2 to 48 pulses, a sum beyond five of its standard deviations, to
    which no pulse adds more than four of its own. Then the line is fitted anew, to as many of the last pulses
    as lie on one. A late pulse, or a handful held up, lies on none and changes little.
    """

    def __init__(self, period: float, shortest: float, longest: float) -> None:
        """period: seconds a pulse, assumed until two have come; it stays between shortest and longest."""
        self.period = period
        self.time = 0.0
        self.learned = 0
        self.spread = _SPREAD
        self._agreed = 0
        self._error = 0.0
        self._left: tuple[int, float, float] | None = None  # the pulse, time and period of the line before
        self._shortest, self._longest = shortest, longest
        self._pulse = 0
        self._recent: deque[tuple[int, float, float]] = deque(maxlen=_SPANS[-1])

    @property
    def locked(self) -> bool:
        """Half a beat of pulses agrees with the tempo."""
        return self._agreed >= SETTLED

    def error(self, now: float) -> float:
        """By how many seconds a pulse that comes now is later than the next one is due."""
        return now - self.time - self.period

    def begin(self, now: float, learned: int | None = None) -> None:
        """A new phase; of the tempo a little is remembered."""
        self.time, self._left = now, None
        self.learned = min(self.learned + 1, _RECALLED) if learned is None else learned
        self._agreed = self.learned
        self._recent.clear()

    def settle(self, time: float, period: float, learned: int) -> None:
        """A new line that so many pulses have told: the last one was due at a time."""
        self.time, self.period, self.learned = time, self._within(period), learned
        self._agreed, self._left = learned, None
        self._recent.clear()

    def skip(self) -> None:
        """A pulse whose arrival tells nothing."""
        self._pulse += 1
        self.time += self.period

    def correct(self, now: float, missed: int) -> None:
        """A pulse came after so many that did not."""
        error = self.error(now) - missed * self.period
        phase, tempo = self._gains()
        deviation = max(_DEVIATION * self.spread, _FINEST) / math.sqrt(max(1 - phase, 0.01))
        self._pulse += 1 + missed
        self._recent.append((self._pulse, now, max(-_COUNTED, min(error / deviation, _COUNTED))))
        taken = error if self.learned < 2 else max(-_CLIP * deviation, min(error, _CLIP * deviation))
        self.time += (1 + missed) * self.period + phase * taken
        self.period = self._within(self.period + tempo * taken)
        self._widen(error)
        self.learned += 1
        self._agreed += 1
        if (span := self._turned()) is not None:
            self._refit(_REACH * span)

    def slipped(self) -> int:
        """How many pulses too few were counted, once that is certain; negative: too many. Told once."""
        if self._left is None:
            return 0
        pulse, time, period = self._left
        if min(self._pulse - pulse, self.learned) < _CERTAIN:
            return 0
        self._left = None
        missed = (self.time - time) / period - (self._pulse - pulse)
        same = abs(self.period / period - 1) < _SAME and abs(missed - round(missed)) < _WHOLE
        return round(missed) if same else 0

    def _widen(self, error: float) -> None:
        """The mean error, by how much two that follow each other differ: what both share is no jitter."""
        apart = abs(error - self._error) / math.sqrt(2)
        self.spread += (min(apart, _TAKEN * self.spread) - self.spread) / _MEMORY
        self._error = error

    def _gains(self) -> tuple[float, float]:
        """What share of a pulse's error corrects the phase, and what share the period."""
        line = (self.learned + 1) * (self.learned + 2)
        steady = min(_WANDER / max(_DEVIATION * self.spread, _FINEST), _WIDEST**2 / 2)
        return (
            max(2 * (2 * self.learned + 1) / line, math.sqrt(2 * steady)),
            max(6 / line, steady),
        )

    def _turned(self) -> int | None:
        """Over how many of the last pulses the errors add up as at one tempo they do not, if they do."""
        if self.learned <= _FEWEST:
            return None
        total, count = 0.0, 0
        for _, _, error in reversed(self._recent):
            total, count = total + error, count + 1
            if count in _SPANS and abs(total) > _SURE * math.sqrt(count):
                return count
        return None

    def _refit(self, most: int) -> None:
        """Another line: through the most pulses that lie on one, up to so many."""
        deviation = max(_DEVIATION * self.spread, _FINEST)
        for count in reversed(_SPANS):
            if not _FEWEST <= count <= min(most, len(self._recent)):
                continue
            line = self._fit(count)
            rare = 1 + 2 / math.sqrt(count)
            if line.deviation < rare * deviation and self._shortest <= line.period <= self._longest:
                if self._left is None:
                    self._left = self._pulse, self.time, self.period
                self.time, self.period, self.learned = line.time, line.period, count
                last = islice(self._recent, len(self._recent) - count, None)
                self._recent = deque([(k, at, 0.0) for k, at, _ in last], _SPANS[-1])
                return

    def _fit(self, count: int) -> Line:
        """The line through the last pulses."""
        last, now, _ = self._recent[-1]
        points = [(k - last, at - now) for k, at, _ in islice(self._recent, len(self._recent) - count, None)]
        x = sum(k for k, _ in points) / count
        y = sum(at for _, at in points) / count
        slope = sum((k - x) * (at - y) for k, at in points) / sum((k - x) ** 2 for k, _ in points)
        rest = sum((at - y - slope * (k - x)) ** 2 for k, at in points)
        return Line(now + y - slope * x, slope, math.sqrt(rest / (count - 2)))

    def _within(self, period: float) -> float:
        return min(max(period, self._shortest), self._longest)
