"""The pages' hands on the band: what they ask for, done in the performance that goes on."""

from __future__ import annotations

from functools import partial

from bandmate.bridge.clock import now
from bandmate.bridge.events import Control, NoteOff, NoteOn
from bandmate.daemon.leading.controls import Command, Panic, SelectPreset, SetMute
from bandmate.daemon.ports.door import Door
from bandmate.daemon.sending.ledger import SUSTAIN
from bandmate.daemon.stage.audience import Seat
from bandmate.daemon.studio.protocol import Message, Pedal, Press, Release, Solo, Start, Tempo
from bandmate.daemon.studio.solos import Solos


class Hands:
    """One performance's. All calls come from one thread."""

    def __init__(self, seat: Seat, solos: Solos, channel: int) -> None:
        """channel: the one on which the pages' keys are heard."""
        self._solos = solos
        self._seat, self._channel = seat, channel
        self._doors: dict[int, Door] = {}

    def do(self, page: int, message: Message) -> None:
        """Do what a page asks; what is not for the band is let be."""
        match message:
            case Press(pitch, velocity, ago):
                self._door(page)(NoteOn(self._channel, pitch, velocity), now() - ago / 1000)
            case Release(pitch, ago):
                self._door(page)(NoteOff(self._channel, pitch), now() - ago / 1000)
            case Pedal(on):
                self._door(page)(Control(self._channel, SUSTAIN, 127 * on), now())
            case Tempo(bpm):
                self._seat.conductor.call(lambda: self._seat.engine.tempo(bpm, now()))
            case Start(bars):
                self._seat.conductor.call(lambda: self._seat.engine.run(now(), bars))
            case Solo(part, on):
                self._seat.conductor.call(partial(self._solo, part, on))
            case SetMute(part, on):
                self._seat.conductor.call(partial(self._mute, part, on))
            case SelectPreset(program):
                self._seat.wish(program)
            case Panic():
                self.release()
                self._seat.conductor.call(partial(self._obey, message))
            case _ if isinstance(message, Command):
                self._seat.conductor.call(partial(self._obey, message))

    def left(self, page: int) -> None:
        """A page is gone: its keys come up."""
        if page in self._doors:
            self._doors.pop(page).release(now())

    def release(self) -> None:
        """All keys of all pages come up."""
        for page in list(self._doors):
            self.left(page)

    def _door(self, page: int) -> Door:
        deliver = partial(self._seat.conductor.deliver, certain=True)
        return self._doors.setdefault(page, Door(deliver))

    # --- the conductor's thread ---------------------------------------------------------------------

    def _obey(self, command: Command) -> None:
        self._seat.engine.obey(command, now())

    def _solo(self, part: int, on: bool) -> None:
        for each, mute in self._solos.turn(part, on, self._seat.engine.band.desk.mutes):
            self._obey(SetMute(each, mute))

    def _mute(self, part: int, on: bool) -> None:
        if self._solos.mute(part, on):
            self._obey(SetMute(part, on))
