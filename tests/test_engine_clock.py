"""The engine on a DAW's clock: start, stop, jumps and loops."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge.events import Continue, NoteOff, Position, Pulse, Start, Stop


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
    """Four bars: it is the DAW that keeps the time."""
    score = [*scores.pulses(0, 6.4), (6.4, Position(0)), *scores.pulses(6.41, 22, [])]
    heard = stage.play(score + scores.note(0.1, 72, 5), 28)
    later = [beat for beat in heard.struck(scores.KICK) if beat > 7]
    assert later == pytest.approx([6.41 + k for k in range(1, 16)], abs=0.01)


@pytest.mark.parametrize("turn", [[Position(0)], [Start()], [Stop(), Position(0), Continue()]])
def test_a_loop_has_no_hole(stage: Any, scores: ModuleType, turn: list[Any]) -> None:
    score = scores.tune([72] * 16, 0.1) + scores.pulses(0, 8, [Start()]) + scores.pulses(8, 8, turn)
    heard = stage.play(score, 15.5)
    kicks = heard.struck(scores.KICK)
    assert kicks == pytest.approx([float(beat) for beat in range(1, 16)], abs=0.02)
    assert len({request.beats.history for request in heard.requests}) == 1


def test_a_loop_is_one_performance_and_start_after_stop_is_a_new_one(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 24, 0.1)
    for begin, messages in ((0, [Start()]), (8, [Position(0)]), (16, [Stop(), Start()])):
        score += scores.pulses(begin, 8, messages)
    heard = stage.play(score, 24)
    histories = {request.beats.history for request in heard.requests}
    assert len(histories) == 2
    firsts = [request.first for request in heard.requests]
    assert firsts == sorted(firsts)


def test_the_band_plays_on_when_the_pulses_fail(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.pulses(0, 6) + scores.note(0.1, 72, 20), 24)
    assert heard.struck(scores.KICK) == pytest.approx(scores.beats(1, 24), abs=0.02)


def test_a_note_after_a_start_without_pulses_begins_on_our_own_clock(stage: Any, scores: ModuleType) -> None:
    heard = stage.play([(0.0, Start()), *scores.note(8, 72, 8)], 14)
    assert heard.struck(scores.KICK) == scores.beats(9, 13)


def test_the_tempo_is_the_daws(stage: Any, scores: ModuleType) -> None:
    slow = [(2 * (k / 24), Pulse()) for k in range(24 * 8)]
    heard = stage.play([(0.0, Start()), *slow, *scores.note(0.1, 72, 14)], 15)
    assert heard.struck(scores.KICK) == pytest.approx([2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0], abs=0.02)
