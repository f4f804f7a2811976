"""Events leave on their tick, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.daemon.sending.schedule import Due, Schedule

OFF, ON = NoteOff(2, 40), NoteOn(2, 40, 90)
LEVEL, PIANO = Control(2, 7, 100), Program(2, 1)


def filled(*due: tuple[int, Event]) -> Schedule:
    schedule = Schedule()
    for tick, event in due:
        schedule.add(tick, event)
    return schedule


def test_on_one_tick_notes_end_then_programs_change_then_notes_begin() -> None:
    schedule = filled((24, ON), (24, PIANO), (24, LEVEL), (24, OFF))
    assert schedule.pop(24) == [Due(24, OFF), Due(24, PIANO), Due(24, LEVEL), Due(24, ON)]


def test_what_is_due_leaves_once() -> None:
    schedule = filled((48, OFF), (24, ON))
    assert (schedule.next_tick(), len(schedule)) == (24, 2)
    assert schedule.pop(23) == []
    assert schedule.pop(47) == [Due(24, ON)]
    assert schedule.pop(47) == []
    assert schedule.pop(100) == [Due(48, OFF)]
    assert schedule.next_tick() is None


def test_what_is_dropped_comes_back() -> None:
    schedule = filled((48, OFF), (24, ON), (24, PIANO), (12, LEVEL))
    assert schedule.clear(24) == [Due(24, PIANO), Due(24, ON), Due(48, OFF)]
    assert schedule.clear() == [Due(12, LEVEL)]
    assert schedule.clear() == []
    assert schedule.next_tick() is None


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 127))), st.integers(0, 20), st.integers(0, 20))
def test_nothing_is_lost_and_equals_keep_their_order(
    notes: list[tuple[int, int]], cut: int, upto: int
) -> None:
    schedule = filled(*((tick, NoteOn(1, pitch, 64)) for tick, pitch in notes))
    dropped = schedule.clear(cut)
    left = schedule.pop(upto) + schedule.clear()
    expected = sorted(notes, key=lambda note: note[0])
    assert [(due.tick, due.event.pitch) for due in left] == [n for n in expected if n[0] < cut]
    assert [(due.tick, due.event.pitch) for due in dropped] == [n for n in expected if n[0] >= cut]
