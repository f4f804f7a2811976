"""The ports of a performance: opened, lost, and taken up again while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Event as Flag
from typing import Protocol

from bandmate.bridge.clock import now
from bandmate.bridge.events import Event
from bandmate.bridge.names import PortError, Ports, lasting
from bandmate.daemon.ports.baton import Baton
from bandmate.daemon.ports.door import Deliver, Door
from bandmate.daemon.ports.outlet import Outlet
from bandmate.daemon.ports.patchbay import ANY, Close, Move, Open, Patchbay, Side, Tell
from bandmate.daemon.ports.sounding import Sounding

HEARS = "bandmate hears"
MISSES = 4
"""Looks at which a MIDI system must have stood still, one after the other, to be gone: JACK does so for some
seconds when another of its clients was killed, or on a machine that is far too busy."""

Say = Callable[[str], None]


class Opened(Protocol):
    """An open input or output."""

    name: str

    def connected(self) -> bool:
        """Whether it still is, although a port of this name is there."""

    def close(self) -> None:
        """Close it."""


class OpenedOutput(Opened, Protocol):
    """An open output."""

    def send(self, event: Event) -> None:
        """Send an event at once."""


class System(Protocol):
    """The machine's MIDI system, as `bridge.ports.Midi` is it."""

    @property
    def api(self) -> str:
        """Which it is."""

    def names(self) -> Ports:
        """The ports there are."""

    def gone(self) -> bool:
        """Whether the system itself is no more."""

    def own(self, name: str) -> bool:
        """Whether a port is bandmate's."""

    @property
    def virtual(self) -> bool:
        """Whether it lets a program make ports."""

    def prepare(self) -> None:
        """Make ready for another input."""

    def open_input(self, name: str | None, deliver: Deliver, virtual: str = ...) -> Opened:
        """Listen to a port."""

    def open_output(self, name: str | None, virtual: str = ...) -> OpenedOutput:
        """Play to a port."""

    def close(self) -> None:
        """Leave it."""


class Performance(Protocol):
    """Who plays, as `Conductor` does: all but `deliver` happens on its thread, in the order of the calls."""

    def deliver(self, event: Event, arrival: float) -> None:
        """An event arrived."""

    def call(self, action: Callable[[], None]) -> None:
        """Do something with what the thread owns."""

    def greet(self) -> None:
        """Tell the instruments again which sounds are meant."""

    def pause(self) -> None:
        """Stand still."""

    def resume(self) -> None:
        """Go on."""


class Retired:
    """Outputs that the band may still be sending to, until it comes to letting go of them."""

    def __init__(self, band: Performance) -> None:
        self._band = band
        self._ports: list[tuple[OpenedOutput, Flag]] = []

    def add(self, *ports: OpenedOutput) -> None:
        """The band was told to let go of these."""
        free = Flag()
        self._band.call(free.set)
        self._ports += [(port, free) for port in ports]

    def discard(self) -> None:
        """Close those that it has let go of."""
        for port, free in self._ports:
            if free.is_set():
                port.close()
        self._ports = [(port, free) for port, free in self._ports if not free.is_set()]

    def close(self) -> None:
        """Close all, once nobody sends any more."""
        for port, _ in self._ports:
            port.close()
        self._ports.clear()


@dataclass(frozen=True)
class Wishes:
    """The ports to listen to and to play to, by name (None: virtual ones, `any`: all inputs); pauses: whether
    the music waits for one that is gone."""

    listen: str | None
    play: str | None
    pauses: bool


