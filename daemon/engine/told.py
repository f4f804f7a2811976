"""What the engine gives out beside events: all that is due, and where the music stands."""

from __future__ import annotations

from dataclasses import dataclass

from bandmate.daemon.answering.request import Request
from bandmate.daemon.leading.presence import Presence
from bandmate.daemon.sending.schedule import Due


@dataclass(frozen=True)
class Actions:
    """What is due: events to send, in order, with the tick each was meant for; decisions to ask for; programs
    of presets to make ready; sentences to tell."""

    events: list[Due]
    requests: list[Request]
    wishes: list[int]
    remarks: list[str]


@dataclass(frozen=True)
class Status:
    """For a status line: bar and beat from 1 (0 while the music stands), the presence, the chord now and the
    one planned next, how many answers were late and how many notes were dropped; the key that is locked, if
    one is."""

    bar: int
    beat: int
    bpm: float
    preset: str
    presence: Presence
    chords: tuple[str, ...]
    late: int
    dropped: int
    key: str | None = None
