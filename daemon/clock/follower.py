"""A DAW's MIDI clock, followed."""

from __future__ import annotations

import math
from collections import deque

from bandmate.daemon.clock.timeline import (
    FASTEST,
    SLOWEST,
    TICKS_PER_BEAT,
    TICKS_PER_STEP,
    Timeline,
    period_of,
)

SILENCE = 2.0
SETTLED = 12
_BANDWIDTH = 0.07  # radians a pulse; the loop then averages over about a beat
_RECALLED = 6  # pulses' worth of trust in the old tempo when the phase begins anew
_LARGE = 0.3  # periods; an error as large as this, and twice, is no jitter
_LOST = 0.75  # periods; later than this, a pulse has been lost
_EARLY = 0.6  # periods; earlier than this, and close behind another, a pulse is a double
_CLOSE = 0.25  # periods
_CLOSE_SECONDS = 0.003
_BURST = 0.5  # periods between pulses that were held up
_ALIKE = 1.4  # ratio of two intervals of one tempo, at most
_SPREAD = 0.002  # seconds; the mean error to begin with
_RARE = 4.0  # times the mean error: about three standard deviations
_UNHEARD = 5.0  # times the mean error: about four


def _gains(learned: int) -> tuple[float, float]:
    """What share of a pulse's error corrects the phase, and what share the period."""
    line = (learned + 1) * (learned + 2)
    return (
        max(2 * (2 * learned + 1) / line, math.sqrt(2) * _BANDWIDTH),
        max(6 / line, _BANDWIDTH**2),
    )


def _clip(period: float) -> float:
    return min(max(period, period_of(FASTEST)), period_of(SLOWEST))