class Wiring:
    """Owns all ports. One thread, which need not be quick, calls `begin`, then `look` twice a second."""

    def __init__(
        self,
        midi: System,
        wishes: Wishes,
        outlets: Mapping[str, Outlet],
        keep: Callable[[str], Sounding],
        band: Performance,
        say: Say,
    ) -> None:
        """outlets: what the band plays to, by the names of the virtual ports that they are where no other is
        wanted; keep: gives the record of what sounds on a port."""
        self._midi, self._wishes, self._outlets, self._band, self._say = midi, wishes, outlets, band, say
        self._keep = keep
        self._kept: dict[str, Sounding] = {}
        self._bay = Patchbay(wishes.listen, wishes.play, midi.own, pauses=wishes.pauses)
        self._inputs: dict[str, tuple[Opened, Door]] = {}
        self._baton = Baton()
        self._outputs: list[OpenedOutput] = []
        self._retired = Retired(band)
        self._told: set[str] = set()
        self._paused = False
        self._missed = 0
        self.there = Ports((), ())

    @property
    def listening(self) -> list[str]:
        """The names of the open inputs."""
        return [port.name for port, _ in self._inputs.values()]

    @property
    def playing(self) -> list[str]:
        """The names of the open outputs."""
        return [port.name for port in self._outputs]

    def begin(self) -> None:
        """Open what is there; `there` names it from now on. Raises PortError for what can't be opened."""
        if self._wishes.play is None:
            for name, outlet in self._outlets.items():
                self._plug(self._midi.open_output(None, name), outlet, heard=False, greet=False)
        self.there = self._midi.names()
        for move in self._bay.look(self.there):
            self._make(move, first=True)
        if self._wishes.listen is None or (self._wishes.listen == ANY and self._midi.virtual):
            self._listen(None, "bandmate in")
        if self._wishes.listen is not None:
            self._midi.prepare()
        self._wait()

    def look(self) -> str | None:
        """Close what is gone, open what has come; if nothing can be played to any more, a sentence."""
        failed = any(outlet.failed for outlet in self._outlets.values())
        self._missed = self._missed + 1 if self._midi.gone() else 0
        if self._missed == MISSES or (failed and self._wishes.play is None):
            return "the MIDI system is gone; start it, then bandmate again"
        if self._missed:
            return None
        there = self.there = self._there()
        self._retired.discard()
        for move in self._bay.look(there, failed):
            self._make(move)
        for outlet in self._outlets.values():
            self._band.call(outlet.tend)
        self._wait()
        return None

    def close(self) -> None:
        """Close all ports, once nobody sends any more."""
        for entry, _ in self._inputs.values():
            entry.close()
        self._inputs.clear()
        for outlet in self._outlets.values():
            outlet.close()
        for port in self._outputs:
            port.close()
        self._outputs.clear()
        self._retired.close()

    def _there(self) -> Ports:
        """The ports there are, without those that were gone and are back since the last look."""
        names = self._midi.names()
        if not any(names):
            # One that stood still just now shows none.
            names = self._midi.names()
        entries = {name for name, (port, _) in self._inputs.items() if not port.connected()}
        exits = {port.name for port in self._outputs if not port.connected()}
        return Ports(
            tuple(name for name in names.inputs if name not in entries),
            tuple(name for name in names.outputs if name not in exits),
        )

    def _make(self, move: Move, *, first: bool = False) -> None:
        match move:
            case Tell(sentence):
                self._say(sentence)
            case Close(Side.IN, name):
                port, door = self._inputs.pop(name)
                port.close()
                door.release(now())
            case Close(Side.OUT):
                self._unplug()
            case Open():
                self._open(move, first)

    def _open(self, move: Open, first: bool) -> None:
        try:
            if move.side is Side.IN:
                self._listen(move.name, HEARS if self._wishes.listen == ANY else "bandmate in")
            else:
                port = self._midi.open_output(move.name)
                for outlet in self._outlets.values():
                    self._plug(port, outlet, heard=True, greet=not first)
        except PortError as error:
            if first and (move.side is Side.OUT or self._wishes.listen != ANY):
                raise
            self._bay.refuse(move)
            if str(error) not in self._told:
                self._told.add(str(error))
                self._say(str(error))
            return
        self._told.clear()
        if move.sentence is not None:
            self._say(move.sentence)

    def _listen(self, name: str | None, own: str) -> None:
        door = Door(self._band.deliver, self._baton)
        self._inputs[name or own] = self._midi.open_input(name, door, own), door

    def _plug(self, port: OpenedOutput, outlet: Outlet, *, heard: bool, greet: bool) -> None:
        """Let the band play to a port; greet: the instruments there were not told their sounds yet."""
        if port not in self._outputs:
            self._outputs.append(port)
        name = lasting(port.name)
        if name not in self._kept:
            self._kept[name] = self._keep(name)
            if any(True for _ in self._kept[name]):
                self._say(f"bandmate was killed: what it left sounding on '{port.name}' is ended now")
        self._band.call(partial(outlet.plug, port, self._kept[name], heard=heard))
        if greet:
            self._band.call(self._band.greet)

    def _unplug(self) -> None:
        """Take the ports away from the band; they are closed when it has let go of them."""
        for outlet in self._outlets.values():
            self._band.call(outlet.unplug)
        self._retired.add(*self._outputs)
        self._outputs.clear()

    def _wait(self) -> None:
        """Pause for what is missing, if that is wished."""
        paused = self._wishes.pauses and not self._bay.complete
        if paused != self._paused:
            self._band.call(self._band.pause if paused else self._band.resume)
            self._paused = paused
