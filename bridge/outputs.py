"""Where the band's events go: one port for all, a port a part, or one part only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program


class Sink(Protocol):
    """What events can be sent to: an Output of ports or of loopback, or a Fanout."""

    def send(self, event: Event) -> None:
        """Send an event at once."""

    def close(self) -> None:
        """Send nothing more."""


@dataclass(frozen=True)
class Fanout:
    """Sends each event to the port of its channel; what has no channel goes to every port once."""

    routes: Mapping[int, Sink]

    def route(self, event: Event) -> tuple[Sink, ...]:
        """Return the ports that an event goes to; none if its channel has no port."""
        match event:
            case NoteOn(channel) | NoteOff(channel) | Control(channel) | Program(channel):
                return (self.routes[channel],) if channel in self.routes else ()
            case _:
                return self.ports

    @property
    def ports(self) -> tuple[Sink, ...]:
        """Each port once, in the order of its first channel."""
        return tuple({id(port): port for port in self.routes.values()}.values())

    def send(self, event: Event) -> None:
        """Send an event to where it goes."""
        for port in self.route(event):
            port.send(event)

    def close(self) -> None:
        """Close every port."""
        for port in self.ports:
            port.close()


def multichannel(port: Sink) -> Fanout:
    """All sixteen channels to one port."""
    return Fanout(dict.fromkeys(range(1, 17), port))


def single(port: Sink, channels: Iterable[int]) -> Fanout:
    """The channels of one part to one port, the others nowhere."""
    return Fanout(dict.fromkeys(channels, port))


def split(ports: Mapping[int, Sink]) -> Fanout:
    """Each channel to its own port; channels that are not named, nowhere."""
    return Fanout(dict(ports))
