"""Whether the band plays, winds down or rests: it follows the player's being there."""

from __future__ import annotations

from enum import Enum

from bandmate.daemon.clock.metre import Metre

CLOSING_BARS = 1


class Presence(Enum):
    """What the band is to do in a step."""

    RESTING = "resting"
    PLAYING = "playing"
    ENDING = "ending"


def presence(step: int, heard_until: int | None, metre: Metre, patience: int) -> Presence:
    """The presence, at a step, of who plays on for so many bars of the player's silence.

    heard_until: the step before which the player last sounded (None: never, and with nothing played the band
    rests). When its patience is over it winds down, and at the next bar line it stops.
    """
    if heard_until is None:
        return Presence.RESTING
    if step < heard_until + patience * metre.steps_per_bar:
        return Presence.PLAYING
    return Presence.ENDING if step < leaves(heard_until, metre, patience) else Presence.RESTING


def leaves(heard_until: int, metre: Metre, patience: int) -> int:
    """The bar line at which who is so patient stops."""
    return metre.next_bar(heard_until + patience * metre.steps_per_bar)
