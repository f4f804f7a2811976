"""What the peers of an Ableton Link session agree on, and what becomes of the music by it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from bandmate.daemon.clock.timeline import FASTEST, SLOWEST, TICKS_PER_BEAT, TICKS_PER_STEP, Timeline


@dataclass(frozen=True)
class Session:
    """At a time, in seconds of our clock, the session is at a beat, counted from a bar line that all share;
    its tempo in beats a minute; whether a peer has pressed play, and how many other peers there are."""

    time: float
    beat: float
    bpm: float
    playing: bool
    peers: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.time) and math.isfinite(self.beat) and self.bpm > 0):
            raise ValueError("a session without a time, a beat and a tempo is none")

    def line(self, factor: float) -> Timeline:
        """The session's time line, in ticks that are so many times as fast as its own."""
        bpm = min(max(self.bpm * factor, SLOWEST), FASTEST)
        return Timeline.at(bpm, self.beat * TICKS_PER_BEAT * factor, self.time)


class Turn(Enum):
    """What a report of a session means for the music."""

    NOTHING = "nothing"
    BEGIN = "begin"
    FOLLOW = "follow"
    JUMP = "jump"
    STOP = "stop"
    ALONE = "alone"


class Peers:
    """Reports of a session in, turns out. `linked`: the music goes by it."""

    def __init__(self, factor: float) -> None:
        self.linked = False
        self.session: Session | None = None
        self._factor = factor
        self._base = 0.0

    @property
    def there(self) -> bool:
        """Whether there are others to go by."""
        return self.session is not None and self.session.peers > 0

    @property
    def playing(self) -> bool:
        """Whether one of them has pressed play."""
        return self.there and self.session is not None and self.session.playing

    def hear(self, session: Session, now: float, line: Timeline | None) -> Turn:
        """A report arrived; line: of our music, None while it stands still."""
        played, self.session = self.playing, session
        if not self.there:
            return Turn.ALONE if self.linked else Turn.NOTHING
        if played and not self.playing and self.linked:
            return Turn.STOP
        if line is None:
            return Turn.BEGIN if self.playing and not played else Turn.NOTHING
        if not self.linked:
            return Turn.JUMP
        moved = abs(self.ours().position(now) - line.position(now)) > TICKS_PER_STEP
        return Turn.JUMP if moved else Turn.FOLLOW

    def bar(self, now: float, ticks: int) -> float:
        """How many of our ticks the session is past a bar line of so many ticks."""
        assert self.session is not None
        return self.session.line(self._factor).position(now) % ticks

    def take_up(self, now: float, tick: float) -> None:
        """Go by the session; the music is at a tick now."""
        assert self.session is not None
        self._base = tick - self.session.line(self._factor).position(now)
        self.linked = True

    def ours(self) -> Timeline:
        """The session's time line in ticks of our music."""
        assert self.session is not None
        line = self.session.line(self._factor)
        return Timeline(line.tick + self._base, line.time, line.period)
