"""How late a player's note-ons arrive, by its own trace and by what another program heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bandmate.bridge.events import NoteOn
from bandmate.daemon.selftest.exercise import Timed
from bandmate.daemon.stage.trace import Sent

AHEAD = 64
NEAR = 0.125
"""Of a beat: nearer than this to a beat, a note is meant for it. Swung notes are further away."""


class Run(NamedTuple):
    """What a player sent and what was heard; from `first` to `last` the two must agree."""

    trace: list[Sent]
    captured: list[Timed]
    first: float
    last: float


@dataclass
class Tally:
    """What one player did: lateness of arrival and of sending, in ms, over its note-ons."""

    arrived: list[float] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    lost: int = 0
    strange: int = 0

    def add(self, run: Run) -> None:
        """Count one run in, as far as both sides were there from `first` to `last`."""
        pairs, strangers = align(run.trace, run.captured)
        self.strange += sum(run.first <= stranger.at <= run.last for stranger in strangers)
        for line, at in pairs:
            if isinstance(line.event, NoteOn) and run.first <= line.sent <= run.last:
                self.left.append(1000 * (line.sent - line.due))
                if at is None:
                    self.lost += 1
                else:
                    self.arrived.append(1000 * (at - line.due))

    def figures(self) -> dict[str, float]:
        """Percentiles in ms, and counts."""
        p50, p95, p99, worst = percentiles(self.arrived)
        counts = {"noteons": len(self.left), "lost": self.lost, "strange": self.strange}
        sent = percentiles(self.left, (0.99,))[0]
        return {"p50": p50, "p95": p95, "p99": p99, "max": worst, "sent_p99": sent, **counts}


def align(
    trace: Sequence[Sent], captured: Sequence[Timed]
) -> tuple[list[tuple[Sent, float | None]], list[Timed]]:
    """Pair each sent event with its arrival, or None if lost; also return arrivals that nobody sent.

    A port keeps the order, so an arrival is the next equal event of the trace, at most 64 further.
    """
    pairs: list[tuple[Sent, float | None]] = []
    strangers: list[Timed] = []
    place = 0
    for timed in captured:
        ahead = range(place, min(place + AHEAD, len(trace)))
        match = next((k for k in ahead if trace[k].event == timed.event), None)
        if match is None:
            strangers.append(timed)
            continue
        pairs += [(line, None) for line in trace[place:match]]
        pairs.append((trace[match], timed.at))
        place = match + 1
    pairs += [(line, None) for line in trace[place:]]
    return pairs, strangers


def phases(captured: Sequence[Timed], first: float, beat: float, beats: range) -> list[float]:
    """Seconds by which each note-on near a beat was heard after it (before it: negative). Beat 0 is at
    `first`, a beat lasts `beat` seconds, and `beats` are looked at."""
    found = []
    for at, event in captured:
        place = (at - first) / beat
        nearest = round(place)
        if isinstance(event, NoteOn) and nearest in beats and abs(place - nearest) < NEAR:
            found.append((place - nearest) * beat)
    return found


def percentiles(values: Sequence[float], shares: Sequence[float] = (0.5, 0.95, 0.99, 1.0)) -> list[float]:
    """The values below which these shares of `values` lie; NaN for no values."""
    ordered = sorted(values)
    if not ordered:
        return [float("nan")] * len(shares)
    return [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in shares]
