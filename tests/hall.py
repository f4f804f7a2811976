"""A podium in virtual time, a crew that may be late, fail or never answer, and synths that may vanish."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import count
from typing import Any, NamedTuple

from bandmate.bridge.events import Event, NoteOff, NoteOn
from bandmate.bridge.names import PortError
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.ports.outlet import Outlet
from bandmate.daemon.ports.sounding import Sounding
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.stage.podium import Ears, Podium

NEVER = float("inf")


class Time:
    """A clock that is set by hand; slept: for how long it stood still."""

    def __init__(self) -> None:
        self.now = self.slept = 0.0


class Deed(NamedTuple):
    """What comes of a request: an answer, or an error, and the seconds until then."""

    seconds: float
    outcome: Answer | Exception


class Crew:
    """One decision at a time, the newest first, as `Worker` has it."""

    def __init__(self, time: Time, act: Callable[[Request], Deed]) -> None:
        self.keys: set[str] = set()
        self.asked = 0
        self._time, self._act = time, act
        self._since: float | None = None
        self._at: Deed | None = None
        self._waiting: Request | None = None
        self._away: set[str] = set()
        self._preset = ""

    def employ(self, key: str, accompanist: Any) -> None:
        self.keys.add(key)

    def retain(self, keys: Collection[str]) -> None:
        self.keys &= set(keys)

    def submit(self, request: Request) -> None:
        self.asked += 1
        self._waiting = request
        self._begin()

    def busy(self) -> float:
        return 0.0 if self._since is None else self._time.now - self._since

    def relieve(self) -> None:
        self._away.add(self._preset)
        self._since = self._at = self._waiting = None

    def return_all(self) -> None:
        """Those who did not come back are there again."""
        self._away.clear()

    def ready(self) -> float:
        """When the decision at hand is taken."""
        return NEVER if self._since is None or self._at is None else self._since + self._at.seconds

    def finish(self) -> Answer | Exception:
        """The decision at hand."""
        assert self._at is not None
        outcome = self._at.outcome
        self._since = self._at = None
        self._begin()
        return outcome

    def _begin(self) -> None:
        if self._since is None and self._waiting is not None:
            request, self._waiting = self._waiting, None
            if request.preset in self.keys - self._away:
                self._since, self._at, self._preset = self._time.now, self._act(request), request.preset


class Synth:
    """Sounds what it is told; it may be pulled out, and sounds on."""

    def __init__(self) -> None:
        self.sounding: Counter[tuple[int, int]] = Counter()
        self.struck = 0
        self.there = True
        self.record = Sounding()
        self._lost = False

    def send(self, event: Event) -> None:
        if not self.there:
            if not self._lost:
                self._lost = True
                raise PortError("gone")
            return
        match event:
            case NoteOn(channel, pitch):
                self.struck += 1
                self.sounding[channel, pitch] = 1
            case NoteOff(channel, pitch):
                self.sounding.pop((channel, pitch), None)

    def pull(self) -> None:
        """It vanishes; nobody has noticed yet."""
        self.there, self._lost = False, False

    def back(self) -> None:
        """It is there again."""
        self.there = True

    def close(self) -> None:
        """Who opened it closes it."""


class Happening(NamedTuple):
    """Something that happens at a time, in seconds."""

    time: float
    happen: Callable[[], None]


class Hall:
    """A podium, its crew, a synth behind an outlet, and what was said and sent."""

    def __init__(self, engine: Engine, act: Callable[[Request], Deed], key: str, output: Any = None) -> None:
        """output: another than the outlet to the one synth."""
        self.time, self.synth, self.said = Time(), Synth(), []  # type: ignore[var-annotated]
        self.sent: list[tuple[float, Event]] | None = []
        self.late = 0.0
        self.crew = Crew(self.time, act)
        self.crew.employ(key, None)
        self.outlet = Outlet(self._now)
        self.outlet.plug(self.synth, self.synth.record, heard=True)
        self.podium = Podium(
            engine,
            output or self.outlet,
            self.crew,
            self.said.append,
            self._now,
            self._slept,
            Ears(sent=self._sent),
        )
        self._serial = count()

    def run(
        self, happenings: Iterable[Happening | tuple[float, Callable[[], None]]], until: float = 0
    ) -> None:
        """Let things happen, in the order of their times, and play on until a time."""
        for when, happen in happenings:
            self.play(when)
            happen()
            self.podium.turn()
        self.play(until)

    def stop(self) -> None:
        """The end of the performance."""
        self.podium.stop()
        self.outlet.close()

    def play(self, until: float) -> None:
        """What is due until a time, which then is now; the clock may have been moved on already."""
        while True:
            due = min(self.podium.deadline(), self.crew.ready())
            if due >= until or self.time.now >= until:
                self.time.now = max(self.time.now, until)
                return
            self.time.now = max(self.time.now, due)
            while self.crew.ready() <= self.time.now:
                outcome = self.crew.finish()
                if isinstance(outcome, Answer):
                    self.podium.take(outcome)
                else:
                    self.podium.excuse(outcome)
            self.podium.turn()

    def _sent(self, due: Due, meant: float, left: float) -> None:
        if isinstance(due.event, NoteOn):
            self.late = max(self.late, left - meant)
        if self.sent is not None:
            self.sent.append((left, due.event))

    def _now(self) -> float:
        return self.time.now

    def _slept(self) -> float:
        return self.time.slept


def merged(*tables: Iterable[tuple[float, Callable[[], None]]]) -> list[tuple[float, Callable[[], None]]]:
    """Tables of happenings as one."""
    return list(heapq.merge(*tables, key=lambda each: each[0]))
