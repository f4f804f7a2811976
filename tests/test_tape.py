"""What a voice played, kept small and told again as it was."""

from __future__ import annotations

from array import array

from hypothesis import given
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
from bandmate.daemon.sending.tape import Tape

CHANNELS, BYTES = st.integers(1, 16), st.integers(0, 127)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(NoteOn, CHANNELS, BYTES, st.integers(1, 127)),
    st.builds(NoteOff, CHANNELS, BYTES),
    st.builds(Control, CHANNELS, BYTES, BYTES),
    st.builds(Program, CHANNELS, st.integers(1, 128)),
    st.builds(Position, st.integers(0, 16383)),
    st.sampled_from([Pulse(), Start(), Continue(), Stop()]),
)
TICKS = st.floats(-1e7, 1e7)


def recorded(played: list[tuple[float, Event]]) -> Tape:
    tape = Tape()
    for tick, event in played:
        tape.add(tick, event)
    return tape


@given(st.lists(st.tuples(TICKS, EVENTS), max_size=30), st.integers(0, 40))
def test_it_tells_what_was_added_and_what_is_new(played: list[tuple[float, Event]], seen: int) -> None:
    tape = recorded(played)
    assert len(tape) == len(played)
    assert list(tape) == played
    assert list(tape.since(seen)) == played[seen:]


def test_what_is_added_while_it_is_read_is_told_another_time() -> None:
    tape = recorded([(0.0, NoteOn(1, 60, 90)), (12.0, NoteOff(1, 60))])
    reading = tape.since(1)
    assert next(reading) == (12.0, NoteOff(1, 60))
    tape.add(24.0, NoteOn(1, 62, 90))
    assert list(reading) == []
    assert list(tape.since(2)) == [(24.0, NoteOn(1, 62, 90))]


def test_an_event_takes_twelve_bytes() -> None:
    tape = recorded([(float(k), NoteOn(1, 60, 90)) for k in range(1000)])
    held = [each for each in vars(tape).values() if isinstance(each, array)]
    assert sum(each.itemsize * len(each) for each in held) == 12_000
