"""Events to and from MIDI messages, and what importing them brings along."""

from __future__ import annotations

import subprocess
import sys

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.bridge import codec
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

channels = st.integers(1, 16)
sevens = st.integers(0, 127)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(NoteOn, channels, sevens, st.integers(1, 127)),
    st.builds(NoteOff, channels, sevens),
    st.builds(Control, channels, sevens, sevens),
    st.builds(Program, channels, st.integers(1, 128)),
    st.builds(Position, st.integers(0, 16383)),
    st.sampled_from([Pulse(), Start(), Continue(), Stop()]),
)


@given(events)
def test_an_event_survives_messages_and_bytes(event: Event) -> None:
    assert codec.from_message(codec.to_message(event)) == event
    assert codec.from_bytes(codec.to_bytes(event)) == event


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (NoteOn(1, 60, 100), [0x90, 60, 100]),
        (NoteOn(16, 0, 1), [0x9F, 0, 1]),
        (NoteOff(10, 36), [0x89, 36, 0]),
        (Control(2, 64, 127), [0xB1, 64, 127]),
        (Program(1, 1), [0xC0, 0]),
        (Program(16, 128), [0xCF, 127]),
        (Pulse(), [0xF8]),
        (Start(), [0xFA]),
        (Continue(), [0xFB]),
        (Stop(), [0xFC]),
        (Position(129), [0xF2, 1, 1]),
    ],
)
def test_bytes_on_the_wire(event: Event, data: list[int]) -> None:
    assert codec.to_bytes(event) == data
    assert codec.from_bytes(data) == event


def test_a_note_on_of_velocity_0_is_a_release() -> None:
    assert codec.from_bytes([0x93, 60, 0]) == NoteOff(4, 60)
    assert codec.from_bytes([0x83, 60, 90]) == NoteOff(4, 60)


@pytest.mark.parametrize(
    "data",
    [
        [0xE0, 0, 64],  # pitch bend
        [0xD0, 9],  # channel pressure
        [0xA0, 60, 9],  # key pressure
        [0xF0, 0x7E, 1, 0xF7],  # system exclusive
        [0xFE],  # active sensing
        [0xF1, 3],  # time code
        [],
        [0x90, 60],  # cut short
        [0x90, 60, 200],  # no data byte
        [60, 60, 60],  # no status
    ],
)
def test_what_bandmate_does_not_use_is_none(data: list[int]) -> None:
    assert codec.from_bytes(data) is None


def test_a_meta_message_is_none() -> None:
    assert codec.from_message(mido.MetaMessage("set_tempo", tempo=500000)) is None


@given(st.lists(st.integers(0, 255), max_size=6))
def test_no_bytes_raise(data: list[int]) -> None:
    event = codec.from_bytes(data)
    assert event is None or codec.from_bytes(codec.to_bytes(event)) == event


@pytest.mark.parametrize("event", [NoteOn(1, 128, 1), NoteOn(17, 60, 1), NoteOn(0, 60, 1), Program(1, 129)])
def test_values_out_of_range_are_refused(event: Event) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        codec.to_bytes(event)


def test_events_and_codec_leave_rtmidi_alone() -> None:
    program = (
        "import sys; from bandmate.bridge import events, codec, names, arrival, outputs, loopback;"
        "print('rtmidi' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
