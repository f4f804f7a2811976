"""Where the music stands: the DAW's clock or our own, as one line of ticks that never runs back.

A DAW jumps, loops and starts again; what the band remembers does not. So each run of the song is laid
behind the one before it, shifted by whole groups of four bars: a step keeps its place in the bar and in
the phrase, and every later step has a higher number.
"""

from __future__ import annotations

import math
from dataclasses import replace
from enum import Enum

from bandmate.bridge.events import Continue, Event, Position, Pulse, Start, Stop
from bandmate.daemon.clock.follower import SILENCE, Follower
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.session import Peers, Session, Turn
from bandmate.daemon.clock.source import Clock, Speed
from bandmate.daemon.clock.timeline import Timeline, period_of
from bandmate.models.roll import BAR

GROUP_BARS = 4
BREATH = 0.25
"""Seconds from when the machine wakes to the bar line at which our own clock begins, about."""


class Change(Enum):
    """What a message or a moment did to the music. Afresh: from the top, so what was heard is over."""

    AFRESH = "afresh"
    RESUMED = "resumed"
    STOPPED = "stopped"


class Transport:
    """Messages and notes in, a Timeline in performance ticks out (None while the music stands still)."""

    def __init__(self, clock: Clock, bpm: float, metre: Metre, speed: Speed = Speed.NORMAL) -> None:
        """bpm: our own tempo; speed: by a DAW's clock, whose positions it scales too."""
        self.timeline: Timeline | None = None
        self._clock, self._bpm, self._factor = clock, bpm, speed.factor
        self._peers = Peers(self._factor)
        self._bar = metre.ticks_per_bar
        self._group = GROUP_BARS * metre.ticks_per_bar * max(BAR // metre.steps_per_bar, 1)
        self._follower = Follower(bpm, self._factor)
        self._shift = 0
        self._reached = 0
        self._expected = 0
        self._due: Change | None = None
        self._resting = True
        self._told = self._freewheeling = False
        self._remarks: list[str] = []

    @property
    def bpm(self) -> float:
        """The tempo now, in beats a minute."""
        return self._follower.bpm if self.timeline is None and self._follower.locked else self._tempo()

    @property
    def steady(self) -> bool:
        """Whether time goes on while nobody plays: the DAW's, or our own where it was set running."""
        return self._follower.running or not self._resting

    @property
    def leading(self) -> bool:
        """Whether our own clock runs, and not in place of a DAW's that was lost."""
        followed = self._follower.running or self._peers.linked or self._freewheeling
        return self.timeline is not None and not followed

    @property
    def song_shift(self) -> int:
        """What to take from a performance tick to get the DAW's song tick."""
        return self._shift

    def tick(self, now: float) -> int:
        """The performance tick at a time; while the music stands still, the one on which it halted."""
        return max(self._reached - 1, 0) if self.timeline is None else self.timeline.tick_at(now)

    def receive(self, event: Event, now: float) -> Change | None:
        """A transport message; any other event changes nothing."""
        if self._clock in (Clock.INTERNAL, Clock.LINK):
            return None
        follower = self._follower
        if isinstance(event, Start | Continue | Stop | Position):
            self._told, self._freewheeling = True, False
        match event:
            case Start():
                # Some DAWs send Start at every turn of a loop: what was heard still counts.
                change = Change.RESUMED if follower.running else Change.AFRESH
                follower.start(now)
                return self._halt(now, change)
            case Continue():
                follower.cont(now)
                return self._halt(now, Change.RESUMED)
            case Stop():
                follower.stop(now)
                return self._halt(now, None)
            case Position(step):
                follower.position(step, now)
                return self._halt(now, Change.RESUMED) if follower.running else None
            case Pulse():
                return self._pulse(now)
        return None

    def note(self, now: float) -> Change | None:
        """The player struck a note: while nothing else gives the time, it is a downbeat."""
        if self.timeline is not None:
            return None
        if self.leads(now):
            if self._follower.running:
                self._follower.stop(now)
            return self._lead(now)
        if self._clock is Clock.LINK:
            change = Change.RESUMED if self._reached else Change.AFRESH
            return self._enter(now, change, resting=not self._peers.playing)
        return self._join(now) if self._follower.alive(now) else None

    def leads(self, now: float) -> bool:
        """Whether the music stands, and nothing but our own clock would give the time."""
        if self.timeline is not None or self._clock is Clock.MIDI:
            return False
        heard = self._peers.there if self._clock is Clock.LINK else self._follower.alive(now)
        return self._clock is Clock.INTERNAL or not heard

    def session(self, session: Session, now: float) -> list[Change]:
        """What Link's peers agree on now."""
        if self._clock is not Clock.LINK:
            return []
        match self._peers.hear(session, now, self.timeline):
            case Turn.BEGIN:
                return [self._enter(now, Change.AFRESH, resting=False)]
            case Turn.JUMP:
                resting = self._resting and not session.playing
                return [*self._stood(now), self._enter(now, Change.RESUMED, resting=resting)]
            case Turn.FOLLOW:
                self._resting = self._resting and not session.playing
                self.timeline = self._peers.ours()
            case Turn.STOP:
                return self._stood(now)
            case Turn.ALONE:
                self._peers.linked = False
                self._freewheeling = self._resting = True
                self._remarks.append(f"no other Link peer is left; the band plays on at {self.bpm:.1f} bpm")
        return []

    def lapse(self, now: float) -> None:
        """Notice that the pulses have stopped coming: the music goes on at their tempo, on our own clock."""
        if self.timeline is None or not self._follower.running or self._follower.alive(now):
            return
        self._follower.stop(now)
        self._freewheeling = self._resting = True
        self._remarks.append(f"the clock has stopped coming; the band plays on at {self.bpm:.1f} bpm")

    def remarks(self) -> list[str]:
        """What there is to tell since the last time, in sentences."""
        told, self._remarks = self._remarks, []
        return told

    def lapses_at(self, now: float) -> float | None:
        """When `lapse` has to be asked, in seconds; None while no pulses are followed."""
        return now + SILENCE / 4 if self.timeline is not None and self._follower.running else None

    def rest(self, now: float) -> bool:
        """The band rests: on our own clock time stands still, and the next note will be the downbeat."""
        waits = self._resting and not self._follower.running
        return waits and self._halt(now, None) is Change.STOPPED

    def run(self, now: float, before: int = 0, *, resting: bool = False) -> Change:
        """Let our own clock run from the top, as a DAW's Start does: on through rests, unless `resting`.

        before: so many ticks go by until then, those of a count-in.
        """
        if self.timeline is not None:
            self._halt(now, None)
        if self._clock is Clock.LINK and self._peers.there:
            return self._enter(now, Change.AFRESH, resting=False)
        self._follower.stop(now)
        self._lay(-before)
        self._resting, self._freewheeling = resting, False
        self.timeline = Timeline.at(self.bpm, self._shift - before, now)
        return Change.AFRESH

    def wake(self, then: float, now: float) -> Change | None:
        """The machine stood still from `then` until now, so that nothing was played.

        The DAW's clock goes on with its next pulse, our own as if it was started anew, where it was set
        running, else with the player's next note.
        """
        if self._follower.running:
            self._halt(then, Change.RESUMED)
            return None
        bpm = self.bpm
        self._halt(then, None)
        if self._resting:
            return None
        before = round(BREATH / period_of(bpm))
        self.run(now, before)
        self.timeline = Timeline.at(bpm, self._shift - before, now)
        return Change.RESUMED

    def stop(self, now: float) -> Change | None:
        """Our own clock stands still."""
        return None if self._follower.running else self._halt(now, None)

    def retempo(self, now: float, bpm: float) -> None:
        """Our own clock goes at another tempo from now on."""
        self._bpm = bpm
        if self.timeline is not None and not self._follower.running and not self._peers.linked:
            self.timeline = self.timeline.retempo(now, bpm)

    def _lead(self, now: float) -> Change:
        """Our own clock starts."""
        self._lay(0)
        self._resting = True
        self.timeline = Timeline.at(self._bpm, self._shift, now)
        return Change.RESUMED if self._shift else Change.AFRESH

    def _enter(self, now: float, change: Change, *, resting: bool) -> Change:
        """Play by the Link session, whose bar lines are ours."""
        within = self._peers.bar(now, self._bar)
        self._lay(math.floor(within))
        self._peers.take_up(now, within + self._shift)
        self._resting, self._freewheeling = resting, False
        self.timeline = self._peers.ours()
        return change

    def _stood(self, now: float) -> list[Change]:
        halted = self._halt(now, None)
        return [] if halted is None else [halted]

    def _join(self, now: float) -> Change | None:
        """Play with pulses that come without ever a Start, as some machines send: a note is the downbeat."""
        follower = self._follower
        if self._told or not follower.locked or follower.running:
            return None
        follower.join(now)
        self._lay(0)
        assert follower.timeline is not None
        self._move(follower.timeline)
        return Change.RESUMED if self._shift else Change.AFRESH

    def _pulse(self, now: float) -> Change | None:
        follower = self._follower
        if self._freewheeling and self.timeline is not None:
            position = (self.timeline.position(now) - self._shift) / self._factor
            follower.take_up(math.floor(position + 0.5), now)
            self._remarks.append("the clock is back; the band follows it again")
        self._freewheeling = False
        follower.pulse(now)
        if not follower.running or follower.timeline is None:
            return self._halt(now, None) if self.timeline is not None and self._clock is Clock.AUTO else None
        change, self._due = self._due, None
        if change is not None:
            self._lay(math.ceil((follower.tick - 1) * self._factor))
        self._move(follower.timeline)
        return change

    def _move(self, line: Timeline) -> None:
        """Go by the clock's line, shifted."""
        self.timeline = replace(line, tick=line.tick + self._shift)
        self._expected = math.ceil(self._follower.tick * self._factor) + self._shift

    def _halt(self, now: float, then: Change | None) -> Change | None:
        """Stand still until the next pulse, which brings the change about."""
        self._due = then
        if self.timeline is None:
            return None
        reached = self.timeline.tick_at(now)
        if reached == self._expected:  # the next pulse was due, but the song was stopped before it
            reached -= 1
        self._reached = max(self._reached, reached + 1)
        self.timeline, self._peers.linked = None, False
        return Change.STOPPED

    def _lay(self, tick: int) -> None:
        """Choose the shift so that a song tick falls behind everything played so far."""
        behind = max(self._reached - tick, 0)
        self._shift = -(-behind // self._group) * self._group

    def _tempo(self) -> float:
        return self._bpm if self.timeline is None else self.timeline.bpm
