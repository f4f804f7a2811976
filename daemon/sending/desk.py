"""The way out: scores become events that wait for their tick, pass the faders and the ledger, and leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.clock.timeline import Timeline
from bandmate.daemon.sending.delay import Delay, End
from bandmate.daemon.sending.ledger import Ledger
from bandmate.daemon.sending.schedule import Due, Schedule
from bandmate.daemon.sending.takes import Take
from bandmate.models.decoding import Score
from bandmate.presets.preset import Preset

Mask = NDArray[np.bool_]
Loudness = NDArray[np.float32]

Delays = Callable[[Preset], Sequence[float]]

LATEST = 0.03
"""Seconds after its tick at which a note is no longer struck: later is heard as late (Yamaha's own figure
of 30 ms for a noticeable delay)."""


def no_delays(preset: Preset) -> Sequence[float]:
    """Every part leaves on its tick."""
    return (0.0,) * len(preset.parts)


class Desk:
    """Four faders and mutes, a schedule, delays and a ledger. Nothing is struck late: that is dropped and
    counted.

    What a part plays leaves its delay after the tick. The ledger stands behind the delays: what sounds ends
    in time, whatever they are.
    """

    def __init__(
        self, preset: Preset, take: Take | None, *, programs: bool, delays: Delays = no_delays
    ) -> None:
        """programs: whether the parts' Program Changes are sent; delays: each part's, in seconds."""
        self.dropped = 0
        self._delays = delays
        self._waiting = Delay()
        self._tracks: dict[int, int] = {}
        self._take, self._programs = take, programs
        self._schedule, self._ledger = Schedule(), Ledger()
        self._out: list[Due] = []
        self._successors: list[tuple[int, Preset]] = []
        self._moved: dict[int, float] = {}
        self._pressed: dict[int, bool] = {}
        self._sit_down(preset)

    @property
    def channels(self) -> frozenset[int]:
        """The channels that the band plays on, or is about to."""
        return frozenset(self._voice).union(p.channel for _, s in self._successors for p in s.parts)

    @property
    def levels(self) -> tuple[float, ...]:
        """Where the parts' faders stand, 0..1."""
        return tuple(self._levels)

    @property
    def mutes(self) -> tuple[bool, ...]:
        """Which parts are silenced."""
        return tuple(self._mutes)

    def part(self, channel: int) -> int | None:
        """Which part, 0..3, plays on a channel; None for a channel of none."""
        return self._voice.get(channel)

    def greet(self) -> None:
        """Send the parts' sounds now."""
        self._out += [Due(0, event) for event in self._sounds()]

    def next_tick(self) -> int | None:
        """The earliest tick that something waits for."""
        ticks = [tick for tick, _ in self._successors]
        waiting = self._schedule.next_tick()
        return min(ticks if waiting is None else [*ticks, waiting], default=None)

    def delay(self, event: Event) -> float | None:
        """Seconds after its tick at which an event of a part leaves; None for one of no part."""
        channel = getattr(event, "channel", None)
        return self._late[self._voice[channel]] if channel in self._voice else None

    def next_time(self) -> float | None:
        """The earliest time, in seconds, that a delayed part waits for."""
        return self._waiting.next_time()

    def score(self, first: int, score: Score, before: Mask, grid: Grid, loudness: Loudness) -> None:
        """Play a score of n steps from step `first` on instead of what waits there.

        before: bool[4,128], what sounds until then; loudness: float32[n], what velocities are multiplied by.
        """
        self._schedule.clear(grid.tick_of(first))
        earlier = np.concatenate([before[:, None], score.sustain[:, :-1]], axis=1)
        preset = self._successors[-1][1] if self._successors else self._preset
        channels = [part.channel for part in preset.parts]
        for part, step, pitch in np.argwhere(earlier & ~score.sustain):
            self._schedule.add(grid.tick_of(first + int(step)), NoteOff(channels[part], int(pitch)))
        for part, step, pitch in np.argwhere(score.onset):
            loud = float(score.velocity[part, step, pitch] * loudness[step])
            velocity = min(max(round(127 * loud), 1), 127)
            note = NoteOn(channels[part], int(pitch), velocity)
            self._schedule.add(grid.tick_of(first + int(step)), note)

    def switch(self, preset: Preset, tick: int) -> None:
        """Another preset plays from a tick on: then all that sounds ends, and the parts' sounds change."""
        self._schedule.clear(tick)
        self._successors.append((tick, preset))

    def level(self, part: int, value: float) -> None:
        """Move a part's fader, 0..1; it stays there when the preset changes."""
        self._moved[part] = self._levels[part] = value

    def mute(self, part: int, on: bool, tick: int) -> None:
        """Silence a part or let it play again, also when the preset changes."""
        self._pressed[part] = self._mutes[part] = on
        if on:
            self._leave(tick, self._ledger.silence([self._preset.parts[part].channel]))

    def play(self, timeline: Timeline, now: float) -> None:
        """Send what is due."""
        reached = timeline.tick_at(now)
        while self._successors and self._successors[0][0] <= reached:
            tick = self._successors[0][0]
            self._play(tick - 1, timeline, now)
            self._hand_over(timeline.time_at(tick))
        self._play(reached, timeline, now)
        self._release(now)

    def silence(self, tick: int) -> None:
        """Drop what waits and release what sounds; a switch that waits is made."""
        self._schedule.clear()
        self._waiting.clear()
        self._leave(tick, self._ledger.silence())
        while self._successors:
            self._hand_over(None)

    def panic(self, tick: int) -> None:
        """Release everything, in every way that synths heed; the music goes on."""
        self._leave(tick, self._ledger.panic(sorted(self._voice)))

    @property
    def outgoing(self) -> bool:
        """Whether something has to be sent now."""
        return bool(self._out)

    def collect(self) -> list[Due]:
        """What has to be sent now, in order, each with the tick it was meant for."""
        out, self._out = self._out, []
        return out

    def _play(self, reached: int, timeline: Timeline, now: float) -> None:
        for tick, event in self._schedule.pop(reached):
            assert isinstance(event, NoteOn | NoteOff), "a score holds nothing else"
            time = timeline.time_at(tick)
            if isinstance(event, NoteOn):
                if now - time - self._late[self._voice[event.channel]] > LATEST:
                    self.dropped += 1
                    continue
                faded = self._fade(event)
                if faded is None:
                    continue
                event = faded
            self._hold(time, event.channel, tick, event)

    def _hold(self, time: float | None, channel: int, tick: int, event: Event | None) -> None:
        """An event of a channel, or the end of what sounds there, after the part's delay; or now."""
        part = self._voice[channel]
        delay = self._late[part]
        if time is None or (delay == 0 and not self._waiting.holds(channel)):
            self._leave(tick, self._passed(channel, event))
        else:
            what = End(tick, channel) if event is None else Due(tick, event)
            self._waiting.push(time + delay, channel, part, what)

    def _passed(self, channel: int, event: Event | None) -> list[Event]:
        return self._ledger.silence([channel]) if event is None else self._ledger.pass_on(event)

    def _release(self, now: float) -> None:
        """Let leave what its part's delay has held back for long enough."""
        for time, channel, part, what in self._waiting.pop(now):
            if isinstance(what, End):
                self._leave(what.tick, self._passed(channel, None))
            elif not isinstance(what.event, NoteOn):
                self._leave(what.tick, self._passed(channel, what.event))
            elif now - time > LATEST:
                self.dropped += 1
            elif not self._mutes[part]:
                self._leave(what.tick, self._passed(channel, what.event))

    def _hand_over(self, time: float | None) -> None:
        """The next preset takes its place at a time, in seconds, each part after its delay; or at once."""
        tick, preset = self._successors.pop(0)
        for channel in self._voice:
            self._hold(time, channel, tick, None)
        self._sit_down(preset)
        for program in self._sounds():
            self._hold(time, program.channel, tick, program)

    def _sit_down(self, preset: Preset) -> None:
        self._preset = preset
        self._levels = [self._moved.get(index, part.level) for index, part in enumerate(preset.parts)]
        self._mutes = [self._pressed.get(index, part.mute) for index, part in enumerate(preset.parts)]
        self._voice = {part.channel: index for index, part in enumerate(preset.parts)}
        self._late = list(self._delays(preset))
        self._tracks |= {channel: 1 + part for channel, part in self._voice.items()}

    def _sounds(self) -> list[Program]:
        if not self._programs:
            return []
        return [Program(p.channel, p.program) for p in self._preset.parts if p.program is not None]

    def _fade(self, note: NoteOn) -> NoteOn | None:
        part = self._voice[note.channel]
        if self._mutes[part] or self._levels[part] == 0:
            return None
        return NoteOn(note.channel, note.pitch, max(round(note.velocity * self._levels[part]), 1))

    def _leave(self, tick: int, events: list[Event]) -> None:
        self._out += [Due(tick, event) for event in events]
        if self._take is None:
            return
        for event in events:
            if isinstance(event, NoteOn | NoteOff | Control | Program):
                self._take.add(tick, self._tracks[event.channel], event)
