"""The way out: faders, lateness, and one preset after another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.clock.timeline import Timeline
from bandmate.daemon.sending.desk import LATEST, Desk
from bandmate.daemon.sending.takes import Take
from bandmate.models.decoding import Score
from bandmate.presets.preset import Part, Preset

LINE = Timeline.at(120)
SILENT = np.zeros((4, 128), bool)


def preset(*channels: int, **changes: float) -> Preset:
    parts = tuple(Part(f"part {c}", c, program=c + 1, **changes) for c in channels)  # type: ignore[arg-type]
    return Preset("some", 1, "ear", "band", parts)


FIRST = preset(1 + 9, 2, 3, 4)


def score(*notes: tuple[int, int, int, int], steps: int = 8) -> Score:
    """Notes as (part, step, length, pitch), of velocity .5."""
    onset, sustain = np.zeros((4, steps, 128), bool), np.zeros((4, steps, 128), bool)
    for part, step, length, pitch in notes:
        onset[part, step, pitch] = True
        sustain[part, step : step + length, pitch] = True
    return Score(onset, sustain, onset * np.float32(0.5))


def put(desk: Desk, *notes: tuple[int, int, int, int], first: int = 0, loud: float = 1.0) -> None:
    played = score(*notes)
    desk.score(first, played, SILENT, Grid(), np.full(played.steps, loud, np.float32))


def play(desk: Desk, tick: int) -> list[tuple[int, Event]]:
    """What leaves by a tick, each event on its own."""
    while (due := desk.next_tick()) is not None and due <= tick:
        desk.play(LINE, LINE.time_at(due))
    return [(due.tick, due.event) for due in desk.collect()]


@pytest.fixture
def desk() -> Desk:
    return Desk(FIRST, None, programs=True)


def test_it_greets_with_the_parts_programs(desk: Desk) -> None:
    desk.greet()
    assert [due.event for due in desk.collect()] == [
        Program(10, 11),
        Program(2, 3),
        Program(3, 4),
        Program(4, 5),
    ]


def test_programs_can_be_left_out() -> None:
    desk = Desk(FIRST, None, programs=False)
    desk.greet()
    desk.switch(preset(5, 6, 7, 8), 6)
    assert play(desk, 12) == []


def test_a_score_leaves_on_its_ticks(desk: Desk) -> None:
    put(desk, (1, 0, 2, 40), (2, 1, 4, 60), first=4)
    assert desk.next_tick() == 24
    assert play(desk, 100) == [
        (24, NoteOn(2, 40, 64)),
        (30, NoteOn(3, 60, 64)),
        (36, NoteOff(2, 40)),
        (54, NoteOff(3, 60)),
    ]
    assert desk.next_tick() is None


def test_a_note_held_to_the_end_of_a_score_is_ended_by_the_next(desk: Desk) -> None:
    put(desk, (1, 6, 2, 40))
    assert play(desk, 40) == [(36, NoteOn(2, 40, 64))]
    before = SILENT.copy()
    before[1, 40] = True
    played = score((1, 4, 1, 45))
    desk.score(8, played, before, Grid(), np.ones(played.steps, np.float32))
    assert play(desk, 72) == [(48, NoteOff(2, 40)), (72, NoteOn(2, 45, 64))]


def test_another_score_replaces_what_waits_from_its_first_step_on(desk: Desk) -> None:
    put(desk, (1, 0, 1, 40), (1, 4, 1, 41))
    put(desk, (1, 0, 1, 50), first=4)
    struck = [(tick, e.pitch) for tick, e in play(desk, 90) if isinstance(e, NoteOn)]
    assert struck == [(0, 40), (24, 50)]


@pytest.mark.parametrize(
    ("level", "loud", "velocity"),
    [(1.0, 1.0, 64), (0.5, 1.0, 32), (0.001, 1.0, 1), (1.0, 0.6, 38), (1.0, 1.3, 83), (1.0, 9.0, 127)],
)
def test_velocity_follows_the_fader_and_the_loudness(
    desk: Desk, level: float, loud: float, velocity: int
) -> None:
    desk.level(1, level)
    put(desk, (1, 0, 1, 40), loud=loud)
    assert play(desk, 0) == [(0, NoteOn(2, 40, pytest.approx(velocity, abs=1)))]


def test_a_fader_down_strikes_nothing(desk: Desk) -> None:
    desk.level(1, 0)
    put(desk, (1, 0, 1, 40))
    assert play(desk, 20) == []


def test_a_muted_part_falls_silent_at_once_and_plays_again_with_its_next_note(desk: Desk) -> None:
    put(desk, (1, 0, 4, 40), (1, 4, 1, 41), (1, 6, 1, 43), (2, 4, 1, 60))
    play(desk, 6)
    desk.mute(1, True, 7)
    assert [(due.tick, due.event) for due in desk.collect()] == [(7, NoteOff(2, 40))]
    assert play(desk, 30) == [(24, NoteOn(3, 60, 64)), (30, NoteOff(3, 60))]
    desk.mute(1, False, 31)
    assert play(desk, 48) == [(36, NoteOn(2, 43, 64)), (42, NoteOff(2, 43))]


def test_a_preset_may_begin_with_a_part_muted() -> None:
    parts = (*FIRST.parts[:3], replace(FIRST.parts[3], mute=True))
    desk = Desk(replace(FIRST, parts=parts), None, programs=True)
    put(desk, (3, 0, 1, 40))
    assert play(desk, 20) == []


def test_a_late_note_is_dropped_with_its_end_and_counted(desk: Desk) -> None:
    put(desk, (1, 0, 2, 40), (2, 1, 1, 60))
    desk.play(LINE, LINE.time_at(6) + 0.9 * LATEST)
    assert [due.event for due in desk.collect()] == [NoteOn(3, 60, 64)]
    assert desk.dropped == 1
    assert play(desk, 18) == [(12, NoteOff(3, 60))]


def test_silence_ends_what_sounds_and_drops_what_waits(desk: Desk) -> None:
    put(desk, (1, 0, 4, 40), (2, 4, 1, 60))
    play(desk, 3)
    desk.silence(3)
    assert [(due.tick, due.event) for due in desk.collect()] == [(3, NoteOff(2, 40))]
    assert play(desk, 90) == []


def test_panic_releases_in_every_way_and_the_music_goes_on(desk: Desk) -> None:
    put(desk, (1, 0, 4, 40), (2, 4, 1, 60))
    play(desk, 3)
    desk.panic(4)
    events = [due.event for due in desk.collect()]
    assert events[0] == NoteOff(2, 40)
    assert set(events[1:]) == {Control(c, n, 0) for c in (10, 2, 3, 4) for n in (64, 120, 123)}
    assert play(desk, 24) == [(24, NoteOn(3, 60, 64))]


def test_a_switch_ends_the_old_notes_then_changes_sounds_then_strikes_new_notes(desk: Desk) -> None:
    put(desk, (1, 0, 8, 40), (3, 4, 4, 70))
    desk.switch(preset(2, 5, 6, 7), 24)
    put(desk, (0, 0, 1, 36), (1, 0, 1, 41), first=4)
    assert desk.next_tick() == 0
    assert play(desk, 23) == [(0, NoteOn(2, 40, 64))]
    assert desk.next_tick() == 24
    programs = [(24, Program(c, c + 1)) for c in (2, 5, 6, 7)]
    struck = [(24, NoteOn(2, 36, 64)), (24, NoteOn(5, 41, 64))]
    assert play(desk, 24) == [(24, NoteOff(2, 40)), *programs, *struck]


def test_until_the_switch_the_old_preset_has_its_faders_and_both_have_their_channels(desk: Desk) -> None:
    put(desk, (1, 3, 1, 40))
    desk.switch(preset(5, 6, 2, 7, level=0.5), 24)
    put(desk, (1, 0, 1, 60), first=4)
    assert desk.channels == {10, 2, 3, 4, 5, 6, 7}
    assert play(desk, 18) == [(18, NoteOn(2, 40, 64))]
    assert play(desk, 24)[-1] == (24, NoteOn(6, 60, 32))
    assert desk.channels == {2, 5, 6, 7}


def test_silence_before_a_switch_makes_it(desk: Desk) -> None:
    put(desk, (1, 0, 8, 40))
    play(desk, 0)
    desk.switch(preset(2, 5, 6, 7), 24)
    desk.silence(10)
    events = [due.event for due in desk.collect()]
    assert events == [NoteOff(2, 40), *(Program(c, c + 1) for c in (2, 5, 6, 7))]


def test_in_the_take_every_note_ends_in_the_track_it_began_in(tmp_path: Path) -> None:
    take = Take([(part.name, part.channel, None) for part in FIRST.parts])
    desk = Desk(FIRST, take, programs=True)
    put(desk, (1, 0, 8, 40))
    desk.switch(preset(3, 4, 2, 10), 24)
    put(desk, (2, 0, 2, 40), first=4)
    play(desk, 90)
    assert take.notes(2) == [(0, 24, 40, 64)]
    assert take.notes(3) == [(24, 12, 40, 64)]
    take.write(tmp_path / "take.mid")
    assert len(mido.MidiFile(tmp_path / "take.mid").tracks) == 6


def test_faders_and_mutes_that_were_moved_stay_where_they_are_when_the_preset_changes(desk: Desk) -> None:
    desk.level(1, 0.5)
    desk.mute(2, True, 0)
    desk.switch(preset(2, 5, 6, 7), 24)
    put(desk, (1, 0, 1, 41), (2, 0, 1, 60), (3, 0, 1, 70), first=4)
    struck = [(e.channel, e.velocity) for _, e in play(desk, 24) if isinstance(e, NoteOn)]
    assert struck == [(5, 32), (7, 64)]


def test_what_a_slow_part_held_back_for_too_long_is_not_struck() -> None:
    """The machine stood still while it waited; what began in time ends."""
    desk = Desk(FIRST, None, programs=False, delays=lambda preset: (0.1,) * 4)
    put(desk, (1, 0, 2, 40), (1, 1, 2, 41))
    desk.play(LINE, LINE.time_at(6))
    assert [due.event for due in desk.collect()] == [NoteOn(2, 40, 64)]
    desk.play(LINE, LINE.time_at(6) + 0.1 + LATEST + 0.001)
    assert desk.collect() == []
    desk.play(LINE, 2.0)
    assert [due.event for due in desk.collect()] == [NoteOff(2, 40)]
    assert desk.dropped == 1
