"""Faders without motors: one that stands elsewhere than its control moves nothing until it has been there."""

from __future__ import annotations

from bandmate.bridge.events import Control
from bandmate.daemon.leading.controls import Command, SetDensity, SetEnergy, SetLevel, SetVariation
from bandmate.daemon.leading.feedback import value
from bandmate.daemon.leading.panel import Panel

NEAR = 3
"""A fader so near, of 127, is where its control is."""


class Pickup:
    """Law: a fader moves its control when it stood where that stands, stands there now, or has just gone past
    it; so nothing jumps after a preset, or another fader, has moved the control."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def takes(self, event: Control, command: Command, panel: Panel) -> bool:
        """Whether what a controller asks for is done; switches and calls always are."""
        before = self._last.get(event.number)
        self._last[event.number] = event.value
        stands = _place(command, panel)
        if stands is None:
            return True
        ways = [event.value - stands, *([] if before is None else [before - stands])]
        return min(map(abs, ways)) <= NEAR or min(ways) < 0 < max(ways)


def _place(command: Command, panel: Panel) -> int | None:
    """Where the control of a command stands, 0..127, if it is one that a fader moves."""
    match command:
        case SetDensity():
            return value(panel.density)
        case SetVariation():
            return value(panel.variation)
        case SetEnergy():
            return value(panel.energy)
        case SetLevel(part):
            return value(panel.level[part])
    return None
