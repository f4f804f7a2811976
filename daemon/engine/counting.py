"""Keys that give the time and are no music."""

from __future__ import annotations

from collections.abc import Callable

from bandmate.bridge.events import Event, NoteOff, NoteOn
from bandmate.daemon.clock.tap import Count, Taps
from bandmate.daemon.clock.timeline import TICKS_PER_STEP
from bandmate.daemon.engine.settings import Settings
from bandmate.models.roll import STEPS_PER_BEAT

SetTempo = Callable[[float, float], None]
Begin = Callable[[float, int], None]


class Counting:
    """Taps of the tempo, by a key or otherwise, and bars that are counted in with one key."""

    def __init__(self, settings: Settings, tempo: SetTempo, begin: Begin) -> None:
        """tempo: hears beats a minute and now; begin: hears now and how many ticks later the music begins."""
        self._settings, self._tempo, self._begin = settings, tempo, begin
        self._beat = settings.metre.sixteenths_per_beat
        self._taps, self._count = Taps(), Count(settings.metre.sixteenths // self._beat)

    def tap(self, now: float) -> None:
        """The tempo is tapped."""
        bpm = self._taps.tap(now)
        if bpm is not None:
            self._tempo(bpm, now)

    def takes(self, event: Event, now: float, *, waiting: bool) -> bool:
        """Whether a key of the player's gives the time; waiting: our own clock stands, and no other goes."""
        if not isinstance(event, NoteOn | NoteOff):
            return False
        struck = isinstance(event, NoteOn)
        if event.pitch == self._settings.tap_note:
            if struck:
                self.tap(now)
            return True
        if not (struck and waiting and self._settings.counted):
            return False
        strikes = self._count.strike(event.pitch, now)
        if strikes is not None:
            self._tempo(strikes * self._beat / STEPS_PER_BEAT, now)
            self._begin(now, self._beat * TICKS_PER_STEP)
        return True
