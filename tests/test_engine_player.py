"""The player's turns, hands and controls."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge.events import Continue, Control, NoteOff, NoteOn, Stop
from bandmate.daemon.controls import ControlMap
from bandmate.daemon.metre import Metre
from bandmate.daemon.settings import Settings
from bandmate.daemon.situation import Mode

C, F, A = ({(root + tone) % 12 for tone in (0, 4, 7)} for root in (0, 5, 9))
BAND = (10, 2, 3, 4)
MAP = ControlMap()


def test_respond_is_by_turns(stage: Any, scores: ModuleType) -> None:
    respond = Settings(mode=Mode.RESPOND)
    heard = stage.play(scores.tune([72] * 4 + [67] * 4), 40, settings=respond)
    assert heard.struck(scores.KICK) == scores.beats(8, 15)
    assert len(heard.requests) == 1
    chords = heard.chords()
    assert set(chords) == set(scores.beats(8, 15))
    assert not heard.requests[0].heard.any()
    assert heard.requests[0].melody[0].any()
    assert not heard.requests[0].melody[2].any()


def test_who_plays_on_is_answered_window_after_window(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.tune([72] * 20), 40, settings=Settings(mode=Mode.RESPOND))
    assert heard.struck(scores.KICK) == scores.beats(8, 31)


def test_in_three_four_a_turn_is_two_bars_and_answers_their_chords(stage: Any, scores: ModuleType) -> None:
    respond = Settings(mode=Mode.RESPOND, metre=Metre(3, 4))
    heard = stage.play(scores.tune([72] * 6), 24, settings=respond)
    assert heard.struck(scores.KICK) == scores.beats(6, 11)
    assert heard.requests[0].hindsight == 8, "two bars of four, of which it knows that one beat is none"


def test_chords_held_below_the_split_steer_the_plan(stage: Any, scores: ModuleType) -> None:
    melody = scores.tune([72] * 8)
    left = [each for pitch in (45, 49, 52) for each in scores.note(4, pitch, 4)]
    alone = stage.play(melody, 8).chords()
    steered = stage.play(melody + left, 8, settings=Settings(split=55)).chords()
    assert alone[6.0] == C
    assert [steered[beat] for beat in scores.beats(5, 7)] == [A] * 3


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
    assert max(heard.struck()) == pytest.approx(25.0, abs=0.01), "four bars after Stop, and to the bar line"


def test_mute_silences_a_part_at_once_and_lets_it_play_again(stage: Any, scores: ModuleType) -> None:
    number = MAP.mute[2]
    score = scores.note(0, 72, 10) + scores.control(3.5, number, 127) + scores.control(6.5, number, 0)
    heard = stage.play(score, 10)
    assert sorted(set(heard.struck(scores.KEYS))) == [*scores.beats(1, 3), *scores.beats(7, 9)]
    assert {e.channel for e in heard.at(3.5)} == {scores.KEYS}
    assert heard.struck(scores.KICK) == scores.beats(1, 9)


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
    drums = scores.preset().parts[0].density
    assert before.controls[0] == pytest.approx(drums)
    assert after.controls[0] == 1.0
    assert (before.limits.density[0], after.limits.density[0]) == (drums, 1.0)


def test_density_at_nothing_leaves_only_what_is_certain(stage: Any, scores: ModuleType) -> None:
    stage.employ(scores.preset(), gate=(0.9,) * 4)
    heard = stage.play(scores.note(0, 72, 8) + scores.control(3.5, MAP.density, 0), 8)
    assert heard.struck(scores.KICK) == scores.beats(1, 3)


def freeze(scores: ModuleType, begin: float, end: float) -> Any:
    """The freeze switch on and off."""
    return scores.control(begin, MAP.freeze, 127) + scores.control(end, MAP.freeze, 0)


def test_frozen_the_band_repeats_its_last_two_bars(stage: Any, scores: ModuleType) -> None:
    tune = scores.tune([72] * 4 + [67] * 4 + [65] * 12)
    score = tune + freeze(scores, 8.5, 16.5)
    chords = stage.play(score, 20).chords()
    assert [chords[b] for b in scores.beats(9, 16)] == [chords[b - 8] for b in scores.beats(9, 16)]
    assert chords[9.0] == C
    assert [chords[b] for b in scores.beats(17, 19)] == [F] * 3


def test_unfrozen_just_before_a_decision_there_is_no_gap(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 16) + freeze(scores, 8.5, 10.97)
    heard = stage.play(score, 16, settings=Settings(lead=0.1))
    assert heard.struck(scores.KICK) == scores.beats(1, 15)


def test_panic_releases_everything_and_the_music_goes_on(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 8) + scores.control(3.4, MAP.panic, 127), 8)
    sent = heard.at(3.4)
    assert {(e.channel, e.pitch) for e in sent if isinstance(e, NoteOff)} == heard.sounding(3.4)
    assert {e.channel for e in sent if isinstance(e, Control)} == set(BAND)
    assert heard.struck(scores.KICK) == scores.beats(1, 7)
