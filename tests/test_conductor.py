"""The threads around the engine, in real time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge import loopback
from bandmate.bridge.clock import now
from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program, Pulse, Start, Stop
from bandmate.bridge.names import PortError
from bandmate.bridge.outputs import split
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap
from bandmate.daemon.ports.outlet import Outlet
from bandmate.daemon.ports.sounding import Sounding
from bandmate.daemon.stage.conductor import Conductor
from bandmate.models.contract import ModelError

LIMIT = 20
QUICK = Settings(bpm=240)
KICK = 10


class Audience:
    """Hears what leaves, and can be waited for."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._heard = threading.Condition()

    def deliver(self, event: Event, moment: float) -> None:
        with self._heard:
            self.events.append(event)
            self._heard.notify_all()

    def wait(self, wanted: Callable[[list[Event]], bool]) -> None:
        """Until the events heard are as wanted."""
        with self._heard:
            assert self._heard.wait_for(lambda: wanted(self.events), LIMIT), self.events

    def struck(self, channel: int) -> int:
        return count(channel)(self.events)


def count(channel: int) -> Callable[[list[Event]], int]:
    return lambda events: sum(isinstance(e, NoteOn) and e.channel == channel for e in list(events))


def notes(channel: int, number: int) -> Callable[[list[Event]], bool]:
    """That so many notes of a channel were struck."""
    return lambda events: count(channel)(events) >= number


class Faulty:
    """An accompanist that fails at times."""

    def __init__(self, inner: Any, fails: set[int]) -> None:
        self._inner, self._fails = inner, fails
        self.asked = 0

    def answer(self, request: Request) -> Answer:
        self.asked += 1
        if self.asked in self._fails:
            raise ModelError("pop.onnx failed while playing (for a test)")
        answer: Answer = self._inner.answer(request)
        return answer


class Hall:
    """A conductor on loop-back ports, with toys at the instruments."""

    def __init__(self, scores: ModuleType, toys: ModuleType) -> None:
        self.audience = Audience()
        self.said: list[str] = []
        self.wished: list[int] = []
        self.preset = scores.preset()
        self.accompanist = scores.accompanist(toys, self.preset)
        self.conductor: Conductor

    def open(
        self, accompanist: Any = None, output: Any = None, settings: Settings = QUICK
    ) -> loopback.Deliver:
        """Begin to play; what comes back is where events go in."""
        port = output or loopback.Output(self.audience.deliver, now)
        self.conductor = Conductor(Engine(self.preset, settings), port, self._hear)
        self.conductor.worker.employ(self.preset.name, accompanist or self.accompanist)
        self.conductor.start(self.wished.append)
        return self.conductor.deliver

    def _hear(self, sentence: str) -> None:
        """What is said, but for what a busy machine may make it say."""
        if not any(words in sentence for words in ("too late", "in time again", "stood still")):
            self.said.append(sentence)


@pytest.fixture
def hall(scores: ModuleType, toys: ModuleType) -> Iterator[Hall]:
    interval = sys.getswitchinterval()
    hall = Hall(scores, toys)
    yield hall
    hall.conductor.stop()
    sys.setswitchinterval(interval)


def strike(door: loopback.Deliver, pitch: int = 72) -> None:
    door(NoteOn(1, pitch, 80), now())


def test_a_note_brings_the_band_in_and_stop_releases_it(hall: Hall, scores: ModuleType) -> None:
    strike(hall.open())
    hall.audience.wait(notes(KICK, 4))
    hall.conductor.stop()
    assert hall.conductor.ended.is_set()
    assert not scores.ledger(hall.audience.events)
    assert hall.said == []
    assert hall.conductor.p95() > 0


def test_it_follows_a_daws_clock_and_stops_with_it(hall: Hall, scores: ModuleType) -> None:
    door, pace = hall.open(), threading.Event()
    begin = now()
    door(Start(), begin)
    for pulse in range(192):
        pace.wait(max(begin + pulse / 96 - now(), 0))
        door(Pulse(), now())
        if pulse == 2:
            strike(door)
    assert hall.audience.struck(KICK) > 0
    assert hall.conductor.status.bar > 0
    door(Stop(), now())
    hall.audience.wait(lambda events: not scores.ledger(events))
    hall.conductor.stop()
    assert not scores.ledger(hall.audience.events)


def test_the_sounds_are_sent_at_once(hall: Hall) -> None:
    hall.open()
    hall.audience.wait(lambda events: len(events) == 3)
    assert hall.audience.events == [Program(2, 34), Program(3, 5), Program(4, 49)]


