"""Whether the band plays, winds down or rests: it follows the player's being there."""

from __future__ import annotations

from enum import Enum

from bandmate.daemon.metre import Metre

PATIENCE_BARS = 2


class Presence(Enum):
    """What the band is to do in a step."""

    RESTING = "resting"
    PLAYING = "playing"
    ENDING = "ending"


def presence(step: int, heard_until: int | None, metre: Metre) -> Presence:
    """The band's presence at a step, given the step before which the player last sounded (None: never).

    With nothing played it rests. When the player has been silent for two bars it winds down, and at the
    next bar line it stops.
    """
    if heard_until is None:
        return Presence.RESTING
    patience = heard_until + PATIENCE_BARS * metre.steps_per_bar
    if step < patience:
        return Presence.PLAYING
    return Presence.ENDING if step < metre.next_bar(patience) else Presence.RESTING
