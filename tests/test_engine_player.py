"""The player's turns, hands and controls."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bandmate.bridge.events import Continue, Control, NoteOff, NoteOn, Stop
from bandmate.daemon.answering import fill
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap
from bandmate.models.keys import Key

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


def velocities(heard: Any, channel: int) -> list[int]:
    """Of a channel's notes in order."""
    return [e.velocity for _, e in heard.sent if isinstance(e, NoteOn) and e.channel == channel]


def test_level_scales_the_velocity_of_a_part(stage: Any, scores: ModuleType) -> None:
    melody = scores.note(0, 72, 6)
    usual, low = (
        velocities(stage.play(melody + scores.control(2.5, MAP.level[0], value), 6), scores.KICK)
        for value in (127, 32)
    )
    assert low[:2] == usual[:2]
    assert low[2:] == pytest.approx([32 / 127 * kick for kick in usual[2:]], abs=1)


def test_the_band_builds_up_swells_and_fades_when_the_player_is_gone(stage: Any, scores: ModuleType) -> None:
    parts = tuple(replace(part, patience=4) for part in scores.preset().parts)
    heard = stage.play(scores.note(0, 72, 32), 64, scores.preset(parts=parts))
    kicks = {b: e.velocity for b, e in heard.sent if isinstance(e, NoteOn) and e.channel == scores.KICK}
    seconds = [kicks[beat] for beat in scores.beats(1, 51) if beat % 4 == 1]
    entry, built, last = seconds[:3], seconds[2:8], seconds[9:]
    assert entry == sorted(set(entry))
    assert entry[-1] > 1.1 * entry[0]
    assert built == sorted(built)
    assert built[-1] > built[0]
    assert last == sorted(set(last), reverse=True)
    assert last[-1] < 0.8 * built[-1]
    assert kicks[20.0] > kicks[22.0] > kicks[21.0], "the first beat is accented most, then the third"


@pytest.mark.parametrize(("player", "value"), [(80, 127), (40, 127), (80, 0), (110, 0)])
def test_energy_makes_the_band_louder_or_softer_than_the_player(
    stage: Any, scores: ModuleType, player: int, value: int
) -> None:
    melody = scores.note(0, 72, 6, player)
    plain, moved = (
        stage.play(melody + control, 6) for control in ([], scores.control(2.5, MAP.energy, value))
    )
    before, after = velocities(plain, 3), velocities(moved, 3)
    assert after[:6] == before[:6]
    louder = [b > a if value else b < a for a, b in zip(before[6:], after[6:], strict=True)]
    assert all(louder)
    driven = [heard.requests[-1].controls[4] for heard in (plain, moved)]
    assert driven == (sorted(driven) if value else sorted(driven, reverse=True))
    assert driven[0] != driven[1]


def test_density_and_variation_reach_the_decisions(stage: Any, scores: ModuleType) -> None:
    melody = scores.note(0, 72, 12)
    score = melody + scores.control(8.5, MAP.density, 127) + scores.control(8.5, MAP.variation, 0)
    heard = stage.play(score, 12, scores.preset(variation=0.5))
    begin, before, after = heard.requests[0], heard.requests[7], heard.requests[-1]
    assert (before.variation, after.variation) == (0.5, 0.0)
    drums = scores.preset().parts[0].density
    assert begin.controls[0] < before.controls[0] == pytest.approx(drums)
    assert after.controls[0] == 1.0
    assert (before.limits.density[0], after.limits.density[0]) == (pytest.approx(drums), 1.0)


