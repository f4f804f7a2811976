"""Parts that are sent later or sooner than the music, for quick and slow instruments, in virtual time."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge.events import Continue, NoteOff, NoteOn, Position, Start, Stop
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.sending.delay import Delay, End, Held
from bandmate.daemon.sending.schedule import Due

BEAT = 0.5


def settings(*parts: float, offset: float = 0.0, reserve: float = 0.0) -> Settings:
    """In milliseconds."""
    offsets = tuple(each / 1000 for each in parts or (0, 0, 0, 0))
    return Settings(offset=offset / 1000, offsets=offsets, reserve=reserve / 1000)


def struck(heard: Any, channel: int) -> list[float]:
    return [beat for beat in heard.struck(channel) if 2.5 < beat < 6.5]


@pytest.mark.parametrize(
    "offsets", [(0, 0, 0, -40), (30, 0, -60, 0), (100, 100, 100, 100), (-500, 0, 0, 500)]
)
@pytest.mark.parametrize("offset", [0, -25])
def test_each_part_is_sent_by_its_own_offset(
    stage: Any, scores: ModuleType, offsets: tuple[int, ...], offset: int
) -> None:
    score = scores.pulses(0, 8) + scores.tune([72, 76, 74, 77] * 2, 0.1)
    plain = stage.play(score, 8)
    moved = stage.play(score, 8, None, settings(*offsets, offset=offset))
    for part, ms in zip(scores.preset().parts, offsets, strict=True):
        wanted = {round(beat + (ms + offset) / 1000 / BEAT, 3) for beat in struck(plain, part.channel)}
        found = {round(beat, 3) for beat in struck(moved, part.channel)}
        assert {beat for beat in wanted if 3.5 < beat < 5.5} <= found
        assert len({beat for beat in found if 3.5 < beat < 5.5}) > 0
    assert moved.engine.status(0).dropped == plain.engine.status(0).dropped


def test_a_part_is_decided_as_much_earlier_as_it_is_sent(stage: Any, scores: ModuleType) -> None:
    score = scores.pulses(0, 8) + scores.tune([72] * 8, 0.1)
    moved = stage.play(score, 8, None, settings(0, 0, 0, -200), delay=0.02)
    assert moved.engine.status(0).late == 0
    assert moved.engine.status(0).dropped == 0


@pytest.mark.parametrize("offsets", [(0, 0, 0, -80), (200, 0, 50, -10), (-500, 500, 0, 0)])
def test_at_stop_all_parts_end_at_once(stage: Any, scores: ModuleType, offsets: tuple[int, ...]) -> None:
    score = [*scores.pulses(0, 6.4), (6.4, Stop()), *scores.pulses(9, 4, [Continue()])]
    heard = stage.play(score + scores.note(0.1, 72, 20), 13, None, settings(*offsets))
    assert heard.sounding(6.41) == set()
    assert not [beat for beat in heard.struck() if 6.4 <= beat < 9 + min(offsets) / 500]


@pytest.mark.parametrize("turn", [[Position(0)], [Start()], [Stop(), Position(17), Continue()]])
@pytest.mark.parametrize("offsets", [(0, 0, 0, -80), (90, 0, 30, 0)])
def test_a_jump_leaves_no_note_whatever_the_offsets(
    stage: Any, scores: ModuleType, turn: list[Any], offsets: tuple[int, ...]
) -> None:
    score = scores.tune([72] * 16, 0.1) + scores.pulses(0, 8, [Start()]) + scores.pulses(8, 8, turn)
    heard = stage.play(score, 15.5, None, settings(*offsets))
    assert [beat for beat in heard.struck(scores.KICK) if beat > 9]


def test_a_preset_says_what_its_parts_need(stage: Any, scores: ModuleType) -> None:
    plain = scores.preset()
    slow = replace(plain, parts=(*plain.parts[:3], replace(plain.parts[3], offset_ms=-30)))
    score = scores.pulses(0, 8) + scores.tune([72] * 8, 0.1)
    wanted = struck(stage.play(score, 8, plain), plain.parts[3].channel)
    found = struck(stage.play(score, 8, slow, settings(reserve=30)), plain.parts[3].channel)
    clipped = struck(stage.play(score, 8, slow, settings()), plain.parts[3].channel)
    assert found == pytest.approx([beat - 0.06 for beat in wanted], abs=1e-3)
    assert clipped == pytest.approx(wanted, abs=1e-3), "nobody knew before that it would be sooner"


@pytest.mark.parametrize("offsets", [((0, 0, 0, 80)), ((80, 0, 0, 0)), ((-80, 40, 0, 20))])
def test_the_law_holds_over_a_switch_to_parts_of_other_offsets(
    stage: Any, scores: ModuleType, offsets: tuple[int, ...]
) -> None:
    """The new preset has the channels in another order, so each channel changes its delay."""
    plain = scores.preset()
    turned = [replace(p, channel=q.channel) for p, q in zip(plain.parts, plain.parts[::-1], strict=True)]
    other = replace(plain, name="turned", parts=tuple(turned))
    score = scores.pulses(0, 12) + scores.tune([72] * 12, 0.1)
    heard = stage.play(score, 12, plain, settings(*offsets), arms=[(5.0, other, "turned")])
    assert heard.engine.band.preset.name == "turned"
    assert {e.channel for b, e in heard.sent if isinstance(e, NoteOn) and b > 9} >= {2, 10}


def test_what_waits_on_a_channel_keeps_its_order() -> None:
    waiting, note, end = Delay(), Due(0, NoteOn(2, 60, 80)), Due(6, NoteOff(2, 60))
    waiting.push(1.2, 2, 1, note)
    waiting.push(1.0, 2, 1, end)
    waiting.push(1.1, 3, 2, End(7, 3))
    assert (waiting.next_time(), waiting.holds(2), waiting.holds(4)) == (1.1, True, False)
    assert waiting.pop(1.15) == [Held(1.1, 3, 2, End(7, 3))]
    assert waiting.pop(1.2) == [Held(1.2, 2, 1, note), Held(1.2, 2, 1, end)]
    assert not waiting.holds(2)


def test_what_waits_can_be_dropped() -> None:
    waiting = Delay()
    waiting.push(1.0, 2, 1, Due(0, NoteOn(2, 60, 80)))
    waiting.clear()
    assert (waiting.pop(9.0), waiting.next_time(), waiting.holds(2)) == ([], None, False)


def test_sums_of_times_keep_nothing_waiting() -> None:
    """What is due at `time + offset` is due where now less the offset falls short of it by a rounding."""
    waiting, time, offset = Delay(), 0.8466666666666666, 0.21999999999999997
    waiting.push(time, 2, 1, End(7, 2))
    assert time + offset - offset < time
    assert waiting.pop(time + offset - offset)


def test_a_part_that_is_muted_sends_nothing_it_held_back(stage: Any, scores: ModuleType) -> None:
    score = scores.pulses(0, 8) + scores.tune([72] * 8, 0.1) + scores.control(4.02, 106, 127)
    heard = stage.play(score, 8, None, settings(200, 0, 0, 0))
    assert [beat for beat in heard.struck(scores.KICK) if beat < 4]
    assert not [beat for beat in heard.struck(scores.KICK) if beat > 4.02]
