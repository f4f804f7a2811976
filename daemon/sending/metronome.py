"""What goes out beside the band while our own clock leads: a count-in, and the clock itself."""

from __future__ import annotations

from bandmate.bridge.events import Event, NoteOff, NoteOn, Pulse, Start, Stop
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.sending.schedule import Due, Schedule

CHANNEL = 10
FIRST, OTHER = 76, 77
"""The two wood blocks of General MIDI."""
LOUD, SOFT = 110, 80
CLICK = 4


class Metronome:
    """Ticks of the performance in, events out. The clock starts with the music, not with the count-in."""

    def __init__(self, grid: Grid, *, clock: bool) -> None:
        """clock: whether to send it."""
        self._grid, self._clock = grid, clock
        self._clicks = Schedule()
        self._sounding: list[Event] = []
        self._next: int | None = None
        self._started = False

    def count_in(self, tick: int, bars: int) -> None:
        """Click every beat of so many bars that end at a tick."""
        metre = self._grid.metre
        every = metre.sixteenths_per_beat * metre.ticks_per_bar // metre.sixteenths
        for beat in range(tick - bars * metre.ticks_per_bar, tick, every):
            first = (beat - tick) % metre.ticks_per_bar == 0
            pitch = FIRST if first else OTHER
            self._clicks.add(beat, NoteOn(CHANNEL, pitch, LOUD if first else SOFT))
            self._clicks.add(beat + CLICK, NoteOff(CHANNEL, pitch))

    def lead(self, tick: int) -> None:
        """Our own clock leads from a tick on, unless it already does."""
        if self._clock and self._next is None:
            self._next = tick

    def halt(self) -> list[Event]:
        """The music stands still, or a DAW leads: what has to be sent at once."""
        ends = [due.event for due in self._clicks.clear() if isinstance(due.event, NoteOff)]
        out: list[Event] = [event for event in ends if event in self._sounding]
        self._sounding.clear()
        out += [Stop()] if self._started else []
        self._next, self._started = None, False
        return out

    def next_tick(self) -> int | None:
        """The earliest tick that something waits for."""
        ticks = [tick for tick in (self._clicks.next_tick(), self._next) if tick is not None]
        return min(ticks, default=None)

    def due(self, tick: int, since: int) -> list[Due]:
        """All that is due up to and on a tick, in order; clicks of before `since` would be late, and are not
        struck."""
        out = []
        for at, event in self._clicks.pop(tick):
            if isinstance(event, NoteOn):
                if at < since:
                    continue
                self._sounding.append(NoteOff(event.channel, event.pitch))
            elif event in self._sounding:
                self._sounding.remove(event)
            else:
                continue
            out.append(Due(at, event))
        while self._next is not None and self._next <= tick:
            if not self._started:
                out.append(Due(self._next, Start()))
                self._started = True
            out.append(Due(self._next, Pulse()))
            self._next += 1
        return sorted(out, key=lambda each: each.tick)
