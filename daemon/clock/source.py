"""Whose time the band goes by, and how fast by it."""

from __future__ import annotations

from enum import Enum


class Clock(Enum):
    """Whose time counts. Auto: the DAW's when its pulses come, else our own. Link: the session's while there
    are other peers in it, else our own."""

    AUTO = "auto"
    INTERNAL = "internal"
    MIDI = "midi"
    LINK = "link"


class Speed(Enum):
    """How fast the band goes by a clock: half, so that two of its beats are one of ours, or double."""

    HALF = "half"
    NORMAL = "normal"
    DOUBLE = "double"

    @property
    def factor(self) -> float:
        """Our ticks to a tick of the clock."""
        return {Speed.HALF: 0.5, Speed.NORMAL: 1.0, Speed.DOUBLE: 2.0}[self]


CLOCKS = tuple(clock.value for clock in Clock)
SPEEDS = tuple(speed.value for speed in Speed)
