"""A port that the band plays to, which may vanish and come back."""

from __future__ import annotations

from collections.abc import Callable

from bandmate.bridge import clock
from bandmate.bridge.events import Control, Event, NoteOff, NoteOn
from bandmate.bridge.names import PortError
from bandmate.bridge.outputs import Sink
from bandmate.daemon.ports.sounding import Note, Sounding
from bandmate.daemon.sending.ledger import ALL_NOTES_OFF

DOUBT = 1.0
"""Seconds for which it is not certain that a NoteOff has arrived: it may wait in a queue that is lost when
the process is killed, or have left after the port vanished and before that was noticed."""
REMINDERS = 40
"""How often a virtual port is told again what has to end: for 20 s."""
HEARD = 2
"""How often one that somebody listens to is: a busy system loses a message now and then."""


class Outlet:
    """Law: what has begun to sound on the port ends there, be it after the port has come back.

    Notes that begin while the port is gone are not heard and leave no NoteOff behind. The port that is
    plugged in belongs to one thread, the conductor's.
    """

    def __init__(self, now: Callable[[], float] = clock.now) -> None:
        self.failed = False
        self._now = now
        self._sounding = Sounding()
        self._ended: dict[Note, float] = {}
        self._owed: list[Note] = []
        self._left: list[Note] = []
        self._reminders = 0
        self._port: Sink | None = None

    def plug(self, port: Sink, sounding: Sounding, *, heard: bool) -> None:
        """Play to this port from now on, and end what sounds there.

        heard: whether somebody listens. On a virtual port perhaps nobody does yet: there, what has to end is
        ended again before the first note, and for a while by `tend`.
        """
        self._port, self._sounding, self.failed = port, sounding, False
        self._ended.clear()
        self._left = list(sounding)
        self._owed, self._reminders = self._left, HEARD if heard else REMINDERS
        self._end(self._owed)
        if heard:
            self._settle()

    def tend(self) -> None:
        """To be called twice a second: forget what has ended for certain, end again what has to."""
        self._forget()
        if self._reminders:
            self._reminders -= 1
            for note in self._left:
                self._pass(NoteOff(*note))

    def send(self, event: Event) -> None:
        """Send at once; a port that fails is `failed`, and nothing is raised."""
        match event:
            case NoteOn(channel, pitch) if self._port is not None:
                if self._owed:
                    self._end(self._owed)
                    self._settle()
                self._left = [note for note in self._left if note[0] != channel]
                self._ended.pop((channel, pitch), None)
                self._sounding.add(channel, pitch)
                self._pass(event)
            case NoteOff(channel, pitch):
                note = channel, pitch
                if note in self._sounding and note not in self._ended and self._pass(event):
                    self._ended[note] = self._now()
            case _:
                self._pass(event)

    def unplug(self) -> None:
        """The port is gone; nothing is sent until one is plugged in again."""
        self._port = None

    def close(self) -> None:
        """End what sounds, whatever became of the band, and again what has ended just now: a busy system
        loses messages. Then send nothing more: all has arrived. Who opened the port closes it."""
        self._end(list(self._sounding))
        if self._port is not None:
            self._ended.update(dict.fromkeys(self._sounding, self._now()))
            self._forget(all_of_it=True)
        self._port = None

    def _end(self, notes: list[Note]) -> None:
        """End notes in both ways that synths heed."""
        for note in notes:
            self._pass(NoteOff(*note))
        for channel in sorted({channel for channel, _ in notes}):
            self._pass(Control(channel, ALL_NOTES_OFF, 0))

    def _settle(self) -> None:
        """What was owed has been ended."""
        if self._port is not None:
            self._ended.update(dict.fromkeys(self._owed, self._now()))
            self._owed = []

    def _forget(self, *, all_of_it: bool = False) -> None:
        """Let go of the notes that have ended, and long enough ago."""
        while self._ended and self._port is not None:
            note, when = next(iter(self._ended.items()))
            if not all_of_it and self._now() - when < DOUBT:
                break
            del self._ended[note]
            self._sounding.discard(*note)

    def _pass(self, event: Event) -> bool:
        """Whether an event left."""
        if self._port is None:
            return False
        try:
            self._port.send(event)
        except PortError:
            self._port, self.failed = None, True
            return False
        return True
