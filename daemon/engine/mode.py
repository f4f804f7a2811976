"""How the band knows the melody."""

from __future__ import annotations

from enum import Enum


class Mode(Enum):
    """Live: with the player. Respond: by turns, a window each. Offline: the whole melody is known."""

    LIVE = "live"
    RESPOND = "respond"
    OFFLINE = "offline"


MODES = tuple(mode.value for mode in Mode)
PLAYED = tuple(mode.value for mode in Mode if mode is not Mode.OFFLINE)
"""Those in which the melody is still being played."""
