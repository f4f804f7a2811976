"""A DAW's MIDI clock, followed."""

from __future__ import annotations

import math
from collections import deque

from bandmate.daemon.clock.loop import Loop
from bandmate.daemon.clock.timeline import (
    FASTEST,
    SLOWEST,
    TICKS_PER_BEAT,
    TICKS_PER_STEP,
    Timeline,
    period_of,
)

SILENCE = 2.0
_LARGE = 0.3  # periods; an error as large as this, and twice, is no jitter
_LOST = 0.6  # periods; later than this, a pulse has been lost
_DUE = 0.25  # periods before it is due in which a pulse may come
_APART = 1.5  # periods between two pulses of which one between was lost
_EARLY = 0.6  # periods; earlier than this, and close behind another, a pulse is a double
_CLOSE = 0.25  # periods
_CLOSE_SECONDS = 0.0015
_BURST = 0.5  # periods between pulses that were held up
_ALIKE = 1.4  # ratio of two intervals of one tempo, at most
_OTHER = 1.5  # ratio of intervals of two tempos, told from two of them
_RARE = 4.0  # times the mean error: about three standard deviations
_UNHEARD = 5.0  # times the mean error: about four
_NEVER = 6.0  # times the mean error: nothing that is no double
_WHOLE = 0.06  # periods, and for each a hundredth, that a gap may differ from whole ones
_SHAKEN = 4.0  # times the mean error: about three standard deviations of an interval
_STOOD = 0.08  # periods; a clock that stood still for less is not told from jitter
_STUMBLES = 384  # pulses for which a clock that stood still once may do so again; twice as many each time
_OFTEN = 10  # times that this doubles
_WAITS = 3  # pulses until one that seemed lost is
_HABIT = 3  # pulses that came twice in the first half beat; if there are more, all do


