"""What goes wrong with the generator: the band plays on or rests in time, says so once, and recovers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Pulse, Start
from bandmate.daemon.answering.request import Request
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap
from bandmate.models.contract import ModelError

BEAT = 0.5
KICK = 10
MEANWHILE = "the band plays on with what it had"
OVER = "decisions come in time again"

Deeds = Callable[[Request, Any], Any]


@pytest.fixture
def begin(hall: ModuleType, scores: ModuleType, toys: ModuleType) -> Callable[..., Any]:
    """Open a hall in which toys play, as `deed` has it: the seconds for each request, or an error."""
    preset = scores.preset()
    toy = scores.accompanist(toys, preset)

    def open_(deed: Callable[[float], float | Exception], settings: Settings | None = None) -> Any:
        def act(request: Request) -> Any:
            what = deed(there.time.now)
            if isinstance(what, Exception):
                return hall.Deed(0.01, what)
            return hall.Deed(what, toy.answer(request))

        there = hall.Hall(Engine(preset, settings or Settings(), key="pop"), act, "pop")
        return there

    return open_


def playing(there: Any, beats: int, first: int = 0) -> list[tuple[float, Callable[[], None]]]:
    """A player who strikes a key on every beat."""

    def strike(pitch: int) -> Callable[[], None]:
        def on() -> None:
            for event in (NoteOff(1, 72), NoteOff(1, 74), NoteOn(1, pitch, 80)):
                there.podium.receive(event, there.time.now)

        return on

    return [((first + k) * BEAT, strike(72 + 2 * (k % 2))) for k in range(beats)]


def struck(there: Any, first: float, last: float) -> list[float]:
    """The times from one beat to another at which the kick was struck."""
    return [
        at
        for at, event in there.sent
        if isinstance(event, NoteOn) and event.channel == KICK and first * BEAT <= at < last * BEAT
    ]


def on_the_beat(times: list[float]) -> bool:
    return all(abs(at / BEAT - round(at / BEAT)) < 1e-6 for at in times)


def between(first: int, last: int, what: Any, usual: float = 0.005) -> Callable[[float], Any]:
    """From one beat to another so, else as usual."""
    return lambda now: what if first * BEAT <= now < last * BEAT else usual


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ModelError("pop.onnx gave 'onset' that is not a number"),
            "pop.onnx gave 'onset' that is not a number",
        ),
        (ValueError("shapes do not fit"), "shapes do not fit"),
        (MemoryError(), "there is not enough memory to decide what to play (close other programs)"),
        (KeyError(), "KeyError, which should not happen: please report it"),
    ],
)
def test_a_generator_that_fails_is_told_once_and_its_return_once(
    begin: Callable[..., Any], error: Exception, said: str
) -> None:
    there = begin(between(16, 28, error))
    there.run(playing(there, 64), 64 * BEAT)
    assert there.said == [f"{said}; {MEANWHILE}", OVER]
    assert len(struck(there, 0, 16)) >= 15
    assert len(struck(there, 16, 20)) == 4, "what was decided last reaches so far"
    assert len(struck(there, 32, 64)) >= 31
    assert on_the_beat(struck(there, 0, 64))
    assert there.late == 0
    there.stop()
    assert not there.synth.sounding


def test_one_that_fails_every_other_time_is_told_once(begin: Callable[..., Any]) -> None:
    turn = iter(range(1000))
    there = begin(lambda now: ValueError("no") if next(turn) % 2 else 0.005)
    there.run(playing(there, 64), 64 * BEAT)
    assert there.said == [f"no; {MEANWHILE}"]
    assert len(struck(there, 4, 64)) >= 56


def test_answers_that_come_too_late_are_played_from_what_is_left_of_them(begin: Callable[..., Any]) -> None:
    there = begin(between(16, 40, 0.7))
    there.run(playing(there, 80), 80 * BEAT)
    assert there.said == [f"the last 4 decisions came too late; {MEANWHILE}", OVER]
    assert len(struck(there, 0, 80)) >= 70
    assert on_the_beat(struck(there, 0, 80))
    assert there.late == 0


def test_an_answer_that_never_comes_is_told_once_and_others_are_asked(
    begin: Callable[..., Any], hall: ModuleType, scores: ModuleType
) -> None:
    there = begin(between(16, 17, hall.NEVER))
    there.run(playing(there, 40), 40 * BEAT)
    assert there.said == [f"a decision has not come for 3 s; {MEANWHILE}"]
    assert len(struck(there, 16, 20)) == 4
    assert struck(there, 28, 40) == [], "nobody can be asked any more: it rests"
    assert on_the_beat(struck(there, 0, 40))
    # Another preset can be asked, though the first one's answer never comes.
    there.podium.arm(scores.preset(name="other"), "other", None)
    there.run(playing(there, 40, 40), 80 * BEAT)
    assert len(struck(there, 48, 80)) >= 30
    assert there.said[1:] == [OVER]
    there.stop()
    assert not there.synth.sounding


def test_one_that_is_back_is_asked_again(begin: Callable[..., Any], hall: ModuleType) -> None:
    there = begin(between(16, 17, hall.NEVER))
    there.run(playing(there, 40), 40 * BEAT)
    there.crew.return_all()
    there.run(playing(there, 40, 40), 80 * BEAT)
    assert len(struck(there, 44, 80)) >= 34
    assert there.said[1:] == [OVER]


# --- a machine that stands still ------------------------------------------------------------------


def asleep(there: Any, seconds: float) -> Callable[[], None]:
    """The machine sleeps, and its clock with it."""

    def sleep() -> None:
        there.time.slept += seconds

    return sleep


def stunned(there: Any, seconds: float) -> Callable[[], None]:
    """The process stands still while the clock runs on."""

    def stand() -> None:
        there.time.now += seconds

    return stand


@pytest.mark.parametrize("gap", [asleep, stunned])
def test_after_a_gap_what_sounded_ends_first_and_nothing_of_it_is_made_up_for(
    begin: Callable[..., Any], gap: Callable[..., Any]
) -> None:
    there = begin(between(0, 0, 0))
    there.run(playing(there, 16), 15.8 * BEAT)
    before, asked = len(there.sent), there.crew.asked
    assert there.synth.sounding
    there.run([(15.9 * BEAT, gap(there, 8 * 3600.0))])
    after = [event for _, event in there.sent[before:]]
    assert after
    assert all(isinstance(event, NoteOff) for event in after)
    assert not there.synth.sounding
    assert there.crew.asked <= asked + 1
    assert there.said == [
        "the machine stood still for 28800.0 s; the band comes in again on a bar line, or with your next note"
    ]
    woken = there.time.now
    there.run([], woken + 10)
    assert len(there.sent) == before + len(after), "it waits for the player"
    first = there.time.now
    strike = playing(there, 1)[0][1]
    there.run([(first, strike)], first + 8 * BEAT)
    kicks = [at for at, event in there.sent if isinstance(event, NoteOn) and at > woken]
    assert kicks
    assert abs((kicks[0] - first) / BEAT - round((kicks[0] - first) / BEAT)) < 1e-6
    assert there.late == 0


def test_our_own_clock_that_was_set_running_goes_on_at_a_bar_line_by_itself(
    begin: Callable[..., Any],
) -> None:
    there = begin(between(0, 0, 0), Settings(send_clock=True))
    run = ControlMap().run
    there.run(
        [(0.0, lambda: there.podium.receive(Control(1, run, 127), 0.0)), *playing(there, 18)], 17.5 * BEAT
    )
    before = len(there.sent)
    there.run([(17.6 * BEAT, stunned(there, 5.0))])
    woken = there.time.now
    there.run(playing(there, 8, round(woken / BEAT) + 1), woken + 8 * BEAT)
    later = there.sent[before:]
    kinds = [type(event).__name__ for at, event in later if at == woken]
    assert kinds.count("Stop") == 1
    assert "Pulse" not in kinds, "no burst"
    start = next(at for at, event in later if isinstance(event, Start))
    pulses = [at for at, event in later if isinstance(event, Pulse) and at >= woken]
    assert min(b - a for a, b in pairwise(pulses)) > 0.015
    assert woken < start <= woken + 0.3
    later = [(at - start, event) for at, event in later if at >= woken]
    kicks = [at for at, event in later if isinstance(event, NoteOn) and event.channel == KICK]
    assert kicks
    assert all(abs(at / BEAT - round(at / BEAT)) < 1e-6 for at in kicks)


def test_after_a_gap_it_follows_the_daws_clock_from_a_bar_line_on(begin: Callable[..., Any]) -> None:
    there = begin(between(0, 0, 0))

    def come(event: Event) -> Callable[[], None]:
        return lambda: there.podium.receive(event, there.time.now)

    first = [(0.0, come(Start())), *((k / 48, come(Pulse())) for k in range(24 * 17 + 6))]
    first.append((0.01, come(NoteOn(1, 72, 80))))
    there.run(sorted(first, key=lambda each: each[0]))
    before, struck_before = len(there.sent), there.synth.struck
    assert struck_before > 20
    there.run([(there.time.now + 0.01, asleep(there, 60.0))])
    begin_again = there.time.now
    again = [(begin_again + 0.01 + k / 48, come(Pulse())) for k in range(24 * 8)]
    again.append((begin_again + 0.02, come(NoteOn(1, 74, 80))))
    there.run(sorted(again, key=lambda each: each[0]))
    kicks = [at for at, event in there.sent[before:] if isinstance(event, NoteOn)]
    # It stood still after 17 beats and 6 pulses: the bar line is 66 pulses on.
    assert kicks
    assert kicks[0] == pytest.approx(begin_again + 0.01 + 66 / 48, abs=0.03)


def test_a_busy_machine_is_no_gap(begin: Callable[..., Any]) -> None:
    there = begin(between(0, 0, 0))
    there.run([*playing(there, 16), (8.1, stunned(there, 1.2))], 16 * BEAT)
    assert there.said == []