def test_a_model_that_fails_is_said_once_and_the_band_plays_on(hall: Hall, scores: ModuleType) -> None:
    strike(hall.open(Faulty(hall.accompanist, {4, 5})))
    hall.audience.wait(notes(KICK, 10))
    hall.conductor.stop()
    assert hall.said == ["pop.onnx failed while playing (for a test); the band plays on with what it had"]
    assert not scores.ledger(hall.audience.events)


def test_of_several_outputs_one_is_lost_and_the_others_play_on(hall: Hall, scores: ModuleType) -> None:
    class Keys:
        """The port of the keys, which is lost after some notes."""

        def send(self, event: Event) -> None:
            if hall.audience.struck(3) >= 6:
                raise PortError("the port 'keys' is gone")
            hall.audience.deliver(event, 0.0)

        def close(self) -> None:
            pass

    keys, rest = Outlet(), Outlet()
    keys.plug(Keys(), Sounding(), heard=True)
    rest.plug(loopback.Output(hall.audience.deliver, now), Sounding(), heard=True)
    strike(hall.open(output=split({3: keys, **dict.fromkeys((2, 4, KICK), rest)})))
    hall.audience.wait(lambda events: keys.failed)
    already = hall.audience.struck(KICK)
    strike(hall.conductor.deliver)
    hall.audience.wait(notes(KICK, already + 4))
    hall.conductor.stop()
    assert {channel for channel, _ in scores.ledger(hall.audience.events)} <= {3}
    assert hall.said == []


def test_the_band_does_not_hear_itself(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it plays on channels 2, 3, 4 and 10 comes back on channel 1, as a DAW's monitor would send it."""
    returned: list[Event] = []
    heard: list[Event] = []

    def deliver(event: Event, moment: float) -> None:
        hall.audience.deliver(event, moment)
        if isinstance(event, NoteOn | NoteOff):
            returned.append(replace(event, channel=1))
            hall.conductor.deliver(returned[-1], now())

    door = hall.open(output=loopback.Output(deliver, now))
    receive = hall.conductor.podium.engine.receive
    monkeypatch.setattr(hall.conductor.podium.engine, "receive", lambda *a: (heard.append(a[0]), receive(*a)))
    strike(door)
    door(NoteOff(1, 72), now())
    hall.audience.wait(notes(KICK, 4))
    hall.conductor.stop()
    assert len(returned) > 8
    assert heard == [NoteOn(1, 72, 80), NoteOff(1, 72)]


def test_paused_it_is_silent_until_it_may_go_on(hall: Hall, scores: ModuleType) -> None:
    door = hall.open()
    strike(door)
    hall.audience.wait(notes(KICK, 4))
    paused, resumed = threading.Event(), threading.Event()
    for action in (hall.conductor.pause, paused.set):
        hall.conductor.call(action)
    assert paused.wait(LIMIT)
    hall.audience.wait(lambda events: not scores.ledger(list(events)))
    before = len(hall.audience.events)
    strike(door, 74)
    for action in (hall.conductor.resume, resumed.set):
        hall.conductor.call(action)
    assert resumed.wait(LIMIT)
    assert len(hall.audience.events) == before
    strike(door, 76)
    hall.audience.wait(lambda events: count(KICK)(events[before:]) >= 2)


def test_the_sounds_are_sent_again_when_asked(hall: Hall) -> None:
    hall.open()
    hall.audience.wait(lambda events: len(events) == 3)
    hall.conductor.call(hall.conductor.greet)
    hall.audience.wait(lambda events: len(events) == 6)
    assert hall.audience.events[3:] == hall.audience.events[:3]


def test_an_error_that_should_not_happen_is_said_and_what_sounds_ends(
    hall: Hall, scores: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = hall.open()
    strike(door)
    hall.audience.wait(notes(KICK, 2))

    def fail(*_: Any) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(hall.conductor.podium.engine, "receive", fail)
    strike(door)
    assert hall.conductor.ended.wait(LIMIT)
    assert "a mistake" in hall.said[0]
    assert not scores.ledger(hall.audience.events)


def test_a_wish_is_passed_on_and_an_armed_preset_plays(
    hall: Hall, scores: ModuleType, toys: ModuleType
) -> None:
    door = hall.open()
    strike(door)
    hall.audience.wait(notes(KICK, 2))
    door(Control(1, ControlMap().preset, 1), now())
    other = scores.preset("symphony")
    hall.conductor.arm(other, "symphony 1", scores.accompanist(toys, other))
    hall.audience.wait(notes(5, 3))
    hall.conductor.stop()
    assert hall.wished == [2]
    assert hall.conductor.status.preset == "symphony"
    assert not scores.ledger(hall.audience.events)


def test_stop_ends_both_threads(hall: Hall) -> None:
    hall.open()
    hall.conductor.stop()
    names = {thread.name for thread in threading.enumerate()}
    assert not {"bandmate conductor", "bandmate worker"} & names
