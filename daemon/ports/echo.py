"""The band's own events, coming back: who sends on what it receives makes no band follow itself."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace

from bandmate.bridge.events import (
    Continue,
    Control,
    Event,
    NoteOff,
    NoteOn,
    Position,
    Program,
    Pulse,
    Start,
)

WINDOW = 0.15
"""Seconds within which what was sent may come back: a DAW takes some tens of ms."""


class Echo:
    """Tells what comes back from what is played. Times are seconds of one clock.

    Law: each event that was sent explains one that arrives within the window and is equal to it but for the
    channel. A NoteOff is explained only where the NoteOn before it was: the player's own key is let go when
    the player lets it go. From when another's song begins, no pulse is explained by those sent before.
    """

    def __init__(self) -> None:
        self._sent: deque[tuple[float, Event]] = deque()
        self._echoed: Counter[tuple[int, int]] = Counter()
        self._held: Counter[tuple[int, int]] = Counter()

    def send(self, event: Event, now: float) -> None:
        """An event of ours is about to leave."""
        self._forget(now)
        self._sent.append((now, _bare(event)))

    def explains(self, event: Event, now: float) -> bool:
        """Whether what arrives is an echo, and not to be heard."""
        match event:
            case NoteOn(channel, pitch):
                echo = self._match(event, now)
                (self._echoed if echo else self._held)[channel, pitch] += 1
                return echo
            case NoteOff(channel, pitch):
                return self._ends(event, (channel, pitch), now)
            case Start() | Continue() | Position():
                echo = self._match(event, now)
                if not echo:
                    self._sent = deque(each for each in self._sent if each[1] != Pulse())
                return echo
        return self._match(event, now)

    def _ends(self, event: NoteOff, key: tuple[int, int], now: float) -> bool:
        """Whether a NoteOff ends an echoed note, and not one that the player holds."""
        echo = bool(self._echoed[key]) and (self._match(event, now) or not self._held[key])
        notes = self._echoed if echo else self._held
        notes[key] -= 1
        if notes[key] <= 0:
            del notes[key]
        return echo

    def _match(self, event: Event, now: float) -> bool:
        """Whether something that was sent explains this; if so, it explains nothing else."""
        self._forget(now)
        bare = _bare(event)
        for index, (_, sent) in enumerate(self._sent):
            if sent == bare:
                del self._sent[index]
                return True
        return False

    def _forget(self, now: float) -> None:
        while self._sent and now - self._sent[0][0] > WINDOW:
            self._sent.popleft()


def _bare(event: Event) -> Event:
    """An event without its channel."""
    return replace(event, channel=0) if isinstance(event, NoteOn | NoteOff | Control | Program) else event
