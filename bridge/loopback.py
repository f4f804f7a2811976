"""Ports inside the process, with the interface of `ports`: for the demo, for tests, and for a machine that
has no MIDI system."""

from __future__ import annotations

from collections.abc import Callable

from bandmate.bridge.clock import now as clock
from bandmate.bridge.events import Event
from bandmate.bridge.names import Ports

Deliver = Callable[[Event, float], None]


class Output:
    """An output that hands what is sent to `deliver(event, now())`."""

    def __init__(self, deliver: Deliver, now: Callable[[], float], name: str = "bandmate out") -> None:
        self.name = name
        self.peer: str | None = None
        self.lost = False
        self._deliver: Deliver | None = deliver
        self._now = now

    def connected(self) -> bool:
        """Always: nobody can pull it out."""
        return True

    def send(self, event: Event) -> None:
        """Hand an event on; nothing once the port is closed."""
        if self._deliver is not None:
            self._deliver(event, self._now())

    def close(self) -> None:
        """Hand nothing more on. A second call does nothing."""
        self._deliver = None


class Input:
    """An input on which nothing ever comes in."""

    def __init__(self, name: str) -> None:
        self.name = name

    def connected(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """There is nothing to close."""


class Indoors:
    """A MIDI system with no other program in it: ports open, nothing comes in and what is sent is let go."""

    api = "none"
    virtual = True

    def names(self) -> Ports:
        """None."""
        return Ports((), ())

    def gone(self) -> bool:
        """Never."""
        return False

    def own(self, name: str) -> bool:
        """There are no other ports to tell ours from."""
        return True

    def prepare(self) -> None:
        """Nothing has to be made ready."""

    def open_input(self, name: str | None, deliver: Deliver, virtual: str = "bandmate in") -> Input:
        """An input that stays silent."""
        return Input(name or virtual)

    def open_output(self, name: str | None, virtual: str = "bandmate out") -> Output:
        """An output that nobody listens to."""
        return Output(lambda event, when: None, clock, name or virtual)

    def close(self) -> None:
        """There is nothing to leave."""
