"""A port inside the process, with the interface of `ports`: for the demo and tests."""

from __future__ import annotations

from collections.abc import Callable

from bandmate.bridge.events import Event

Deliver = Callable[[Event, float], None]


class Output:
    """An output that hands what is sent to `deliver(event, now())`."""

    def __init__(self, deliver: Deliver, now: Callable[[], float], name: str = "bandmate out") -> None:
        self.name = name
        self.peer: str | None = None
        self.lost = False
        self._deliver: Deliver | None = deliver
        self._now = now

    def send(self, event: Event) -> None:
        """Hand an event on; nothing once the port is closed."""
        if self._deliver is not None:
            self._deliver(event, self._now())

    def close(self) -> None:
        """Hand nothing more on. A second call does nothing."""
        self._deliver = None
