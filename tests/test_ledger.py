"""Every NoteOn that leaves is followed by exactly one NoteOff."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.daemon.sending.ledger import Ledger
from bandmate.daemon.sending.schedule import Schedule

BASS, LOW = NoteOn(2, 40, 90), NoteOff(2, 40)


@pytest.mark.parametrize(
    ("arrivals", "leave"),
    [
        ([BASS, LOW], [BASS, LOW]),
        ([BASS, BASS, LOW], [BASS, LOW, BASS, LOW]),
        ([BASS, LOW, LOW], [BASS, LOW]),
        ([LOW], []),
        ([BASS, NoteOff(3, 40), NoteOff(2, 41)], [BASS]),
        ([NoteOn(2, 40, 0), NoteOn(2, 41, 300)], [NoteOn(2, 40, 1), NoteOn(2, 41, 127)]),
        ([Control(2, 7, 100), Program(2, 1)], [Control(2, 7, 100), Program(2, 1)]),
    ],
)
def test_what_may_leave(arrivals: list[Event], leave: list[Event]) -> None:
    ledger = Ledger()
    assert [passed for event in arrivals for passed in ledger.pass_on(event)] == leave


def test_silence_ends_what_sounds_and_no_more() -> None:
    ledger = Ledger()
    for event in (BASS, NoteOn(3, 60, 80), NoteOn(3, 64, 80)):
        ledger.pass_on(event)
    assert ledger.sounding == {(2, 40), (3, 60), (3, 64)}
    assert ledger.silence([3]) == [NoteOff(3, 60), NoteOff(3, 64)]
    assert ledger.silence([3]) == []
    assert ledger.silence() == [LOW]
    assert ledger.sounding == frozenset()


def test_panic_says_it_in_every_way() -> None:
    ledger = Ledger()
    ledger.pass_on(BASS)
    assert ledger.panic([2, 10]) == [
        LOW,
        *(Control(2, number, 0) for number in (64, 123, 120)),
        *(Control(10, number, 0) for number in (64, 123, 120)),
    ]


class Band(RuleBasedStateMachine):
    """Notes are planned, played, dropped, muted and jumped over at random; a listener keeps count."""

    channels = st.integers(1, 3)
    pitches = st.integers(60, 62)

    def __init__(self) -> None:
        super().__init__()
        self.ledger, self.schedule = Ledger(), Schedule()
        self.tick, self.muted = 0, set[int]()
        self.heard: set[tuple[int, int]] = set()

    def leave(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case NoteOn(channel, pitch, velocity):
                    assert (channel, pitch) not in self.heard, "struck while it sounds"
                    assert 1 <= velocity <= 127
                    self.heard.add((channel, pitch))
                case NoteOff(channel, pitch):
                    assert (channel, pitch) in self.heard, "ended twice"
                    self.heard.remove((channel, pitch))

    @rule(
        ahead=st.integers(0, 8),
        length=st.integers(0, 8),
        channel=channels,
        pitch=pitches,
        v=st.integers(-5, 200),
    )
    def add(self, ahead: int, length: int, channel: int, pitch: int, v: int) -> None:
        self.schedule.add(self.tick + ahead, NoteOn(channel, pitch, v))
        self.schedule.add(self.tick + ahead + length, NoteOff(channel, pitch))

    @rule(ticks=st.integers(0, 12))
    def pop(self, ticks: int) -> None:
        self.tick += ticks
        for due in self.schedule.pop(self.tick):
            if not (isinstance(due.event, NoteOn) and due.event.channel in self.muted):
                self.leave(self.ledger.pass_on(due.event))

    @rule(channel=channels)
    def mute(self, channel: int) -> None:
        self.muted ^= {channel}
        self.leave(self.ledger.silence([channel]))

    @rule(ahead=st.integers(0, 8))
    def revise(self, ahead: int) -> None:
        for due in self.schedule.clear(self.tick + ahead):
            if isinstance(due.event, NoteOff):
                self.leave(self.ledger.pass_on(due.event))

    @rule(tick=st.integers(0, 100))
    def jump(self, tick: int) -> None:
        self.schedule.clear()
        self.tick = tick
        self.leave(self.ledger.silence())
        assert not self.heard

    @rule(keep=st.booleans())
    def stop(self, keep: bool) -> None:
        if not keep:
            self.schedule.clear()
        self.leave(self.ledger.panic([1, 2, 3]))
        assert not self.heard

    @invariant()
    def the_ledger_knows_what_is_heard(self) -> None:
        assert self.ledger.sounding == self.heard

    def teardown(self) -> None:
        self.leave(self.ledger.silence())
        assert not self.heard


test_the_band_leaves_no_note_hanging = Band.TestCase
