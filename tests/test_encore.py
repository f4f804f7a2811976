"""Performances one after the other: what a page asks to begin anew with, whenever it asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from bandmate.bridge.names import PortError
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.config import Config
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.studio.encore import Encore, Staging, season
from bandmate.daemon.studio.protocol import Setup

FIRST = Metre(4, 4)
Happening = Callable[[], None]


class Evening:
    """A band that plays what it is set to until it is ended; during each performance something happens, and
    when nothing is left to happen a signal comes. `played`: the beats of the bars that it began with, `heard`
    those that it did not only begin with."""

    def __init__(self) -> None:
        self.stopped, self.ending = threading.Event(), threading.Event()
        self.encore = Encore(self.ending)
        self.happenings: list[Happening] = []
        self.meanwhile: list[Happening] = []
        self.played: list[int] = []
        self.heard: list[int] = []
        self.said: list[str] = []
        self.lost: str | None = None

    def ask(self, *beats: int) -> None:
        """A page asks to begin anew, in bars of so many beats, once or more often."""
        for each in beats:
            self.encore.ask(Setup("live", "auto", Metre(each, 4), None, None, None))

    def signal(self) -> None:
        self.stopped.set()
        self.ending.set()

    def run(self) -> str | None:
        first = Staging(Config(metre=FIRST), Settings())
        return season(first, self._perform, self.encore, self._changed, self.stopped, self.said.append)

    def _perform(self, staging: Staging) -> str | None:
        self.played.append(staging.config.metre.beats)
        if not self.ending.is_set():
            self.heard.append(staging.config.metre.beats)
            (self.happenings.pop(0) if self.happenings else self.signal)()
        assert self.ending.is_set(), "nobody ends it"
        return self.lost

    def _changed(self, staging: Staging, setup: Setup) -> Staging:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return replace(staging, config=replace(staging.config, metre=setup.metre))


@pytest.fixture
def evening() -> Evening:
    return Evening()


def failing(*before: Happening) -> Happening:
    """A performance that can't begin; what happens until that is known."""

    def fail() -> None:
        for each in before:
            each()
        raise PortError("there is no such port.")

    return fail


def test_the_band_begins_anew_as_often_as_a_page_asks(evening: Evening) -> None:
    evening.happenings = [lambda: evening.ask(3), lambda: evening.ask(5)]
    assert evening.run() is None
    assert evening.heard == [4, 3, 5]


def test_of_two_that_ask_at_once_the_later_counts(evening: Evening) -> None:
    evening.happenings = [lambda: evening.ask(3, 5)]
    evening.run()
    assert evening.played == [4, 5]


def test_what_is_asked_between_two_performances_counts(evening: Evening) -> None:
    evening.happenings = [lambda: evening.ask(3)]
    evening.meanwhile = [lambda: evening.ask(3), lambda: evening.ask(5)]
    evening.run()
    assert evening.played == [4, 3, 3, 5]
    assert evening.heard == [4, 5]


def test_what_can_not_be_performed_is_said_and_what_was_before_counts(evening: Evening) -> None:
    evening.happenings = [lambda: evening.ask(3), failing(), lambda: evening.ask(5)]
    evening.run()
    assert evening.heard == [4, 3, 4, 5]
    assert evening.said == ["there is no such port. What was set before counts again."]


def test_what_is_asked_while_another_fails_counts(evening: Evening) -> None:
    evening.happenings = [lambda: evening.ask(3), failing(lambda: evening.ask(5)), failing()]
    evening.run()
    assert evening.heard == [4, 3, 5, 4]


def test_a_signal_ends_it_whenever_it_comes(evening: Evening) -> None:
    evening.happenings = [lambda: (evening.ask(3), evening.signal())]
    evening.run()
    assert evening.played == [4]

    between = Evening()
    between.happenings, between.meanwhile = [lambda: between.ask(3)], [between.signal]
    between.run()
    assert (between.played, between.heard) == ([4, 3], [4])

    failed = Evening()
    failed.happenings = [lambda: failed.ask(3), failing(failed.signal)]
    failed.run()
    assert failed.played == [4, 3]


def test_what_can_not_be_performed_at_first_is_an_error(evening: Evening) -> None:
    evening.happenings = [failing()]
    with pytest.raises(PortError):
        evening.run()


def test_what_was_lost_ends_it(evening: Evening) -> None:
    evening.happenings, evening.lost = [evening.ending.set], "the band has stopped"
    assert evening.run() == "the band has stopped"
    assert evening.played == [4]
