"""One who plays to a band through real ports and hears it, each with exact times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from bandmate.bridge.clock import now
from bandmate.bridge.events import Event
from bandmate.bridge.names import Ports
from bandmate.bridge.ports import Input, Midi, Output
from bandmate.daemon.selftest.exercise import Timed
from bandmate.daemon.stage import priority

SPIN = 0.0005
SETTLED = 0.05
"""Seconds within which a connection carries messages, whatever the system."""


class Partner:
    """Has ports of its own; `heard` is what came in."""

    def __init__(self) -> None:
        """Raises PortError where there is no MIDI system."""
        self.heard: list[Timed] = []
        self._midi = Midi(client="selftest")
        self._ports: list[Input | Output] = []

    @property
    def system(self) -> str:
        """The MIDI system's name."""
        return self._midi.api

    def names(self) -> Ports:
        """The ports there are now."""
        return self._midi.names()

    def listen(self, name: str) -> None:
        """Hear what a port sends."""
        door = self._midi.open_input(name, self._hear, "selftest ear")
        self._ports.append(door)

    def play(
        self, name: str, score: Iterable[Timed], ending: Callable[[], bool]
    ) -> tuple[float, list[Timed]]:
        """Play a score to a port: when its second 0 was, and when each event left. Ends early where `ending`
        says so."""
        port = self._midi.open_output(name, "selftest hand")
        self._ports.append(port)
        threading.Event().wait(SETTLED)
        priority.claim()  # who measures must be more exact than what is measured
        origin, sent = now() + SETTLED, []
        for at, event in score:
            _sleep_until(origin + at)
            if ending():
                break
            moment = now()
            port.send(event)
            sent.append(Timed(moment, event))
        return origin, sent

    def close(self) -> None:
        """Let everything go."""
        priority.release()
        for port in self._ports:
            port.close()
        self._midi.close()

    def _hear(self, event: Event, arrival: float) -> None:
        self.heard.append(Timed(arrival, event))


def _sleep_until(due: float) -> None:
    """The last half millisecond is waited for awake, so that lateness does not add up."""
    rest = due - now() - SPIN
    if rest > 0:
        time.sleep(rest)
    while now() < due:
        pass
