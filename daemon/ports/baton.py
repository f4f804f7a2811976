"""Which of several inputs gives the time: the pulses of two at once would be the time of neither."""

from __future__ import annotations

import math

from bandmate.bridge.events import Continue, Event, Position, Pulse, Start, Stop

SILENT = 2.0
"""Seconds without a word after which a clock may have gone, so that another may begin."""
GONE = 10.0
"""Seconds after which one whose song rolled has gone: until then another's pulses are no reason to follow."""


class Baton:
    """Law: only the input that holds it is heard as a clock.

    It goes to the first that sends one; from a holder whose song stands, or who is silent, to another whose
    song begins; from one who has gone to anybody. So a keyboard that sends pulses all day gives way to a DAW
    that starts, and not the other way round.
    """

    def __init__(self) -> None:
        self._holder: object | None = None
        self._heard = -math.inf
        self._rolls = False

    def counts(self, who: object, event: Event, now: float) -> bool:
        """Whether an event of an input is to be heard; what is no clock's always is. now: in seconds."""
        if not isinstance(event, Pulse | Start | Continue | Stop | Position):
            return True
        if who is not self._holder:
            if not self._free(event, now - self._heard):
                return False
            self._holder, self._rolls = who, False
        self._heard = now
        self._rolls = isinstance(event, Start | Continue) or (self._rolls and not isinstance(event, Stop))
        return True

    def drop(self, who: object) -> None:
        """An input is closed."""
        if who is self._holder:
            self._holder = None

    def _free(self, event: Event, silence: float) -> bool:
        """Whether another than the holder may take it, who has been silent for so many seconds."""
        if self._holder is None or silence > GONE:
            return True
        stands, silent = not self._rolls, silence > SILENT
        return (stands or silent) if isinstance(event, Start | Continue | Position) else (stands and silent)
