"""What is played to a band that is measured: a tune, and a clock, as events in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bandmate.bridge.events import Event, NoteOff, NoteOn, Pulse, Start, Stop

# Scale degrees of C major above middle C, an eighth each; None is a rest. Four bars.
TUNE = (
    *(0, None, 2, 4, 7, None, 4, 2),
    *(5, None, 3, 1, 2, None, None, 4),
    *(7, 8, 9, None, 7, 5, 4, None),
    *(3, 4, 5, 1, 0, None, None, None),
)
MAJOR = (0, 2, 4, 5, 7, 9, 11)
PULSES = 24


class Timed(NamedTuple):
    """An event and its time: seconds from the start of a score, or on `clock.now` when captured."""

    at: float
    event: Event


def tune(tempo: float, seconds: float) -> list[Timed]:
    """The tune, again and again a step higher, for so many seconds at `tempo` bpm."""
    eighth = 30 / tempo
    score = []
    for k in range(int(seconds / eighth)):
        degree = TUNE[k % len(TUNE)]
        if degree is None:
            continue
        degree += k // len(TUNE) % 3
        pitch = 60 + 12 * (degree // 7) + MAJOR[degree % 7]
        score += note(k * eighth, pitch, 0.9 * eighth)
    return sorted(score, key=lambda timed: timed.at)


def pulses(tempo: float, beats: int, lead: float = 0.0) -> list[Timed]:
    """Start, then 24 pulses to each of `beats` beats at `tempo` bpm, then Stop.

    The Start goes one millisecond before the first pulse, which comes at `lead` seconds.
    """
    between = 60 / tempo / PULSES
    clock = [Timed(lead + k * between, Pulse()) for k in range(PULSES * beats)]
    return [Timed(lead - 0.001, Start()), *clock, Timed(lead + PULSES * beats * between, Stop())]


def note(at: float, pitch: int, length: float, velocity: int = 80, channel: int = 1) -> list[Timed]:
    """A note's two events, in seconds."""
    return [Timed(at, NoteOn(channel, pitch, velocity)), Timed(at + length, NoteOff(channel, pitch))]


def merge(*scores: Iterable[Timed]) -> list[Timed]:
    """Several scores as one, in order of time; equal times keep the order of the scores."""
    return sorted((timed for score in scores for timed in score), key=lambda timed: timed.at)