@pytest.mark.parametrize("control", ["density", "energy"])
def test_what_is_asked_for_anew_frees_the_band_from_what_it_played(
    stage: Any, scores: ModuleType, control: str
) -> None:
    score = scores.note(0, 72, 40) + scores.control(24.5, getattr(MAP, control), 127)
    heard = stage.play(score, 40)
    free = {each.first // 4 for each in heard.requests if not each.constant}
    kept = {each.first // 4 for each in heard.requests if each.constant}
    # The band builds up in its first two bars; then it is asked for the same, but for two bars after beat 24.
    assert {*range(17, 24), *range(34, 40)} <= kept
    assert set(range(26, 32)) <= free
    assert not free & {*range(17, 24), *range(34, 40)}


TOMS = {50, 47, 45}


def drummed(heard: Any, begin: float, end: float) -> list[tuple[float, int]]:
    """(beat, drum) of what the drums struck between two beats."""
    return [
        (b, e.pitch) for b, e in heard.sent if isinstance(e, NoteOn) and e.channel == 10 and begin <= b < end
    ]


@pytest.mark.parametrize(("cue", "begin", "end"), [(5.2, 6, 8), (4.5, 5, 8), (7.2, 8, 12), (7.99, 9, 12)])
def test_a_fill_on_cue_leads_over_the_next_bar_line(
    stage: Any, scores: ModuleType, cue: float, begin: float, end: float
) -> None:
    heard = stage.play(scores.note(0, 72, 16) + scores.control(cue, MAP.fill, 127), 16)
    plain = stage.play(scores.note(0, 72, 16), 16)
    struck = drummed(heard, begin, end)
    assert {pitch for _, pitch in struck} - {36}
    assert {pitch for _, pitch in struck} <= {36, 38, *TOMS}
    assert len(struck) > len(drummed(plain, begin, end))
    assert {pitch for _, pitch in drummed(heard, end, end + 0.1)} == {36, 49}
    for edges in ((0, begin), (end + 0.5, 16)):
        assert drummed(heard, *edges) == drummed(plain, *edges)
    assert [e for e in heard.sent if e[1].channel != 10] == [e for e in plain.sent if e[1].channel != 10]


def test_nobody_is_to_keep_to_a_fill_or_a_break(stage: Any, scores: ModuleType) -> None:
    """Steps of the performance that a decision takes for unusual: for the drums, and for the others."""

    def unusual(control: int, beat: int) -> list[list[int]]:
        heard = stage.play(scores.note(0, 72, 20) + scores.control(5.2, control, 127), 20)
        (request,) = (each for each in heard.requests if each.first == 4 * beat)
        steps = fill.usual(request, 0)
        assert (steps[1:] == steps[1]).all()
        assert fill.usual(request, None)[0].tolist() == steps[1].tolist()
        return [(request.first - 32 + np.flatnonzero(~row)).tolist() for row in steps[:2]]

    # With the fill goes what it lands on.
    assert unusual(MAP.fill, 10) == [[*range(24, 32), 32], []]
    assert unusual(MAP.fill, 15) == [[*range(28, 32), 32], []]
    assert unusual(MAP.fill, 17) == [[], []]
    assert unusual(MAP.tacet, 10) == [[*range(24, 32), 32], [*range(24, 32)]]


def test_phrases_end_with_fills_as_often_as_the_preset_says(stage: Any, scores: ModuleType) -> None:
    melody = scores.note(0, 72, 32)
    for share, filled in ((1.0, True), (0.0, False)):
        heard = stage.play(melody, 34, scores.preset(fills=share))
        assert bool(TOMS & {pitch for _, pitch in drummed(heard, 30, 32)}) is filled
        assert ((32.0, 49) in drummed(heard, 32, 33)) is filled


@pytest.mark.parametrize(("called", "begin", "end"), [(5.2, 6, 8), (6.5, 7, 8), (7.2, 8, 12)])
def test_a_break_silences_the_band_to_the_bar_line(
    stage: Any, scores: ModuleType, called: float, begin: float, end: float
) -> None:
    heard = stage.play(scores.note(0, 72, 16) + scores.control(called, MAP.tacet, 127), 16)
    assert [beat for beat in heard.struck() if begin <= beat < end] == []
    assert heard.sounding(begin + 0.01) == set()
    assert set(heard.struck()) == {*scores.beats(1, int(begin) - 1), *scores.beats(int(end), 15)}
    assert {pitch for _, pitch in drummed(heard, end, end + 0.1)} == {36, 49}


def test_called_to_end_the_band_strikes_the_tonic_on_the_bar_line_holds_it_and_is_silent(
    stage: Any, scores: ModuleType
) -> None:
    melody = scores.tune([72, 76, 79, 77, 74, 83, 79, 72, 74, 72, 71, 74, 72, 72, 72, 72, 72, 72, 72, 72])
    heard = stage.play(melody + scores.control(9.5, MAP.ending, 127), 24)
    assert max(heard.struck()) == 12.0
    assert heard.chords()[12.0] == C
    assert {e.pitch for e in heard.at(12.0) if isinstance(e, NoteOn) and e.channel == 10} == {36, 49}
    assert {channel for channel, _ in heard.sounding(15.99)} == {2, 3, 4}
    assert heard.sounding(16.01) == set(), "though the player plays on"


def test_after_an_ending_a_bar_of_silence_and_a_note_begin_again(stage: Any, scores: ModuleType) -> None:
    melody = scores.note(0, 72, 10) + scores.note(18, 72, 6)
    heard = stage.play(melody + scores.control(5.5, MAP.ending, 127), 24)
    assert [beat for beat in heard.struck() if 8.5 < beat < 18] == []
    assert {19.0, 20.0, 21.0} <= set(heard.struck())


def test_an_ending_taken_back_is_none(stage: Any, scores: ModuleType) -> None:
    twice = scores.control(5.2, MAP.ending, 127) + scores.control(6.2, MAP.ending, 127)
    melody = scores.note(0, 72, 16)
    assert stage.play(melody + twice, 16).struck() == stage.play(melody, 16).struck()


def test_a_held_chord_stays_whatever_is_played(stage: Any, scores: ModuleType) -> None:
    melody = scores.tune([72] * 4 + [67] * 8)
    free, held = (
        stage.play(melody + more, 12).chords()
        for more in ([], scores.control(3.5, MAP.hold, 127) + scores.control(8.5, MAP.hold, 0))
    )
    assert free[7.0] == G
    assert [held[beat] for beat in scores.beats(1, 8)] == [C] * 8
    assert held[11.0] == G


D, G = ({(root + tone) % 12 for tone in (0, 4, 7)} for root in (2, 7))


def test_a_locked_key_is_found_by_ear_and_kept_until_it_is_let_go(stage: Any, scores: ModuleType) -> None:
    melody = scores.tune([72, 76, 79, 77, 74, 83, 81, 79, 72, 72] + 6 * [74])
    locked = scores.control(8.5, MAP.key_lock, 127)
    free, kept, let_go = (
        stage.play(melody + more, 16)
        for more in ([], locked, [*locked, *scores.control(13.5, MAP.key_lock, 0)])
    )
    scale = {0, 2, 4, 5, 7, 9, 11}
    assert free.chords()[13.0] == D, "the toys play the major triad on what they hear"
    assert all(chord <= scale for beat, chord in kept.chords().items() if beat > 9)
    assert let_go.chords()[15.0] == D
    assert kept.engine.status(8.0).key == "C major"


def test_a_key_may_be_named_from_the_beginning_and_the_left_hand_still_leads(
    stage: Any, scores: ModuleType
) -> None:
    melody = scores.tune([74] * 12)
    left = [each for pitch in (50, 54, 57) for each in scores.note(6, pitch, 4)]
    named = Settings(key=Key.parse("C"), split=55)
    heard = stage.play(melody + left, 12, settings=named)
    early = [chord for beat, chord in heard.chords().items() if beat < 6]
    assert early
    assert all(not {6, 1} & chord for chord in early)
    assert [heard.chords()[beat] for beat in (7.0, 9.0)] == [D, D]


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
