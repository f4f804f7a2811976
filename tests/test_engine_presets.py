"""One preset after another, at the bar line."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program, Stop
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap

BAND = (10, 2, 3, 4)
MAP = ControlMap()


def other(scores: ModuleType, name: str = "other") -> Any:
    """The symphony's parts under another name: channels 2 to 5, no drums."""
    return scores.preset("symphony", name=name)


@pytest.mark.parametrize(
    "wish",
    [Program(1, 7), Control(1, MAP.preset, 6), Control(16, MAP.preset, 6)],
    ids=["program", "cc", "cc16"],
)
def test_a_wish_is_handed_out_once(scores: ModuleType, wish: Event) -> None:
    engine = Engine(scores.preset(), Settings())
    engine.receive(wish, 0.0)
    assert engine.advance(0.0).wishes == [7]
    assert engine.advance(0.1).wishes == []


def test_a_program_echoed_on_the_bands_channels_is_no_wish(scores: ModuleType) -> None:
    engine = Engine(scores.preset(), Settings())
    for channel in BAND:
        engine.receive(Program(channel, 7), 0.0)
    assert engine.advance(0.0).wishes == []


@pytest.mark.parametrize(("ready", "bar_line"), [(5.3, 8.0), (7.5, 8.0), (7.96, 12.0), (8.0, 12.0)])
def test_an_armed_preset_plays_from_the_next_bar_line_without_a_gap_or_a_stuck_note(
    stage: Any, scores: ModuleType, ready: float, bar_line: float
) -> None:
    heard = stage.play(scores.note(0, 72, 18), 18, arms=[(ready, other(scores), "other 1")])
    assert heard.struck(10) == scores.beats(1, int(bar_line) - 1)
    assert heard.struck(5)[0] == bar_line
    assert sorted(set(heard.struck(3))) == scores.beats(1, 17)
    at = heard.at(bar_line)
    kinds = [type(event) for event in at]
    programs = [event for event in at if isinstance(event, Program)]
    assert programs == [Program(part.channel, part.program) for part in other(scores).parts]
    first, last = kinds.index(Program), len(kinds) - kinds[::-1].index(Program)
    assert NoteOn not in kinds[:last]
    released = {(e.channel, e.pitch) for e in at[:first] if isinstance(e, NoteOff)}
    assert released == heard.sounding(bar_line)
    newcomer = next(request for request in heard.requests if request.preset == "other 1")
    assert newcomer.first == 4 * bar_line
    assert not newcomer.past.onset.any(), "it knows nothing of what others played"


def test_a_preset_whose_answer_is_late_enters_a_bar_later_and_the_old_one_plays_on(
    stage: Any, scores: ModuleType
) -> None:
    lead = Settings(lead=0.1)
    slow = [(7.0, lambda engine, now: setattr(engine.band, "lead", 0.01))]
    quick = [(9.0, lambda engine, now: setattr(engine.band, "lead", 0.1))]
    heard = stage.play(
        scores.note(0, 72, 18),
        18,
        settings=lead,
        arms=[(5, other(scores), "o")],
        calls=slow + quick,
        delay=0.05,
    )
    assert heard.struck(10) == scores.beats(1, 11)
    assert heard.struck(5)[0] == 12.0


def test_the_newcomers_tail_is_the_backup_right_after_the_switch(stage: Any, scores: ModuleType) -> None:
    slow = [(8.5, lambda engine, now: setattr(engine.band, "lead", 0.01))]
    heard = stage.play(
        scores.note(0, 72, 18),
        12,
        settings=Settings(lead=0.1),
        arms=[(5, other(scores), "o")],
        calls=slow,
        delay=0.05,
    )
    assert heard.struck(10) == scores.beats(1, 7)
    assert sorted(set(heard.struck(5))) == scores.beats(8, 11)


def test_the_last_preset_armed_before_the_bar_line_plays(stage: Any, scores: ModuleType) -> None:
    third = replace(other(scores, "third"), parts=scores.preset().parts)
    heard = stage.play(
        scores.note(0, 72, 12),
        12,
        settings=Settings(lead=0.2),
        arms=[(5, other(scores), "o"), (7, third, "t")],
        delay=0.01,
    )
    assert 5 not in {event.channel for _, event in heard.sent if isinstance(event, NoteOn)}
    assert heard.engine.status(6.0).preset == "third"
    assert sorted(set(heard.struck(scores.KEYS))) == scores.beats(1, 11)


def test_arming_what_plays_takes_the_wish_back(stage: Any, scores: ModuleType) -> None:
    arms = [(5, other(scores), "o"), (6, scores.preset(), "pop")]
    heard = stage.play(scores.note(0, 72, 12), 12, arms=arms)
    assert heard.struck(10) == scores.beats(1, 11)
    assert heard.struck(5) == []


def test_a_changed_preset_of_the_same_name_plays_from_the_bar_line(stage: Any, scores: ModuleType) -> None:
    changed = scores.preset(hop=2)
    heard = stage.play(scores.note(0, 72, 12), 12, arms=[(5, changed, "pop 2")])
    assert heard.struck(10) == scores.beats(1, 11)
    assert {request.preset for request in heard.requests if request.first >= 32} == {"pop 2"}


def test_an_armed_preset_switches_at_once_while_the_music_stands(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(4, 72, 8), 8, arms=[(2, other(scores), "o")])
    assert [type(event) for event in heard.at(2)] == [Program] * 4
    assert heard.struck(10) == []
    assert sorted(set(heard.struck(5))) == scores.beats(5, 7)


def test_an_armed_preset_switches_at_the_bar_line_while_the_band_rests(
    stage: Any, scores: ModuleType
) -> None:
    score = scores.pulses(0, 16) + scores.note(9.1, 72, 6)
    heard = stage.play(score, 14, arms=[(2.5, other(scores), "o")])
    programs = [beat for beat, event in heard.sent if isinstance(event, Program) and event.channel == 5]
    assert programs == pytest.approx([4.0], abs=0.01)
    assert heard.struck(10) == []
    assert heard.struck(5)[0] == pytest.approx(10, abs=0.01)


def test_a_stop_between_the_decision_and_the_bar_line_still_changes_the_sounds(
    stage: Any, scores: ModuleType
) -> None:
    score = [*scores.pulses(0, 7.9), (7.95, Stop()), *scores.note(0.1, 72, 7)]
    heard = stage.play(score, 9, settings=Settings(lead=0.2), arms=[(5, other(scores), "o")])
    assert Program(5, 61) in heard.at(7.95)
    assert heard.sounding(7.96) == set()


def test_frozen_a_wish_waits(stage: Any, scores: ModuleType) -> None:
    freeze = scores.control(8.5, MAP.freeze, 127) + scores.control(14.5, MAP.freeze, 0)
    heard = stage.play(scores.tune([72] * 24) + freeze, 20, arms=[(9, other(scores), "o")])
    assert heard.struck(10) == scores.beats(1, 15)
    assert sorted(set(heard.struck(5))) == scores.beats(16, 19)


def test_who_takes_over_hears_the_music_ahead_of_the_bar_line(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 16), 12, arms=[(5.3, other(scores), "o")])
    (ahead,) = heard.catching_up
    assert ahead.preset == "o"
    assert ahead.first == 4 * 5.0, "the last decision's"
    assert len(ahead.beats.features) == 5
    assert [r.preset for r in heard.requests if r.first >= 4 * 8] == ["o"] * 5
