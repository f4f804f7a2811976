"""The band's own events, coming back: a DAW that sends on what it receives makes no band follow itself."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program

WINDOW = 0.15
"""Seconds within which what was sent may come back: a DAW takes some tens of ms."""


class Echo:
    """Tells what comes back from what is played. Times are seconds of one clock.

    Law: each event that was sent explains one that arrives within the window and is equal to it but for the
    channel. A NoteOff is explained only where the NoteOn before it was: the player's own key is let go when
    the player lets it go.
    """

    def __init__(self) -> None:
        self._sent: deque[tuple[float, Event]] = deque()
        self._echoed: Counter[tuple[int, int]] = Counter()
        self._held: Counter[tuple[int, int]] = Counter()

    def send(self, event: Event, now: float) -> None:
        """An event of ours is about to leave."""
        if isinstance(event, NoteOn | NoteOff | Control | Program):
            self._forget(now)
            self._sent.append((now, replace(event, channel=0)))

    def explains(self, event: Event, now: float) -> bool:
        """Whether what arrives is an echo, and not to be heard."""
        match event:
            case NoteOn(channel, pitch):
                echo = self._match(event, now)
                (self._echoed if echo else self._held)[channel, pitch] += 1
                return echo
            case NoteOff(channel, pitch):
                return self._ends(event, (channel, pitch), now)
            case Control() | Program():
                return self._match(event, now)
        return False

    def _ends(self, event: NoteOff, key: tuple[int, int], now: float) -> bool:
        """Whether a NoteOff ends an echoed note, and not one that the player holds."""
        echo = bool(self._echoed[key]) and (self._match(event, now) or not self._held[key])
        notes = self._echoed if echo else self._held
        notes[key] -= 1
        if notes[key] <= 0:
            del notes[key]
        return echo

    def _match(self, event: NoteOn | NoteOff | Control | Program, now: float) -> bool:
        """Whether something that was sent explains this; if so, it explains nothing else."""
        self._forget(now)
        bare = replace(event, channel=0)
        for index, (_, sent) in enumerate(self._sent):
            if sent == bare:
                del self._sent[index]
                return True
        return False

    def _forget(self, now: float) -> None:
        while self._sent and now - self._sent[0][0] > WINDOW:
            self._sent.popleft()
