"""Laws that hold whatever arrives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bandmate.bridge.events import (
    Continue,
    Control,
    Event,
    NoteOff,
    NoteOn,
    Position,
    Program,
    Pulse,
    Start,
    Stop,
)
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import Clock
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap
from bandmate.daemon.offstage.rehearsal import Cue, perform
from bandmate.models.decoding import Score
from bandmate.models.roll import WINDOW

LATEST = 0.03
NUMBERS = ControlMap()
SWITCHES = (*NUMBERS.mute, *NUMBERS.level, NUMBERS.freeze, NUMBERS.panic, NUMBERS.density, 64, 120, 123, 1)

Happening = Callable[[Engine, float], None]


def receive(event: Event) -> Happening:
    return lambda engine, now: engine.receive(event, now)


def answer(request: Request) -> Answer:
    """Restless and random: many notes in every part, short and long, struck again while they sound."""
    rng = np.random.default_rng(request.number)
    steps = request.window + WINDOW - request.first
    onset = rng.random((4, steps, 128)) < 0.01
    sustain = onset | (rng.random(onset.shape) < 0.3)
    score = Score(onset, sustain, onset.astype(np.float32))
    return Answer(
        request.number, request.epoch, request.preset, request.first, score, rng.integers(0, 24, steps), 0.0
    )


pitches = st.integers(40, 90)
channels = st.sampled_from([1, 1, 1, 2, 10, 16])
messages = st.one_of(
    st.builds(NoteOn, channels, pitches, st.integers(1, 127)),
    st.builds(NoteOff, channels, pitches),
    st.builds(Control, channels, st.sampled_from(SWITCHES), st.sampled_from([0, 20, 64, 127])),
    st.builds(Program, channels, st.integers(1, 4)),
    st.sampled_from([Start(), Continue(), Stop(), Stop()]),
    st.builds(Position, st.integers(0, 200)),
)
waits = st.sampled_from([0.0, 0.001, 0.02, 0.1, 0.3, 0.9, 2.5])
clocked = st.tuples(st.just("pulses"), st.integers(1, 120), st.sampled_from([0.005, 0.02, 0.03]))
armed = st.tuples(st.just("arm"), st.integers(0, 2), st.just(0.0))
tempo = st.tuples(st.just("tempo"), st.sampled_from([20, 120, 390]), st.just(0.0))
beginnings = st.sampled_from(
    [
        [],
        [(0.0, NoteOn(1, 72, 80)), (1.1, NoteOff(1, 72))],
        [(0.0, NoteOn(1, 72, 80)), (1.1, ("arm", 1, 0.0)), (2.5, NoteOn(1, 71, 80))],
        [(0.0, Start()), (0.0, ("pulses", 9, 0.02)), (0.0, NoteOn(1, 72, 80)), (0.0, ("pulses", 90, 0.02))],
    ]
)
happenings = st.builds(
    lambda first, then: [*first, *then],
    beginnings,
    st.lists(st.tuples(waits, st.one_of(messages, messages, clocked, armed, tempo)), min_size=3, max_size=40),
)
performances = st.builds(
    Settings,
    mode=st.sampled_from([Mode.LIVE, Mode.LIVE, Mode.RESPOND]),
    clock=st.sampled_from([Clock.AUTO, Clock.AUTO, Clock.MIDI, Clock.INTERNAL]),
    bpm=st.sampled_from([20.0, 120.0, 400.0]),
    metre=st.sampled_from([Metre(), Metre(3, 4), Metre(7, 8), Metre(1, 16), Metre(11, 4)]),
    split=st.sampled_from([0, 60]),
    lead=st.sampled_from([0.015, 0.03, 0.2]),
)


def cues(script: list[Any], presets: list[Any]) -> tuple[list[tuple[float, Happening]], float]:
    """A script of waits and happenings as times, and when it ends."""
    now, out = 0.0, []
    for wait, what in script:
        now += wait
        if not isinstance(what, tuple):
            out.append((now, receive(what)))
            continue
        kind, value, period = what
        if kind == "pulses":
            out += [(now + k * period, receive(Pulse())) for k in range(value)]
            now += value * period
        elif kind == "arm":
            preset = presets[value]
            out.append((now, lambda engine, _, preset=preset: engine.arm(preset, preset.name)))
        else:
            out.append((now, lambda engine, moment, bpm=float(value): engine.tempo(bpm, moment)))
    return out, now


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    script=happenings,
    how=performances,
    hop=st.sampled_from([1, 2, 4, 8, 16]),
    swing=st.sampled_from([0.5, 0.75]),
    delay=st.sampled_from([0.0, 0.0, 0.02, 0.4, 1e6]),
    tail=st.sampled_from([0.01, 1.0, 3.0]),
)
def test_every_note_that_leaves_is_ended_once_and_none_leaves_late(
    scores: ModuleType, script: list[Any], how: Settings, hop: int, swing: float, delay: float, tail: float
) -> None:
    presets = [
        scores.preset(hop=hop, swing=swing),
        scores.preset("symphony"),
        scores.preset(name="third", hop=4),
    ]
    engine = Engine(presets[0], how)
    happening, end = cues(script, presets)
    sent: list[Event] = []
    advance = engine.advance

    def watched(now: float) -> Any:
        actions = advance(now)
        timeline = engine.transport.timeline
        for tick, event in actions.events:
            sent.append(event)
            if isinstance(event, NoteOn):
                assert timeline is not None, "nothing is struck while the music stands still"
                assert -1e-6 <= now - timeline.time_at(tick) <= LATEST + 1e-9
        return actions

    engine.advance = watched  # type: ignore[method-assign]
    agenda = [Cue(time, partial(happen, engine)) for time, happen in happening]
    perform(engine, answer, agenda, end + tail, lambda event, now: None, delay)
    sent += [due.event for due in engine.stop(end + tail)]
    assert not scores.ledger(sent)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(script=happenings, how=performances)
def test_performance_ticks_never_run_back_over_a_change(
    scores: ModuleType, script: list[Any], how: Settings
) -> None:
    engine = Engine(scores.preset(), how)
    happening, _ = cues(script, [scores.preset()] * 3)
    before, shift = 0, 0
    for now, happen in happening:
        happen(engine, now)
        engine.advance(now)
        tick = engine.transport.tick(now)
        if engine.transport.song_shift != shift:
            shift = engine.transport.song_shift
            assert tick >= before
            assert shift % (4 * how.metre.ticks_per_bar) == 0
        before = max(before, tick)