class Follower:
    """Clock pulses in, a `Timeline` out.

    Arrivals pass a second-order delay-locked loop (Fons Adriaensen, "Using a DLL to filter time", 2005). Its
    gains begin as those of a straight line fitted to all pulses so far and settle on the loop's own, so it is
    close after a few pulses and steady later. Pulses teach the tempo also while the song stands still.

    A gap of up to a beat counts as pulses that were lost; two gaps alike, one after the other, are a slower
    tempo. A longer gap halts the count, as a pause would. A pulse on the heels of another counts once, and
    pulses that were held up and come in a burst count as those that seemed lost.
    """

    def __init__(self, bpm: float = 120.0) -> None:
        """`bpm` is assumed until two pulses have come."""
        self._period = period_of(bpm)
        self._arrivals: deque[float] = deque(maxlen=2)
        self._heard = -math.inf
        self._filtered = 0.0
        self._learned = 0
        self._spread = _SPREAD
        self._strike = 0.0
        self._lost = 0  # ticks counted for pulses that have not come, and may yet
        self._jump = 0  # of these, the last late pulse's
        self._owed = 0  # pulses that may be held up while the tempo is too uncertain to count for them
        self._next = 0
        self._running = False
        self._timeline: Timeline | None = None

    @property
    def running(self) -> bool:
        """Between Start or Continue and Stop."""
        return self._running

    @property
    def timeline(self) -> Timeline | None:
        """Where the song is; None while it stands and until the first pulse after Start or Continue."""
        return self._timeline

    @property
    def tick(self) -> int:
        """The tick of the pulse that comes next."""
        return self._next

    @property
    def bpm(self) -> float:
        """The tempo as far as it is known."""
        return 60.0 / (TICKS_PER_BEAT * self._period)

    @property
    def locked(self) -> bool:
        """Half a beat of pulses agrees with the tempo."""
        return self._learned >= SETTLED

    def alive(self, now: float) -> bool:
        """Whether the clock has been heard in the last two seconds; if not, the caller stops the song."""
        return now - self._heard <= SILENCE

    def start(self, now: float) -> None:
        """Play from the top: the next pulse is tick 0."""
        self._next = 0
        self.cont(now)

    def cont(self, now: float) -> None:
        """Play on: the next pulse is the tick at which the song stands."""
        self._heard = now
        self._running, self._timeline, self._lost = True, None, 0

    def stop(self, now: float) -> None:
        """Stand still; the tick is kept."""
        self._heard = now
        self._running, self._timeline, self._lost = False, None, 0

    def position(self, step: int, now: float) -> None:
        """Put the song at a step; while it runs, the pulse expected next becomes that step's tick."""
        self._heard = now
        self._next, self._lost = step * TICKS_PER_STEP, 0
        if self._timeline is not None:
            self._timeline = Timeline(self._next, self._filtered + self._period, self._period)

    def take_up(self, tick: int, now: float) -> None:
        """Play on: the next pulse is a tick."""
        self._next = tick
        self.cont(now)

    def join(self, now: float) -> None:
        """Play from the top in the midst of pulses: the one nearest to now is tick 0. It must be locked."""
        self._heard, self._running, self._lost = now, True, 0
        missing = math.floor((now - self._filtered) / self._period + 0.5)
        self._timeline = Timeline(0, self._filtered + missing * self._period, self._period)
        self._next = 1 - missing

    def pulse(self, now: float) -> None:
        """A pulse arrived."""
        armed = self._running and self._timeline is None
        double = not armed and self._is_double(now)
        self._heard = now
        if double:
            self._take_in()
            return
        self._learn(now, armed)
        self._arrivals.append(now)
        if self._running:
            self._timeline = Timeline(self._next, self._filtered, self._period)
            self._next += 1

    def _take_in(self) -> None:
        """A pulse on the heels of another: one that was held up, or the same again."""
        if self._lost:
            self._lost -= 1
        elif self._owed:
            self._owed -= 1
            if self._running:
                self._timeline = Timeline(self._next, self._filtered, self._period)
                self._next += 1

    def _error(self, now: float) -> float:
        return now - self._filtered - self._period

    def _beyond(self, periods: float, spreads: float) -> float:
        """So many periods in seconds, or more where the jitter is such that less would mean nothing."""
        return max(periods * self._period, spreads * self._spread)

    def _is_double(self, now: float) -> bool:
        if not self._arrivals:
            return False
        error = self._error(now)
        if self._lost and now - self._heard < _BURST * self._period and error < -_CLOSE * self._period:
            return True
        close = now - self._arrivals[-1] < min(_CLOSE * self._period, _CLOSE_SECONDS)
        return close and error < -self._beyond(_EARLY, _UNHEARD)

    def _learn(self, now: float, armed: bool) -> None:
        error = self._error(now)
        large = abs(error) > self._beyond(_LARGE, _RARE)
        if not self._arrivals or error > TICKS_PER_BEAT * self._period or (armed and large):
            self._begin(now)
        elif self._learned > 1 and large and error * self._strike > 0 and self._alike(now):
            self._begin_again(now)
        else:
            known = self._learned > 1
            self._strike = error if known and large else 0.0
            late = error > self._beyond(_LOST, _UNHEARD)
            missing = round(error / self._period) if late else 0
            self._jump = missing if self.locked else 0
            self._lost = self._lost + self._jump if late else 0
            self._owed = missing if known and late and not self.locked else self._still_owed(now)
            self._correct(error - self._jump * self._period)

    def _begin(self, now: float) -> None:
        """A new phase; of the tempo a little is remembered."""
        self._filtered, self._strike = now, 0.0
        self._lost = self._jump = self._owed = 0
        self._learned = min(self._learned + 1, _RECALLED)

    def _still_owed(self, now: float) -> int:
        """Held-up pulses that may yet come when one has: none if it came by itself."""
        alone = now - self._arrivals[-1] > _CLOSE * self._period
        return 0 if alone else max(self._owed - 1, 0)

    def _alike(self, now: float) -> bool:
        """Whether the last two intervals are of one tempo."""
        before, last = self._arrivals[-1] - self._arrivals[-2], now - self._arrivals[-1]
        return max(before, last) < _ALIKE * min(before, last)

    def _begin_again(self, now: float) -> None:
        """A new tempo, from the last three pulses; what seemed lost before it was not."""
        if self._running:
            self._next -= self._jump
        first, second = self._arrivals
        owed = round((now - first) / self._period) - 2
        self._period = _clip((now - first) / 2)
        self._filtered = (first + second + now) / 3 + self._period
        self._learned, self._strike = 3, 0.0
        self._lost = self._jump = 0
        # Two pulses that were held up alike look like a slower tempo; then others come on their heels.
        self._owed = max(owed, 0)

    def _correct(self, error: float) -> None:
        phase, tempo = _gains(self._learned)
        if self._running:
            self._next += self._jump
        self._filtered += (1 + self._jump) * self._period + phase * error
        self._period = _clip(self._period + tempo * error)
        self._spread += (min(abs(error), 2 * self._spread) - self._spread) / TICKS_PER_BEAT
        self._learned += 1
