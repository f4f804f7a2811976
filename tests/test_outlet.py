"""A port that vanishes and comes back: every note that left ends."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.bridge.names import PortError
from bandmate.daemon.ports.outlet import DOUBT, Outlet
from bandmate.daemon.ports.sounding import Sounding


class Synth:
    """Hears; broken, it refuses once and is silent then, as ports do."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.broken = self.lost = False

    def send(self, event: Event) -> None:
        if self.lost:
            return
        if self.broken:
            self.lost = True
            raise PortError("broken")
        self.heard.append(event)

    def close(self) -> None:
        raise AssertionError("who opened it closes it")


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def sounding(events: list[Event]) -> set[tuple[int, int]]:
    """What sounds on a synth that has heard these."""
    notes: set[tuple[int, int]] = set()
    for event in events:
        if isinstance(event, NoteOn):
            notes.add((event.channel, event.pitch))
        elif isinstance(event, NoteOff):
            notes.discard((event.channel, event.pitch))
    return notes


def test_what_sounded_when_the_port_vanished_ends_when_it_is_back() -> None:
    synth, record, time = Synth(), Sounding(), Time()
    outlet = Outlet(time)
    outlet.plug(synth, record, heard=True)
    for event in (NoteOn(2, 40, 80), NoteOn(3, 60, 80), NoteOff(3, 60)):
        outlet.send(event)
    time.now = DOUBT
    outlet.tend()
    outlet.unplug()
    for event in (NoteOff(2, 40), NoteOn(3, 64, 80), NoteOff(3, 64), NoteOn(3, 65, 80)):
        outlet.send(event)
    before = len(synth.heard)
    outlet.plug(synth, record, heard=True)
    assert synth.heard[before:] == [NoteOff(2, 40), Control(2, 123, 0)]
    outlet.send(NoteOff(3, 65))
    outlet.send(NoteOn(2, 40, 70))
    assert synth.heard[before + 2 :] == [NoteOn(2, 40, 70)]
    assert list(record) == [(2, 40)]


def test_a_note_that_ended_just_before_is_ended_again() -> None:
    """The port may have been gone already, or the process be killed before its queue is empty."""
    synth, record, time = Synth(), Sounding(), Time()
    outlet = Outlet(time)
    outlet.plug(synth, record, heard=True)
    for event in (NoteOn(2, 40, 80), NoteOn(2, 41, 80), NoteOff(2, 40), NoteOff(2, 40)):
        outlet.send(event)
    assert synth.heard == [NoteOn(2, 40, 80), NoteOn(2, 41, 80), NoteOff(2, 40)]
    time.now = 0.9 * DOUBT
    outlet.tend()
    assert list(record) == [(2, 40), (2, 41)]
    outlet.unplug()
    outlet.plug(synth, record, heard=True)
    assert synth.heard[3:] == [NoteOff(2, 40), NoteOff(2, 41), Control(2, 123, 0)]
    outlet.close()
    assert list(record) == []


def test_a_note_that_is_struck_again_sounds_again() -> None:
    synth, record, time = Synth(), Sounding(), Time()
    outlet = Outlet(time)
    outlet.plug(synth, record, heard=True)
    for event in (NoteOn(2, 40, 80), NoteOff(2, 40), NoteOn(2, 40, 70)):
        outlet.send(event)
    time.now = 2 * DOUBT
    outlet.tend()
    assert list(record) == [(2, 40)]
    outlet.send(NoteOff(2, 40))
    assert sounding(synth.heard) == set()


def test_a_port_that_fails_raises_nothing_and_is_failed_until_another_is_there() -> None:
    synth, record, time = Synth(), Sounding(), Time()
    outlet = Outlet(time)
    outlet.plug(synth, record, heard=True)
    outlet.send(NoteOn(2, 40, 80))
    synth.broken = True
    outlet.send(NoteOff(2, 40))
    assert outlet.failed
    assert list(record) == [(2, 40)]
    again = Synth()
    outlet.plug(again, record, heard=True)
    assert not outlet.failed
    assert again.heard == [NoteOff(2, 40), Control(2, 123, 0)]


