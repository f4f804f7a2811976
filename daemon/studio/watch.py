"""Watches a performance from the conductor's thread: what happens goes into a letterbox, as values that are
put into words by whoever empties it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bandmate.bridge.events import Event, NoteOff, NoteOn
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.timeline import TICKS_PER_STEP
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.planner import Commitment
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.studio import news
from bandmate.daemon.studio.lateness import Meter
from bandmate.daemon.studio.letterbox import Letterbox
from bandmate.daemon.studio.news import News, Place, State
from bandmate.daemon.studio.solos import Solos

Told = Callable[[], News | None]


class Watch:
    """One engine's. Each call costs some microseconds: it keeps values that nobody changes, and compares."""

    def __init__(
        self, engine: Engine, metre: Metre, channel: int | None, solos: Solos, box: Letterbox[Told]
    ) -> None:
        """channel: the one on which the player is heard, None for any that the band does not play on."""
        self.meter = Meter()
        self._engine, self._channel, self._solos, self._box = engine, channel, solos, box
        self._bar = metre.ticks_per_bar
        self._beat = metre.sixteenths_per_beat * TICKS_PER_STEP
        self._place: Place | None = None
        self._state: State | None = None
        engine.band.committed = self._committed

    def sent(self, due: Due, meant: float, left: float) -> None:
        """An event left."""
        part = None
        if isinstance(due.event, NoteOn | NoteOff):
            # The count-in is on the drums' channel, before the music begins.
            if due.tick >= self._engine.transport.song_shift:
                part = self._engine.band.desk.part(due.event.channel)
            if isinstance(due.event, NoteOn):
                self.meter.sent(meant, left)
        self._box.put(partial(news.sent, due.event, part, due.tick, meant))

    def decided(self, seconds: float, lead: float) -> None:
        """A decision was taken."""
        self.meter.decided(seconds, lead)

    def heard(self, event: Event, arrival: float) -> None:
        """Something came in; keys of the player's are told."""
        if not isinstance(event, NoteOn | NoteOff):
            return
        if self._channel is None:
            if event.channel in self._engine.band.desk.channels:
                return
        elif event.channel != self._channel:
            return
        line = self._engine.timeline
        self._box.put(partial(news.heard, event, arrival, None if line is None else line.position(arrival)))

    def turned(self, now: float) -> None:
        """Tell where the music runs and what it is set to, where that changed."""
        place = Place(self._engine.timeline, self._engine.transport.song_shift, self._bar, self._beat)
        if self._place is None or not place.like(self._place):
            self._place = place
            self._box.put(place.told)
        state = self._look(now)
        if state != self._state:
            self._state = state
            self._box.put(state.told)

    def _committed(self, commitment: Commitment) -> None:
        band = self._engine.band
        self._box.put(partial(news.committed, commitment, band.plan, band.grid))

    def _look(self, now: float) -> State:
        band = self._engine.band
        leader, cues = band.situation.leader, band.situation.cues
        line = self._engine.timeline
        here = band.grid.step_at(self._engine.transport.tick(now))
        return State(
            preset=band.preset.name,
            armed=None if band.armed is None else band.armed.name,
            parts=tuple([(part.name, part.channel, part.program) for part in band.preset.parts]),
            levels=band.desk.levels,
            mutes=band.desk.mutes,
            soloed=tuple(sorted(self._solos.soloed)),
            density=leader.density,
            variation=leader.variation,
            energy=leader.energy,
            key=None if leader.key is None else leader.key.name,
            frozen=band.frozen,
            held=cues.held,
            fill=cues.lamp("fill", here).value,
            tacet=cues.lamp("tacet", here).value,
            ending=cues.lamp("ending", here).value,
            lock=leader.lock_lamp.value,
            bpm=self._engine.transport.bpm,
            presence="waiting" if line is None else band.presence(here).value,
            late=band.late,
            dropped=band.desk.dropped,
        )