class Follower:
    """Clock pulses in, a `Timeline` out.

    Each pulse is a tick of the clock's; our ticks may be more or fewer. Arrivals pass a loop that smooths
    them (`Loop`); decided here is which pulse is which tick. Pulses teach the tempo also while the song
    stands still.

    A gap of up to a beat counts as pulses that were lost; two gaps alike, one after the other, are a slower
    tempo. A longer gap halts the count, as a pause would. A pulse on the heels of another counts once, and
    pulses that were held up and come in a burst count as those that seemed lost. A clock that stands still
    for a while, as a DAW's does whose audio stumbles, loses none; for 16 beats from then on, and longer each
    time, nothing counts as lost. Until half a beat of pulses agrees with the tempo none is taken for lost,
    and those on the heels of another are counted by then.
    """

    def __init__(self, bpm: float = 120.0, factor: float = 1.0) -> None:
        """bpm: our tempo, assumed until two pulses have come; factor: how many times the clock's it is."""
        periods = (period_of(tempo) * factor for tempo in (bpm, FASTEST, SLOWEST))
        self._loop = Loop(*periods)
        self._factor = factor
        self._arrivals: deque[float] = deque(maxlen=2)
        self._heard = -math.inf
        self._strike = 0.0
        self._lost = 0  # ticks counted for pulses that have not come, and may yet
        self._waited = 0  # pulses since then
        self._jump = 0  # of these, the last late pulse's
        self._owed = 0  # pulses that may be held up and were not counted
        self._distrust = 0  # pulses for which a clock that stood still may do so again
        self._stumbles = 0
        self._heels = 0  # pulses in a row that came on the heels of another and were not expected
        # While the clock is learned, what went before those that were not counted.
        self._gaps: list[float] = []
        self._next = 0
        self._running = False
        self._timeline: Timeline | None = None

    @property
    def running(self) -> bool:
        """Between Start or Continue and Stop."""
        return self._running

    @property
    def timeline(self) -> Timeline | None:
        """Where the song is, in our ticks; None while it stands, and from Start or Continue to a pulse."""
        return self._timeline

    @property
    def tick(self) -> int:
        """The tick of the pulse that comes next, of the clock's."""
        return self._next

    @property
    def bpm(self) -> float:
        """Our tempo as far as it is known."""
        return 60.0 * self._factor / (TICKS_PER_BEAT * self._loop.period)

    @property
    def locked(self) -> bool:
        """Half a beat of pulses agrees with the tempo."""
        return self._loop.locked

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
        self._gaps.clear()
        self._heels = 0

    def stop(self, now: float) -> None:
        """Stand still; the tick is kept."""
        self._heard = now
        self._running, self._timeline, self._lost = False, None, 0

    def position(self, step: int, now: float) -> None:
        """Put the song at a step; while it runs, the pulse expected next becomes that step's tick."""
        self._heard = now
        self._next, self._lost = step * TICKS_PER_STEP, 0
        if self._timeline is not None:
            self._timeline = self._line(self._next, self._loop.time + self._loop.period)

    def take_up(self, tick: int, now: float) -> None:
        """Play on: the next pulse is a tick."""
        self._next = tick
        self.cont(now)

    def join(self, now: float) -> None:
        """Play from the top in the midst of pulses: the one nearest to now is tick 0. It must be locked."""
        self._heard, self._running, self._lost = now, True, 0
        loop = self._loop
        missing = math.floor((now - loop.time) / loop.period + 0.5)
        self._timeline = self._line(0, loop.time + missing * loop.period)
        self._next = 1 - missing

    def pulse(self, now: float) -> None:
        """A pulse arrived."""
        armed = self._running and self._timeline is None
        double = not armed and self._is_double(now)
        self._heard = now
        if double:
            self._take_in(now)
            return
        self._heels = 0
        self._learn(now, armed)
        self._arrivals.append(now)
        if self._running:
            self._count(1)

    def _count(self, pulses: int) -> None:
        """So many pulses are ticks of the song; the loop stands at the last of them."""
        if self._running:
            self._next += pulses
            self._timeline = self._line(self._next - 1, self._loop.time)

    def _line(self, tick: int, time: float) -> Timeline:
        """A tick of the clock at a time, as our line."""
        return Timeline(tick * self._factor, time, self._loop.period / self._factor)

    def _take_in(self, now: float) -> None:
        """A pulse on the heels of another: one that was held up, or the same again. No slower tempo, then."""
        self._strike = 0.0
        if self._lost:
            self._lost -= 1
        elif self._owed:
            self._owed -= 1
            self._count(1)
        else:
            self._heels += 1
            if self._heels == 1:
                self._gaps.append(self._arrivals[-1] - self._arrivals[0])
                return
            # Nobody sends a pulse three times: the one before was none that came twice, either.
            first = self._heels == 2
            if first:
                self._gaps.pop()
            if not self.locked:
                self._loop.begin(now, learned=0)
            self._count(1 + first)

    def _beyond(self, periods: float, spreads: float) -> float:
        """So many periods in seconds, or more where the jitter is such that less would mean nothing."""
        return max(periods * self._loop.period, spreads * self._loop.spread)

    def _is_double(self, now: float) -> bool:
        if not self._arrivals:
            return False
        error, period = self._loop.error(now), self._loop.period
        if self._lost and now - self._heard < _BURST * period and error < -_CLOSE * period:
            return True
        close = now - self._arrivals[-1] < min(_CLOSE * period, _CLOSE_SECONDS)
        return close and error < -self._beyond(_EARLY, _NEVER)

    def _learn(self, now: float, armed: bool) -> None:
        loop = self._loop
        error = loop.error(now)
        large = abs(error) > self._beyond(_LARGE, _RARE)
        afresh = armed and abs(error) > self._beyond(0.0, _RARE)
        known = loop.learned > 1
        unheard = not self._arrivals or loop.learned == 0
        if unheard or error > TICKS_PER_BEAT * loop.period or afresh:
            self._begin(now, error if known and not armed else 0.0)
        elif known and large and error * self._strike > 0 and self._alike(now) and self._other(now):
            self._begin_again(now, error)
        else:
            self._strike = error if known and large else 0.0
            self._follow(now, error, known and error > self._beyond(_LOST, _UNHEARD))

    def _begin(self, now: float, error: float) -> None:
        """A new phase, after a pause. If that was none, what it held up comes now."""
        self._lost = self._jump = 0
        self._owed = round(error / self._loop.period)
        self._strike = 0.0
        self._loop.begin(now)

    def _follow(self, now: float, error: float, late: bool) -> None:
        """A pulse in its place, be others lost before it. While little is known, a late one tells nothing."""
        loop = self._loop
        before, last = loop.locked, now - self._arrivals[-1]
        apart = last > _APART * loop.period + _UNHEARD * loop.spread
        self._notice(last)
        lost = late and apart and self._is_whole(last) and not self._distrust
        missing = math.floor(error / loop.period + _DUE) if lost else 0
        self._jump = missing if loop.locked else 0
        self._waited = 0 if missing else self._waited + 1
        self._lost = self._lost + self._jump if self._waited < _WAITS else 0
        self._owed = 0 if last > _CLOSE * loop.period else max(self._owed - 1, 0)
        if self._running:
            self._next += self._jump
        if late and not loop.locked:
            loop.skip()
        else:
            loop.correct(now, self._jump)
            slipped = loop.slipped()
            self._next += slipped if self._running and not self._distrust else 0
        if loop.locked and not before and self._running:
            self._next += self._uncounted()
        if loop.locked:
            self._gaps.clear()

    def _notice(self, last: float) -> None:
        """Distrust the clock for some pulses if it stood still before the pulse before this one, which came
        `last` seconds ago: after that others come as usual, while one that was held up itself has the next on
        its heels. Each time this is called is a pulse less of distrust."""
        self._distrust = max(self._distrust - 1, 0)
        if len(self._arrivals) < 2 or not self._loop.locked:
            return
        period, gap = self._loop.period, self._arrivals[-1] - self._arrivals[-2]
        jitter = max(_STOOD * period, _NEVER * self._loop.spread)
        if gap - period > jitter and not self._is_whole(gap) and last > period - jitter / 3:
            self._distrust = _STUMBLES << min(self._stumbles, _OFTEN)
            self._stumbles += 1

    def _is_whole(self, gap: float) -> bool:
        """Whether a gap is of whole periods, as one is in which pulses were lost."""
        whole = round(gap / self._loop.period)
        far = abs(gap - whole * self._loop.period)
        return far < max((_WHOLE + whole / 100) * self._loop.period, _SHAKEN * self._loop.spread)

    def _uncounted(self) -> int:
        """Of the pulses on the heels of another while the tempo was learned, those that had been held up."""
        if len(self._gaps) > _HABIT:
            return 0
        ratios = [gap / self._loop.period for gap in self._gaps]
        return sum(not _BURST < ratio < _APART for ratio in ratios)

    def _alike(self, now: float) -> bool:
        """Whether the last two intervals are of one tempo."""
        before, last = self._arrivals[-1] - self._arrivals[-2], now - self._arrivals[-1]
        return max(before, last) < _ALIKE * min(before, last)

    def _other(self, now: float) -> bool:
        """Whether that is quite another tempo, or the phase another one."""
        ratio = (now - self._arrivals[-2]) / (2 * self._loop.period)
        return not self._loop.locked or not 1 / _OTHER < ratio < _OTHER

    def _begin_again(self, now: float, error: float) -> None:
        """A new tempo, from the last three pulses; what seemed lost before it was not."""
        loop = self._loop
        first, second = self._arrivals
        held = round((now - first) / loop.period) - 2
        if self._running:
            self._next -= self._jump
            # At the same tempo they are late by pulses that were lost.
            lost = held == 0 and not self._distrust
            self._next += max(round(error / loop.period), 0) if lost else 0
        period = (now - first) / 2
        loop.settle((first + second + now) / 3 + period, period, 3)
        self._strike = 0.0
        self._lost = self._jump = 0
        # Two pulses that were held up alike look like a slower tempo; then others come on their heels.
        self._owed = max(held, 0)
