"""What comes in through one port."""

from __future__ import annotations

from collections.abc import Callable

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn
from bandmate.daemon.ports.baton import Baton
from bandmate.daemon.sending.ledger import SUSTAIN

Deliver = Callable[[Event, float], None]


class Door:
    """Hands events on, and remembers which keys and pedals are down: when the port is gone, these go up.

    baton: shared with the other inputs; who has it is heard as a clock.
    """

    def __init__(self, deliver: Deliver, baton: Baton | None = None) -> None:
        self._deliver, self._baton = deliver, baton or Baton()
        self._keys: dict[tuple[int, int], None] = {}
        self._pedals: dict[int, None] = {}

    def __call__(self, event: Event, arrival: float) -> None:
        """An event arrived (the input's thread)."""
        if not self._baton.counts(self, event, arrival):
            return
        match event:
            case NoteOn(channel, pitch):
                self._keys[channel, pitch] = None
            case NoteOff(channel, pitch):
                self._keys.pop((channel, pitch), None)
            case Control(channel, number, value) if number == SUSTAIN:
                self._pedals.pop(channel, None)
                if value >= 64:
                    self._pedals[channel] = None
        self._deliver(event, arrival)

    def release(self, now: float) -> None:
        """Let go what is down; after the last event."""
        self._baton.drop(self)
        for channel in self._pedals:
            self._deliver(Control(channel, SUSTAIN, 0), now)
        for key in self._keys:
            self._deliver(NoteOff(*key), now)
        self._pedals.clear()
        self._keys.clear()
