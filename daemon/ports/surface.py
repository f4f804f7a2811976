"""The port of a control surface: what shows there where things stand. Taken up whenever it is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bandmate.bridge.names import PortError
from bandmate.daemon.ports.outlet import Outlet
from bandmate.daemon.ports.patchbay import Close, Move, Open, Side, Tell, Wanted
from bandmate.daemon.ports.sounding import Sounding
from bandmate.daemon.ports.wiring import OpenedOutput, Performance, Retired, Say, System

OWN = "bandmate feedback"


class SurfacePort:
    """Keeps an outlet plugged into the port of a name. One thread calls `look` twice a second."""

    def __init__(
        self, midi: System, name: str, band: Performance, came: Callable[[], None], say: Say
    ) -> None:
        """came: on the band's thread, told that the surface is there and knows nothing yet."""
        self.outlet = Outlet()
        self._midi, self._band, self._came, self._say = midi, band, came, say
        self._wanted = Wanted(Side.OUT, name, "it shows where things stand again when it returns")
        self._port: OpenedOutput | None = None
        self._retired = Retired(band)
        self._told = ""

    def look(self) -> None:
        """Let go of the port if it is gone, take it up if it has come. Raises PortError where, at the first
        look, the name fits several."""
        self._retired.discard()
        lost = self._port is not None and (self.outlet.failed or not self._port.connected())
        names = [n for n in self._midi.names().outputs if not (lost and n == self._wanted.peer)]
        for move in self._wanted.look(names):
            self._make(move)

    def close(self) -> None:
        """Close the port, once nobody sends any more."""
        self.outlet.close()
        if self._port is not None:
            self._port.close()
        self._port = None
        self._retired.close()

    def _make(self, move: Move) -> None:
        match move:
            case Tell(sentence):
                self._say(sentence)
            case Close():
                self._unplug()
            case Open(_, name, sentence):
                self._plug(name, sentence)

    def _plug(self, name: str, sentence: str | None) -> None:
        try:
            self._port = self._midi.open_output(name, OWN)
        except PortError as error:
            self._wanted.refuse()
            if str(error) != self._told:
                self._told = str(error)
                self._say(self._told)
            return
        self._told = ""
        if sentence is not None:
            self._say(sentence)
        self._band.call(partial(self.outlet.plug, self._port, Sounding(), heard=True))
        self._band.call(self._came)

    def _unplug(self) -> None:
        """Take the port away from the band; it is closed when the band has let go of it."""
        if self._port is None:
            return
        self._band.call(self.outlet.unplug)
        self._retired.add(self._port)
        self._port = None
