"""Who watches a performance and may take part in it, as far as the stage knows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, Protocol

from bandmate.bridge.events import Event
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.ports.wiring import Wiring
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.stage.conductor import Conductor
from bandmate.daemon.stage.podium import Decided, Ears, Sent
from bandmate.daemon.stage.trace import Trace

P = ParamSpec("P")


@dataclass(frozen=True)
class Seat:
    """What the audience may reach: the engine on the conductor's thread only (`conductor.call`); wish: asks
    for the preset of a program number."""

    engine: Engine
    conductor: Conductor
    wish: Callable[[int], None]


class Audience(Protocol):
    """Law: `sent`, `decided`, `heard` and `turned` are called on the conductor's thread, so they take some
    microseconds, wait for nothing and raise nothing."""

    def take(self, seat: Seat) -> None:
        """A performance is about to begin."""

    def leave(self) -> None:
        """The performance is over; the seat is not to be used any more."""

    def sent(self, due: Due, meant: float, left: float) -> None:
        """An event left; times in seconds."""

    def decided(self, seconds: float, lead: float) -> None:
        """A decision took so long; they are asked for so long ahead."""

    def heard(self, event: Event, arrival: float) -> None:
        """An event came in, which the engine knows by now."""

    def turned(self, now: float) -> None:
        """The conductor came round; something may have changed."""

    def looked(self, wiring: Wiring) -> None:
        """The ports were looked after (the main thread)."""


def watching(record: Trace | None, audience: Audience | None) -> Ears:
    """The trace and the audience, where there are such."""
    there = [each for each in (record, audience) if each is not None]
    sent: list[Sent] = [each.sent for each in there]
    decided: list[Decided] = [each.decided for each in there]
    heard, turned = (audience.heard, audience.turned) if audience is not None else (None, None)
    return Ears(_each(sent), _each(decided), heard, turned)


def _each(calls: list[Callable[P, None]]) -> Callable[P, None] | None:
    """One call for all of these."""
    if len(calls) < 2:
        return calls[0] if calls else None

    def call(*given: P.args, **named: P.kwargs) -> None:
        for each in calls:
            each(*given, **named)

    return call
