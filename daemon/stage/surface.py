"""A controller that shows where things stand: when it is told, and what the player moved on it."""

from __future__ import annotations

import math

from bandmate.bridge.events import Control, Event
from bandmate.bridge.outputs import Sink
from bandmate.daemon.leading.feedback import EVERY, Feedback
from bandmate.daemon.leading.panel import Panel

CLEAR = 0.004
"""Seconds before a note in which nothing is shown, so that the note is not held up."""


class Surface:
    """Belongs to the conductor's thread."""

    def __init__(self, feedback: Feedback) -> None:
        self._feedback = feedback
        self._output: Sink | None = None
        self._due = -math.inf

    def plug(self, output: Sink) -> None:
        """Show what stands where on this output from now on."""
        self._output = output

    def came(self) -> None:
        """The controller is there, or there again: it is to be told everything."""
        self._feedback.again()

    def due(self, deadline: float | None) -> float:
        """When to show next, if something else is due at a deadline: soon enough before it, or after it."""
        if deadline is None or self._due < deadline - CLEAR:
            return self._due
        return max(self._due, deadline)

    def hear(self, event: Event, now: float) -> None:
        """Something arrived that is no echo."""
        if isinstance(event, Control):
            self._feedback.hear(event, now)

    def show(self, panel: Panel, now: float) -> list[Control]:
        """Send what has changed; what was sent."""
        self._due = now + EVERY
        shown = [] if self._output is None else self._feedback.show(panel, now)
        for event in shown:
            assert self._output is not None
            self._output.send(event)
        return shown
