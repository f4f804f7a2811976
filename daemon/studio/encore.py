"""Performances one after the other: whenever a page sets it otherwise, the band begins anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from bandmate.daemon.config import Config
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.errors import EXPECTED
from bandmate.daemon.studio.protocol import Setup

Say = Callable[[str], None]


@dataclass(frozen=True)
class Staging:
    """How a performance is set, for a page to see and change."""

    config: Config
    settings: Settings


class Encore:
    """What a page asked the band to begin anew with. Law: whenever it asks, the performance that goes on, or
    else the next one, ends; and of what was asked the newest is taken, once."""

    def __init__(self, ending: threading.Event) -> None:
        """ending: ends a performance when it is set."""
        self._ending = ending
        self._asked: Setup | None = None
        self._lock = threading.Lock()

    def ask(self, setup: Setup) -> None:
        """Begin anew with this, from any thread."""
        with self._lock:
            self._asked = setup
            self._ending.set()

    def take(self) -> Setup | None:
        """What was asked since the last call, if anything was: it ends no performance any more."""
        with self._lock:
            asked, self._asked = self._asked, None
            self._ending.clear()
            return asked


def season(
    first: Staging,
    perform: Callable[[Staging], str | None],
    encore: Encore,
    changed: Callable[[Staging, Setup], Staging],
    stopped: threading.Event,
    say: Say,
) -> str | None:
    """Perform until no page asks for more; what was lost, if the last performance ended so.

    perform: does it once, until the encore or a signal ends it. What can't be performed is told by `say`,
    and what was set before counts again; where nothing was, raises what `perform` raises.
    """
    staging, before = first, None
    while True:
        lost, again = None, False
        try:
            lost = perform(staging)
        except EXPECTED as error:
            if before is None:
                raise
            say(f"{error} What was set before counts again.")
            staging, before, again = before, None, True
        asked = encore.take()
        # Looked at last: a signal that comes later ends the next performance.
        if stopped.is_set() or (asked is None and not again):
            return lost
        if asked is not None:
            staging, before = changed(staging, asked), staging
