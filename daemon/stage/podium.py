"""What the conductor does when something arrives or is due: clock-free but for the clock that it is given."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection
from typing import NamedTuple, Protocol

from bandmate.bridge.events import Event
from bandmate.bridge.outputs import Sink
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import LEAD
from bandmate.daemon.engine.status import Status
from bandmate.daemon.ports.echo import Echo
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.stage.surface import Surface
from bandmate.daemon.stage.trouble import Trouble
from bandmate.presets.preset import Preset

MARGIN = 0.008
LONGEST_LEAD = 0.2
IDLE = 1.0
GAP = 2.0
"""Seconds by which a turn must be overdue, or for which the machine must have slept, to be a gap: less is a
busy machine, whose late notes are dropped one by one."""

Say = Callable[[str], None]
Sent = Callable[[Due, float, float], None]
Decided = Callable[[float, float], None]
Heard = Callable[[Event, float], None]
Turned = Callable[[float], None]


class Ears(NamedTuple):
    """Who hears what on the performance's own thread; None where nobody does. sent: every event with the
    times, in seconds, at which it was due and at which it left; decided: of every decision the seconds that
    it took, and the lead by then; heard: every event that came in, and when, after the engine; turned: each
    time that the thread came round, the time."""

    sent: Sent | None = None
    decided: Decided | None = None
    heard: Heard | None = None
    turned: Turned | None = None


class Crew(Protocol):
    """Who takes the decisions, as `Worker` does."""

    def employ(self, key: str, accompanist: Accompanist) -> None:
        """Requests for the preset of this key go to this accompanist."""

    def retain(self, keys: Collection[str]) -> None:
        """Let all others go."""

    def submit(self, request: Request) -> None:
        """Take a decision."""

    def busy(self) -> float:
        """For how many seconds the decision at hand has been taken; 0 without one."""

    def relieve(self) -> None:
        """Wait for the decision at hand no longer."""


DEAF = Ears()


class Podium:
    """Stands between an engine and the world: echoes, faults of the generator, and gaps in time.

    Law: `turn` is called when `deadline` comes, or later when a machine stands still; after a gap what sounds
    has ended before anything else leaves, and nothing that fell into the gap does. One thread owns it.
    """

    def __init__(
        self,
        engine: Engine,
        output: Sink,
        crew: Crew,
        say: Say,
        now: Callable[[], float],
        slept: Callable[[], float],
        ears: Ears = DEAF,
        surface: Surface | None = None,
    ) -> None:
        """now, slept: as in `bridge.clock`; the others as in `Conductor`."""
        self.engine = engine
        self._output, self._crew, self._say, self._ears = output, crew, say, ears
        self._now, self._slept, self._surface = now, slept, surface
        self.wish: Callable[[int], None] = lambda program: None
        self._echo, self._trouble = Echo(), Trouble()
        self._seconds: deque[float] = deque(maxlen=200)
        self._turned, self._asleep = now(), slept()
        self._due = self._turned + IDLE
        self.status: Status = engine.status(self._turned)

    def deadline(self) -> float:
        """When to turn next, in seconds; at the latest in a second."""
        due = self.engine.deadline(self._now())
        idle = self._now() + IDLE
        self._due = idle if due is None else min(due, idle)
        if self._surface is not None:
            self._due = min(self._due, self._surface.due(self._due))
        return self._due

    def turn(self) -> None:
        """Do what is due."""
        self._wake()
        moment = self._now()
        actions = self.engine.advance(moment)
        self._send(actions.events)
        for request in actions.requests:
            self._crew.submit(request)
        self._crew.retain(self.engine.band.keys)
        for program in actions.wishes:
            self.wish(program)
        if self._trouble.overdue(self._crew.busy()):
            self._crew.relieve()
        for sentence in (*actions.remarks, *self._trouble.remarks()):
            self._say(sentence)
        standing = self.engine.timeline is None
        if actions.requests or standing != (self.status.bar == 0):
            self.status = self.engine.status(moment)
        if self._surface is not None:
            self._show(self._surface)
        if self._ears.turned is not None:
            self._ears.turned(moment)

    def receive(self, event: Event, arrival: float, *, certain: bool = False) -> None:
        """An event arrived; certain: it can't be one of the band's own coming back."""
        self._wake()
        if not certain and self._echo.explains(event, arrival):
            return
        if self._surface is not None:
            self._surface.hear(event, arrival)
        self.engine.receive(event, arrival)
        if self._ears.heard is not None:
            self._ears.heard(event, arrival)

    def arm(self, preset: Preset, key: str, accompanist: Accompanist) -> None:
        """A preset is ready."""
        self._crew.employ(key, accompanist)
        self.engine.arm(preset, key)

    def take(self, answer: Answer) -> None:
        """A decision came back."""
        self._seconds.append(answer.seconds)
        band, before = self.engine.band, self.engine.band.late
        if len(self._seconds) >= 8:
            band.lead = min(max(self.p95() + MARGIN, LEAD / 2), LONGEST_LEAD)
        if self._ears.decided is not None:
            self._ears.decided(answer.seconds, band.lead)
        self.engine.answer(answer, self._now())
        self._trouble.answered(late=band.late > before)

    def excuse(self, error: Exception) -> None:
        """A decision could not be taken."""
        self._trouble.failed(error)

    def greet(self) -> None:
        """Send the parts' sounds again: the instruments have come back."""
        self.engine.band.desk.greet()

    def pause(self) -> None:
        """The music stands still until `resume`."""
        self.engine.pause(self._now())

    def resume(self) -> None:
        """The music may go on."""
        self.engine.resume(self._now())

    def panic(self) -> None:
        """Release everything that sounds, in every way that synths heed; the music goes on."""
        moment = self._now()
        self.engine.band.desk.panic(self.engine.transport.tick(moment))

    def stop(self) -> None:
        """Release what sounds, for good."""
        self._send(self.engine.stop(self._now()))

    def p95(self) -> float:
        """Seconds within which 95 of 100 recent decisions were taken; 0 before the first."""
        ordered = sorted(self._seconds)
        return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else 0.0

    def _wake(self) -> None:
        """If the machine stood still since the last turn, be it asleep or we, end what has sounded on."""
        now, asleep = self._now(), self._slept()
        gap = max(now - self._due, 0.0) + max(asleep - self._asleep, 0.0)
        if gap >= GAP:
            told = f"the machine stood still for {gap:.1f} s"
            if self.engine.timeline is not None:
                told += "; the band comes in again on a bar line, or with your next note"
            self._send(self.engine.wake(self._turned, now))
            self._say(told)
        self._turned, self._asleep, self._due = now, asleep, now + IDLE

    def _show(self, surface: Surface) -> None:
        """Show where things stand, if that is due and no note is."""
        if self._now() >= surface.due(self.engine.deadline(self._now())):
            for event in surface.show(self.engine.panel(self._now()), self._now()):
                self._echo.send(event, self._now())

    def _send(self, events: list[Due]) -> None:
        for due in events:
            self._echo.send(due.event, self._now())
            self._output.send(due.event)
            if self._ears.sent is not None:
                left, meant = self._now(), self.engine.meant(due)
                self._ears.sent(due, left if meant is None else meant, left)
