"""A performance that pauses for a port which is gone: arrivals in, what leaves out, in virtual time."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from bandmate.bridge.events import NoteOn, Stop
from bandmate.daemon.engine.engine import Engine

C_MAJOR = (72, 76, 79, 76) * 6


def test_on_our_own_clock_it_stands_still_and_the_next_note_is_the_downbeat(
    stage: Any, scores: ModuleType
) -> None:
    score = scores.tune(C_MAJOR[:6]) + scores.tune(C_MAJOR[:8], begin=10.3)
    heard = stage.play(score, 18, calls=[(5.5, Engine.pause), (8.2, Engine.resume)])
    struck = heard.struck()
    assert [beat for beat in struck if beat < 5.5]
    assert not [beat for beat in struck if 5.5 <= beat < 10.3]
    assert not heard.sounding(5.6)
    kicks = [round(beat - 10.3, 3) for beat in heard.struck(scores.KICK) if beat > 8]
    assert len(kicks) >= 4
    assert all(4 * beat == int(4 * beat) for beat in kicks)


def test_notes_while_it_pauses_start_nothing(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.tune(C_MAJOR[:8], begin=1), 12, calls=[(0.0, Engine.pause)])
    assert heard.struck() == []


def test_under_a_daws_clock_it_comes_in_again_where_the_daw_is(stage: Any, scores: ModuleType) -> None:
    score = sorted(scores.pulses(0.5, 30) + scores.tune(C_MAJOR, begin=0.51), key=lambda each: each[0])
    calls = [(8.6, Engine.pause), (14.7, Engine.resume)]
    heard = stage.play(score, 26, calls=calls)
    plain = stage.play(score, 26)
    assert [beat for beat in plain.struck() if 9 <= beat < 14.7]
    assert not [beat for beat in heard.struck() if 8.6 <= beat < 14.7]
    assert not heard.sounding(8.7)
    after = [beat - 0.5 for beat in heard.struck(scores.KICK) if beat > 14.7]
    assert after
    assert min(after) <= 17
    assert all(abs(4 * beat - round(4 * beat)) < 0.05 for beat in after)


def test_a_daw_that_stops_meanwhile_leaves_nothing_to_go_on_with(stage: Any, scores: ModuleType) -> None:
    score = scores.pulses(0.5, 10) + scores.tune(C_MAJOR[:8], begin=0.51) + [(10.5, Stop())]
    calls = [(6.2, Engine.pause), (12.0, Engine.resume)]
    heard = stage.play(sorted(score, key=lambda each: each[0]), 16, calls=calls)
    assert [e for beat, e in heard.sent if isinstance(e, NoteOn) and beat < 6.2]
    assert not [e for beat, e in heard.sent if isinstance(e, NoteOn) and beat >= 6.2]


def test_pausing_twice_and_resuming_twice_is_once(stage: Any, scores: ModuleType) -> None:
    score = sorted(scores.pulses(0.5, 20) + scores.tune(C_MAJOR[:16], begin=0.51), key=lambda each: each[0])
    once = stage.play(score, 18, calls=[(6.2, Engine.pause), (9.1, Engine.resume)])
    calls = [(6.2, Engine.pause), (7.0, Engine.pause), (9.1, Engine.resume), (9.4, Engine.resume)]
    assert stage.play(score, 18, calls=calls).sent == once.sent