def test_what_a_killed_process_left_ends_at_once_where_somebody_listens() -> None:
    synth, record, time = Synth(), Sounding(), Time()
    outlet = Outlet(time)
    record.add(2, 40)
    record.add(10, 36)
    outlet.plug(synth, record, heard=True)
    assert synth.heard == [NoteOff(2, 40), NoteOff(10, 36), Control(2, 123, 0), Control(10, 123, 0)]
    time.now = DOUBT
    outlet.tend()
    assert list(record) == []
    outlet.send(NoteOn(2, 41, 80))
    assert synth.heard[4:] == [NoteOff(2, 40), NoteOff(10, 36), NoteOn(2, 41, 80)]


def test_it_is_ended_twice_more_since_a_busy_system_loses_messages_and_no_new_note_with_it() -> None:
    synth, record = Synth(), Sounding()
    outlet = Outlet(Time())
    record.add(2, 40)
    record.add(3, 60)
    outlet.plug(synth, record, heard=True)
    outlet.tend()
    assert synth.heard[4:] == [NoteOff(2, 40), NoteOff(3, 60)]
    outlet.send(NoteOn(2, 40, 80))
    for _ in range(5):
        outlet.tend()
    assert synth.heard[6:] == [NoteOn(2, 40, 80), NoteOff(3, 60)]


def test_closing_ends_what_the_band_has_left_sounding_and_again_what_ended_just_now() -> None:
    synth, record = Synth(), Sounding()
    outlet = Outlet(Time())
    outlet.plug(synth, record, heard=True)
    for event in (NoteOn(2, 40, 80), NoteOn(3, 60, 80), NoteOff(2, 40)):
        outlet.send(event)
    outlet.close()
    assert synth.heard[3:] == [NoteOff(2, 40), NoteOff(3, 60), Control(2, 123, 0), Control(3, 123, 0)]
    assert list(record) == []


def test_on_a_virtual_port_it_is_ended_again_for_who_begins_to_listen() -> None:
    synth, record, time = Synth(), Sounding(), Time()
    outlet = Outlet(time)
    record.add(2, 40)
    outlet.plug(synth, record, heard=False)
    outlet.send(Program(2, 34))
    outlet.tend()
    assert list(record) == [(2, 40)]
    outlet.send(NoteOn(2, 40, 80))
    outlet.tend()
    ended = [NoteOff(2, 40), Control(2, 123, 0)]
    assert synth.heard == [*ended, Program(2, 34), NoteOff(2, 40), *ended, NoteOn(2, 40, 80)]


HAPPENINGS = st.lists(
    st.one_of(
        st.builds(NoteOn, st.integers(1, 2), st.integers(60, 62), st.integers(1, 127)),
        st.builds(NoteOff, st.integers(1, 2), st.integers(60, 62)),
        st.sampled_from(["break", "unplug", "plug", "wait"]),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(HAPPENINGS)
def test_whatever_happens_the_record_holds_all_that_sounds_and_all_of_it_ends(
    happenings: list[object],
) -> None:
    synth, record, time = Synth(), Sounding(), Time()
    outlet = Outlet(time)
    outlet.plug(synth, record, heard=True)
    for each in happenings:
        if isinstance(each, NoteOn | NoteOff):
            outlet.send(each)
        elif each == "break":
            synth.broken = True
        elif each == "unplug":
            outlet.unplug()
        elif each == "wait":
            time.now += 0.6 * DOUBT
            outlet.tend()
        else:
            synth.broken = synth.lost = False
            outlet.unplug()
            outlet.plug(synth, record, heard=True)
        assert sounding(synth.heard) <= set(record)
    synth.broken = synth.lost = False
    outlet.plug(synth, record, heard=True)
    outlet.close()
    assert sounding(synth.heard) == set(record) == set()
