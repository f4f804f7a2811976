"""The engine in virtual time: what is played in, what the band plays and when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import numpy as np
import pytest

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
from bandmate.daemon.controls import ControlMap
from bandmate.daemon.engine import Engine
from bandmate.daemon.metre import Metre
from bandmate.daemon.presence import Presence
from bandmate.daemon.settings import Settings
from bandmate.daemon.situation import Mode
from bandmate.daemon.takes import MELODY, Take
from bandmate.daemon.transport import Clock

C, D, E, F, G, A = ({(root + tone) % 12 for tone in (0, 4, 7)} for root in (0, 2, 4, 5, 7, 9))
BAND = (10, 2, 3, 4)
MAP = ControlMap()


def beats(first: int, last: int) -> list[float]:
    return [float(beat) for beat in range(first, last + 1)]


# --- entering, playing, resting -------------------------------------------------------------------------


def test_with_nothing_played_no_note_leaves(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.pulses(1, 20), 30)
    assert heard.struck() == []
    assert heard.requests == []


def test_the_parts_programs_are_sent_at_the_start_unless_turned_off(stage: Any) -> None:
    sounds = [Program(2, 34), Program(3, 5), Program(4, 49)]
    assert stage.play([], 1).sent == [(0.0, event) for event in sounds]
    assert stage.play([], 1, settings=Settings(programs=False)).sent == []


@pytest.mark.parametrize(("struck", "enters"), [(1.0, 2.0), (7.3, 8.3)])
def test_on_our_own_clock_the_first_note_is_the_downbeat_and_the_band_enters_on_the_next_beat(
    stage: Any, scores: ModuleType, struck: float, enters: float
) -> None:
    heard = stage.play(scores.note(struck, 72, 8), struck + 8)
    assert heard.struck(scores.KICK) == pytest.approx([enters + k for k in range(7)], abs=1e-3)


@pytest.mark.parametrize(
    ("struck", "enters"), [(2.0, 3.0), (2.25, 3.0), (2.9, 3.0), (2.97, 4.0), (3.75, 4.0)]
)
def test_on_the_daws_clock_the_band_enters_on_the_beat_after_the_first_note(
    stage: Any, scores: ModuleType, struck: float, enters: float
) -> None:
    heard = stage.play(scores.pulses(0.01, 12) + scores.note(struck + 0.01, 72, 4), 10)
    assert heard.struck()[0] == pytest.approx(enters + 0.01, abs=0.002)


def test_every_note_starts_on_a_step_of_the_grid(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.tune([72, 74, 76, 77] * 4, length=0.5), 8)
    assert len(heard.struck()) > 20
    assert all((4 * beat) % 1 == 0 for beat in heard.struck())
    assert heard.engine.band.desk.dropped == 0


def test_the_chords_follow_the_melody_of_the_beat_before(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.tune([72] * 4 + [67] * 4 + [65] * 4), 13)
    chords = heard.chords()
    assert [chords[beat] for beat in beats(1, 4)] == [C] * 4
    assert [chords[beat] for beat in beats(5, 8)] == [G] * 4
    assert [chords[beat] for beat in beats(9, 12)] == [F] * 4


def test_when_the_player_is_silent_for_two_bars_the_band_winds_down_and_stops_at_the_bar_line(
    stage: Any, scores: ModuleType
) -> None:
    heard = stage.play(scores.note(0, 72, 5), 30)
    assert max(heard.struck()) == 15.0
    assert heard.sounding(16.01) == set()
    densities = [request.controls[0] for request in heard.requests]
    firsts = [request.first for request in heard.requests]
    ending = [first for first, density in zip(firsts, densities, strict=True) if density < max(densities)]
    assert ending == [52, 56, 60]


def test_after_a_rest_the_next_note_is_the_new_downbeat(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 4) + scores.note(25.37, 65, 4), 31)
    later = [beat for beat in heard.struck(scores.KICK) if beat > 20]
    assert later == pytest.approx([26.37, 27.37, 28.37, 29.37, 30.37], abs=1e-3)
    first = next(request for request in heard.requests if request.first > 100)
    assert first.beat_in_bar == 1
    assert len(first.beats.features) > 8, "it is the same performance"


def test_set_running_the_song_goes_on_through_a_rest(stage: Any, scores: ModuleType) -> None:
    score = scores.note(0, 72, 4) + scores.note(25.25, 65, 4)
    heard = stage.play(score, 31, calls=[(0, lambda engine, now: engine.run(now))])
    assert [beat for beat in heard.struck(scores.KICK) if beat > 20] == beats(26, 30)


def test_the_status_tells_bar_beat_presence_and_chords(stage: Any, scores: ModuleType) -> None:
    seen = []
    looks = [(beat, lambda engine, now: seen.append(engine.status(now))) for beat in (0.5, 6.5, 16.5, 40)]
    stage.play(scores.note(1, 72, 7), 41, calls=looks)
    told = [(s.bar, s.beat, s.presence, s.chords) for s in seen]
    assert told[0] == (0, 0, Presence.RESTING, ())
    assert told[1][:3] == (2, 2, Presence.PLAYING)
    assert told[1][3][0] == "C"
    assert told[2][:3] == (4, 4, Presence.ENDING)
    assert told[3] == (0, 0, Presence.RESTING, ())
    assert [s.bpm for s in seen] == pytest.approx([120] * 4)


# --- the DAW's clock ------------------------------------------------------------------------------------


def test_stop_silences_the_band_at_once_and_continue_resumes(stage: Any, scores: ModuleType) -> None:
    score = [*scores.pulses(0, 6.4), (6.4, Stop()), *scores.pulses(9, 6, [Continue()])]
    heard = stage.play(score + scores.note(0.1, 72, 20), 15)
    sounding = heard.sounding(6.39)
    assert sounding
    ended = {(e.channel, e.pitch) for e in heard.at(6.4) if isinstance(e, NoteOff)}
    assert ended == sounding
    assert not [beat for beat in heard.struck() if 6.4 <= beat < 9]
    assert heard.struck(scores.KICK)[-4:] != []


def test_after_continue_the_band_is_back_on_the_songs_beats(stage: Any, scores: ModuleType) -> None:
    score = [*scores.pulses(0, 6.5), (6.5, Stop()), *scores.pulses(9, 6, [Continue()])]
    score += scores.note(0.1, 72, 5) + scores.note(9.1, 72, 6)
    heard = stage.play(score, 15)
    later = [beat for beat in heard.struck(scores.KICK) if beat > 7]
    assert later == pytest.approx([9.5, 10.5, 11.5, 12.5, 13.5, 14.5], abs=0.01)
    resumed = next(request for request in heard.requests if request.first > 26)
    assert (resumed.first, resumed.beat_in_bar) == (28, 3)
    assert resumed.past.onset[0].any()
    assert not resumed.past.sustain[:, -1].any(), "what sounded at Stop does not any more"


@pytest.mark.parametrize("step", [0, 16, 17, 200])
def test_a_jump_leaves_no_stuck_note_and_keeps_the_place_in_the_bar(
    stage: Any, scores: ModuleType, step: int
) -> None:
    score = [*scores.pulses(0, 6.4), (6.4, Position(step)), *scores.pulses(6.41, 6, [])]
    score += scores.tune([72] * 12, 0.1)
    heard = stage.play(score, 12)
    assert heard.sounding(6.405) == set()
    beat = 6.41 + (4 - step % 4) / 4
    later = [beat for beat in heard.struck(scores.KICK) if beat > 6.405]
    assert later[-5:] == pytest.approx([beat + k for k in range(5)], abs=0.01)
    after = [request for request in heard.requests if request.first > 26]
    assert all((4 * r.beat_in_bar - r.first) % 16 == 0 for r in after)
    assert all(r.phase.argmax() % 4 == r.beat_in_bar for r in after if not r.revision)


def test_a_jump_is_no_silence_of_the_player(stage: Any, scores: ModuleType) -> None:
    score = [*scores.pulses(0, 6.4), (6.4, Position(0)), *scores.pulses(6.41, 12, [])]
    heard = stage.play(score + scores.note(0.1, 72, 5), 18)
    later = [beat for beat in heard.struck(scores.KICK) if beat > 7]
    assert later == pytest.approx([6.41 + k for k in range(1, 8)], abs=0.01)


def test_a_loop_is_one_performance_and_start_is_a_new_one(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 24, 0.1)
    for begin, messages in ((0, [Start()]), (8, [Position(0)]), (16, [Start()])):
        score += scores.pulses(begin, 8, messages)
    heard = stage.play(score, 24)
    histories = {request.beats.history for request in heard.requests}
    assert len(histories) == 2
    firsts = [request.first for request in heard.requests]
    assert firsts == sorted(firsts)


def test_pulses_that_fail_stop_the_band(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.pulses(0, 6) + scores.note(0.1, 72, 20), 24)
    assert 8 < max(heard.struck()) < 11
    assert heard.sounding(11.1) == set()


def test_a_note_after_a_start_without_pulses_begins_on_our_own_clock(stage: Any, scores: ModuleType) -> None:
    heard = stage.play([(0.0, Start()), *scores.note(8, 72, 8)], 14)
    assert heard.struck(scores.KICK) == beats(9, 13)


def test_the_tempo_is_the_daws(stage: Any, scores: ModuleType) -> None:
    slow = [(2 * (k / 24), Pulse()) for k in range(24 * 8)]
    heard = stage.play([(0.0, Start()), *slow, *scores.note(0.1, 72, 14)], 15)
    assert heard.struck(scores.KICK) == pytest.approx([2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0], abs=0.02)


# --- answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.45])
def test_answers_that_come_late_are_backups_and_no_note_is_late(
    stage: Any, scores: ModuleType, delay: float
) -> None:
    heard = stage.play(scores.note(0, 72, 12), 12, delay=delay)
    assert heard.struck(scores.KICK) == beats(2, 11)
    assert heard.engine.band.late == len(heard.requests) - 1
    assert all((4 * beat) % 1 == 0 for beat in heard.struck())


def test_answers_that_never_come_are_silence(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 12), 30, delay=1e6)
    assert heard.struck() == []


def test_a_slow_machine_asks_earlier_and_is_in_time(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 12), 12, settings=Settings(lead=0.2), delay=0.19)
    assert heard.struck(scores.KICK) == beats(1, 11)
    assert heard.engine.band.late == 0


@pytest.mark.parametrize("hop", [1, 2, 4, 8, 16])
def test_every_hop_is_decided_once_and_in_time(stage: Any, scores: ModuleType, hop: int) -> None:
    chosen = scores.preset(hop=hop)
    heard = stage.play(scores.note(0, 72, 16), 16, chosen)
    decided = [request.first for request in heard.requests if not request.revision]
    assert decided == list(range(hop, 65, hop))
    assert heard.struck(scores.KICK) == beats(-(-hop // 4), 15)


def test_a_melody_note_outside_the_chord_has_the_rest_of_the_hop_decided_anew(
    stage: Any, scores: ModuleType
) -> None:
    chosen = scores.preset(hop=16)
    heard = stage.play(scores.tune([72] * 5 + [74] * 3), 8, chosen)
    revisions = [(request.first, request.revision) for request in heard.requests if request.revision]
    assert revisions == [(21, True)]
    chords = heard.chords()
    assert chords[5.0] == C
    assert chords[7.0] == D


def test_a_rest_is_not_revised(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.pulses(0, 8) + scores.note(2.3, 74, 4), 8)
    assert [request.first for request in heard.requests][:2] == [12, 16]


def test_a_bar_longer_than_the_window_is_played_through(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 20), 20, settings=Settings(metre=Metre(9, 4)))
    assert heard.struck(scores.KICK) == beats(1, 19)


@pytest.mark.parametrize("metre", [Metre(3, 4), Metre(6, 8), Metre(5, 4), Metre(2, 4)])
def test_other_metres_are_played_through(stage: Any, scores: ModuleType, metre: Metre) -> None:
    heard = stage.play(scores.note(0, 72, 20), 20, settings=Settings(metre=metre))
    assert {round(4 * beat) % 2 for beat in heard.struck(scores.KICK)} == {0}
    in_bar = [request.window % metre.steps_per_bar for request in heard.requests]
    assert set(in_bar) == {0}
    assert heard.struck(scores.KICK)[-1] >= 18


# --- presets --------------------------------------------------------------------------------------------


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
    assert heard.struck(10) == beats(1, int(bar_line) - 1)
    assert heard.struck(5)[0] == bar_line
    assert sorted(set(heard.struck(3))) == beats(1, 17)
    at = heard.at(bar_line)
    kinds = [type(event) for event in at]
    programs = [event for event in at if isinstance(event, Program)]
    assert programs == [Program(2, 43), Program(3, 42), Program(4, 41), Program(5, 61)]
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
    assert heard.struck(10) == beats(1, 11)
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
    assert heard.struck(10) == beats(1, 7)
    assert sorted(set(heard.struck(5))) == beats(8, 11)


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
    assert sorted(set(heard.struck(scores.KEYS))) == beats(1, 11)


def test_arming_what_plays_takes_the_wish_back(stage: Any, scores: ModuleType) -> None:
    arms = [(5, other(scores), "o"), (6, scores.preset(), "pop")]
    heard = stage.play(scores.note(0, 72, 12), 12, arms=arms)
    assert heard.struck(10) == beats(1, 11)
    assert heard.struck(5) == []


def test_a_changed_preset_of_the_same_name_plays_from_the_bar_line(stage: Any, scores: ModuleType) -> None:
    changed = scores.preset(hop=2)
    heard = stage.play(scores.note(0, 72, 12), 12, arms=[(5, changed, "pop 2")])
    assert heard.struck(10) == beats(1, 11)
    assert {request.preset for request in heard.requests if request.first >= 32} == {"pop 2"}


def test_an_armed_preset_switches_at_once_while_the_music_stands(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(4, 72, 8), 8, arms=[(2, other(scores), "o")])
    assert [type(event) for event in heard.at(2)] == [Program] * 4
    assert heard.struck(10) == []
    assert sorted(set(heard.struck(5))) == beats(5, 7)


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


# --- respond --------------------------------------------------------------------------------------------


def test_respond_is_by_turns(stage: Any, scores: ModuleType) -> None:
    respond = Settings(mode=Mode.RESPOND)
    heard = stage.play(scores.tune([72] * 4 + [67] * 4), 40, settings=respond)
    assert heard.struck(scores.KICK) == beats(8, 15)
    assert len(heard.requests) == 1
    chords = heard.chords()
    assert set(chords) == set(beats(8, 15))
    assert not heard.requests[0].heard.any()
    assert heard.requests[0].melody[0].any()
    assert not heard.requests[0].melody[2].any()


def test_who_plays_on_is_answered_window_after_window(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.tune([72] * 20), 40, settings=Settings(mode=Mode.RESPOND))
    assert heard.struck(scores.KICK) == beats(8, 31)


def test_in_three_four_a_turn_is_two_bars_and_answers_their_chords(stage: Any, scores: ModuleType) -> None:
    respond = Settings(mode=Mode.RESPOND, metre=Metre(3, 4))
    heard = stage.play(scores.tune([72] * 6), 24, settings=respond)
    assert heard.struck(scores.KICK) == beats(6, 11)
    assert heard.requests[0].hindsight == 6


# --- the player's hands ---------------------------------------------------------------------------------


def test_chords_held_below_the_split_steer_the_plan(stage: Any, scores: ModuleType) -> None:
    melody = scores.tune([72] * 8)
    left = [each for pitch in (45, 49, 52) for each in scores.note(4, pitch, 4)]
    alone = stage.play(melody, 8).chords()
    steered = stage.play(melody + left, 8, settings=Settings(split=55)).chords()
    assert alone[6.0] == C
    assert [steered[beat] for beat in beats(5, 7)] == [A] * 3


@pytest.mark.parametrize("channel", BAND)
def test_notes_on_the_bands_channels_are_its_own_echo(stage: Any, scores: ModuleType, channel: int) -> None:
    score = [(b, replace(e, channel=channel)) for b, e in scores.note(1, 72, 4)]
    heard = stage.play(score, 10)
    assert heard.struck() == []


@pytest.mark.parametrize(("wanted", "channel", "plays"), [(5, 5, True), (5, 1, False), (None, 16, True)])
def test_only_the_melodys_channel_is_heard(
    stage: Any, scores: ModuleType, wanted: int | None, channel: int, plays: bool
) -> None:
    score = [(b, replace(e, channel=channel)) for b, e in scores.note(1, 72, 4)]
    heard = stage.play(score, 6, settings=Settings(channel=wanted))
    assert bool(heard.struck()) is plays


def test_the_pedal_keeps_a_released_note_sounding(stage: Any, scores: ModuleType) -> None:
    score = scores.note(0, 72, 1) + scores.control(0.5, 64, 127) + scores.control(8, 64, 0)
    long, short = (max(stage.play(s, 40).struck()) for s in (score, scores.note(0, 72, 1)))
    assert (short, long) == (11.0, 19.0)


@pytest.mark.parametrize("number", [120, 123])
def test_all_notes_off_releases_the_keys(stage: Any, scores: ModuleType, number: int) -> None:
    heard = stage.play([*scores.note(0, 72, 30), *scores.control(1, number, 0)], 40)
    assert max(heard.struck()) == 11.0


def test_a_note_left_held_at_stop_does_not_go_on(stage: Any, scores: ModuleType) -> None:
    score = [*scores.pulses(0, 4), (4.0, Stop()), (0.1, NoteOn(1, 72, 80))]
    heard = stage.play(score + scores.pulses(6, 30, [Continue()]), 34)
    assert max(heard.struck()) == pytest.approx(17.0, abs=0.01), "two bars after Stop, and to the bar line"


# --- controls -------------------------------------------------------------------------------------------


def test_mute_silences_a_part_at_once_and_lets_it_play_again(stage: Any, scores: ModuleType) -> None:
    number = MAP.mute[2]
    score = scores.note(0, 72, 10) + scores.control(3.5, number, 127) + scores.control(6.5, number, 0)
    heard = stage.play(score, 10)
    assert sorted(set(heard.struck(scores.KEYS))) == [*beats(1, 3), *beats(7, 9)]
    assert {e.channel for e in heard.at(3.5)} == {scores.KEYS}
    assert heard.struck(scores.KICK) == beats(1, 9)


def test_level_scales_the_velocity_of_a_part(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 6) + scores.control(2.5, MAP.level[0], 32), 6)
    kicks = [e.velocity for _, e in heard.sent if isinstance(e, NoteOn) and e.channel == scores.KICK]
    assert len(set(kicks[:2])) == len(set(kicks[2:])) == 1
    assert kicks[-1] == pytest.approx(kicks[0] / 0.85 * 32 / 127, abs=1)


def test_density_and_variation_reach_the_decisions(stage: Any, scores: ModuleType) -> None:
    score = (
        scores.note(0, 72, 6) + scores.control(2.5, MAP.density, 127) + scores.control(2.5, MAP.variation, 0)
    )
    heard = stage.play(score, 6, scores.preset(variation=0.5))
    before, after = heard.requests[1], heard.requests[-1]
    assert (before.variation, after.variation) == (0.5, 0.0)
    assert (before.controls[0], after.controls[0]) == (0.5, 1.0)
    assert (before.limits.density[0], after.limits.density[0]) == (0.5, 1.0)


def test_density_at_nothing_leaves_only_what_is_certain(stage: Any, scores: ModuleType) -> None:
    stage.employ(scores.preset(), gate=(0.9,) * 4)
    heard = stage.play(scores.note(0, 72, 8) + scores.control(3.5, MAP.density, 0), 8)
    assert heard.struck(scores.KICK) == beats(1, 3)


def freeze(scores: ModuleType, begin: float, end: float) -> Any:
    """The freeze switch on and off."""
    return scores.control(begin, MAP.freeze, 127) + scores.control(end, MAP.freeze, 0)


def test_frozen_the_band_repeats_its_last_two_bars(stage: Any, scores: ModuleType) -> None:
    tune = scores.tune([72] * 4 + [67] * 4 + [65] * 12)
    score = tune + freeze(scores, 8.5, 16.5)
    chords = stage.play(score, 20).chords()
    assert [chords[b] for b in beats(9, 16)] == [chords[b - 8] for b in beats(9, 16)]
    assert chords[9.0] == C
    assert [chords[b] for b in beats(17, 19)] == [F] * 3


def test_unfrozen_just_before_a_decision_there_is_no_gap(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 16) + freeze(scores, 8.5, 10.97)
    heard = stage.play(score, 16, settings=Settings(lead=0.1))
    assert heard.struck(scores.KICK) == beats(1, 15)


def test_frozen_a_wish_waits(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 24) + freeze(scores, 8.5, 14.5)
    heard = stage.play(score, 20, arms=[(9, other(scores), "o")])
    assert heard.struck(10) == beats(1, 15)
    assert sorted(set(heard.struck(5))) == beats(16, 19)


def test_panic_releases_everything_and_the_music_goes_on(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 8) + scores.control(3.4, MAP.panic, 127), 8)
    sent = heard.at(3.4)
    assert {(e.channel, e.pitch) for e in sent if isinstance(e, NoteOff)} == heard.sounding(3.4)
    assert {e.channel for e in sent if isinstance(e, Control)} == set(BAND)
    assert heard.struck(scores.KICK) == beats(1, 7)


# --- determinism, swing, tempo, takes -------------------------------------------------------------------


def test_the_same_arrivals_and_seed_give_the_same_events(
    stage: Any, scores: ModuleType, toys: ModuleType
) -> None:
    score, chosen = scores.tune([72, 76, 79, 77] * 4), scores.preset(variation=1.0)
    first = stage.play(score, 20, chosen, Settings(seed=4))
    again = scores.Stage(toys).play(score, 20, chosen, Settings(seed=4))
    assert first.sent == again.sent
    other = stage.play(score, 20, chosen, Settings(seed=5))
    assert first.sent != other.sent


def test_a_phrase_keeps_its_noise_and_the_next_has_another(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 40), 40, settings=Settings(seed=9))
    seeds = {request.first: request.seeds for request in heard.requests}
    assert {seeds[first] for first in range(4, 128, 4)} == {(9, 0)}
    assert {seeds[first] for first in range(128, 156, 4)} == {(9, 1)}


def test_a_swung_preset_plays_its_off_beats_late(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 8), 8, scores.preset(swing=2 / 3))
    ends = {round(b % 1, 3) for b, e in heard.sent if isinstance(e, NoteOff) and e.channel == scores.KICK}
    assert ends == {round(8 / 24, 3)}
    assert {b % 1 for b in heard.struck()} == {0.0}


def test_a_swung_note_of_the_player_is_heard_on_its_step(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(
        scores.tune([72] * 2) + scores.note(2 + 16 / 24, 72, 0.3), 4, scores.preset(swing=2 / 3)
    )
    last = next(request for request in heard.requests if request.first == 12)
    assert np.flatnonzero(last.melody[2].any(1))[:3].tolist() == [0, 4, 10]


def test_our_own_tempo_can_change(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 8), 8, calls=[(4.0, lambda engine, now: engine.tempo(240, now))])
    assert heard.struck(scores.KICK) == [1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5]


def test_the_take_is_what_was_played(stage: Any, scores: ModuleType, tmp_path: Path) -> None:
    chosen = scores.preset()
    take = Take([(p.name, p.channel, p.program) for p in chosen.parts])
    heard = stage.play(scores.tune([72] * 4 + [67] * 4), 8.9, chosen, take=take)
    assert [n[2] for n in take.notes(MELODY)] == [72] * 4 + [67] * 4
    assert [n[0] / 24 for n in take.notes(1)] == heard.struck(scores.KICK)
    assert [text for _, text in take.markers] == ["C", "G"]
    take.write(tmp_path / "take.mid")
    tracks = mido.MidiFile(tmp_path / "take.mid").tracks
    assert [track.name for track in tracks][1:] == ["melody", "drums", "bass", "keys", "strings"]


def test_a_key_held_over_stop_ends_there_in_the_take(stage: Any, scores: ModuleType) -> None:
    take = Take([(p.name, p.channel, p.program) for p in scores.preset().parts])
    score = [*scores.pulses(0, 4), (4.0, Stop()), *scores.note(1.0, 72, 9)]
    stage.play([*score, *scores.pulses(20, 8)], 28, take=take)
    begin, length, pitch, _ = take.notes(MELODY)[0]
    assert (pitch, round(begin / 24), round((begin + length) / 24)) == (72, 1, 4)
    assert all(length > 0 for voice in range(5) for _, length, *_ in take.notes(voice))


@pytest.mark.parametrize("clock", [Clock.INTERNAL, Clock.MIDI])
def test_a_clock_of_ones_choice(stage: Any, scores: ModuleType, clock: Clock) -> None:
    score = scores.note(1, 72, 8)
    own = stage.play(score, 6, settings=Settings(clock=clock)).struck()
    assert bool(own) is (clock is Clock.INTERNAL)
