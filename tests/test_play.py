"""Performances put together and taken apart in this process, where there is no MIDI system."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bandmate.bridge.loopback import Indoors, Output
from bandmate.bridge.names import PortError
from bandmate.daemon.config import Config
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.engine.status import Status
from bandmate.daemon.stage.audience import Seat
from bandmate.daemon.stage.caretaker import Show
from bandmate.daemon.stage.play import play


class Guest:
    """Takes a seat, and ends the performance at once, unless it stays."""

    def __init__(self) -> None:
        self.ending = threading.Event()
        self.stays = False
        self.engines: list[weakref.ref[Engine]] = []

    def take(self, seat: Seat) -> None:
        self.engines.append(weakref.ref(seat.engine))
        if not self.stays:
            self.ending.set()

    def leave(self) -> None:
        """Nothing is kept."""

    def heard(self, *what: Any) -> None:
        """Not listened to."""

    sent = decided = turned = looked = heard

    def attend(
        self, config: Config, system: Indoors | None = None, show: Show = lambda *_: None, stays: bool = False
    ) -> None:
        """One performance. stays: it is not ended by the guest."""
        self.ending.clear()
        self.stays = stays
        system = system or Indoors()
        play(config, Settings(), lambda _: None, show, audience=self, system=system, ending=self.ending)


@pytest.fixture
def guest(home: Path) -> Iterator[Guest]:
    interval = sys.getswitchinterval()
    yield Guest()
    sys.setswitchinterval(interval)


class Busy(Indoors):
    """A MIDI system whose outputs can't be opened."""

    def open_output(self, name: str | None, virtual: str = "bandmate out") -> Output:
        raise PortError("it is busy")


def test_a_performance_that_can_not_begin_leaves_no_thread_behind(guest: Guest) -> None:
    before = set(threading.enumerate())
    with pytest.raises(PortError, match="it is busy"):
        guest.attend(Config(), system=Busy())
    assert set(threading.enumerate()) <= before


def test_a_performance_that_fails_leaves_no_thread_behind(guest: Guest) -> None:
    def fail(status: Status, seconds: float) -> None:
        raise PortError("it is gone")

    before = set(threading.enumerate())
    with pytest.raises(PortError, match="it is gone"):
        guest.attend(Config(), show=fail, stays=True)
    assert set(threading.enumerate()) <= before


def test_a_performance_that_is_over_stays_in_no_memory(guest: Guest) -> None:
    for _ in range(2):
        guest.attend(Config(record=False))
    assert guest.engines[0]() is None
