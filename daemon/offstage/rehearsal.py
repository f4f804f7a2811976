"""A performance in virtual time: what would have been heard, as fast as it can be worked out."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from typing import NamedTuple

from bandmate.bridge.events import Event
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.engine.engine import Engine

Answering = Callable[[Request], Answer]
Happening = Callable[[float], None]
Sending = Callable[[Event, float], None]


class Cue(NamedTuple):
    """Something that happens at a time, in seconds: it is called with that time."""

    time: float
    happen: Callable[[float], None]


def perform(
    engine: Engine,
    answering: Answering,
    cues: Iterable[Cue],
    until: float,
    send: Sending,
    delay: float = 0.0,
) -> list[float]:
    """Run an engine through its cues until a time; every decision comes back `delay` seconds after it was
    asked for. The seconds that each one really took are returned."""
    serial = count()
    agenda: list[tuple[float, int, Happening]]
    agenda = [(cue.time, next(serial), cue.happen) for cue in cues]
    heapq.heapify(agenda)
    took: list[float] = []
    now = 0.0
    while True:
        due = engine.deadline(now)
        now = max(now, min(agenda[0][0] if agenda else until, until if due is None else due))
        if now >= until:
            return took
        while agenda and agenda[0][0] <= now:
            heapq.heappop(agenda)[2](now)
        actions = engine.advance(now)
        for _, event in actions.events:
            send(event, now)
        for request in actions.requests:
            answer = answering(request)
            took.append(answer.seconds)
            hear: Happening = partial(engine.answer, answer)
            heapq.heappush(agenda, (now + delay, next(serial), hear))
