"""Where the music stands, by the DAW's clock or our own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bandmate.bridge.events import Continue, Event, NoteOn, Position, Pulse, Start, Stop
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import Clock, Speed
from bandmate.daemon.clock.transport import Change, Transport

PERIOD = 60 / 120 / 24
GROUP = 4 * 96


class Daw:
    """Plays to a transport; keeps the performance tick of every pulse and what each message changed."""

    def __init__(self, clock: Clock = Clock.AUTO, beats: int = 4, speed: Speed = Speed.NORMAL) -> None:
        self.transport = Transport(clock, 120, Metre(beats), speed)
        self.now = 0.0
        self.ticks: list[int] = []
        self.changes: list[Change] = []

    def send(self, *events: Event) -> None:
        for event in events:
            self._note(self.transport.receive(event, self.now))

    def pulses(self, count: int) -> None:
        for _ in range(count):
            self.send(Pulse())
            if self.transport.timeline is not None:
                self.ticks.append(self.transport.timeline.tick_at(self.now))
            self.now += PERIOD

    def wait(self, seconds: float) -> None:
        """Time goes by, looked at often."""
        until = self.now + seconds
        while self.now < until:
            self.now += 0.1
            self.transport.lapse(self.now)

    def note(self) -> None:
        self._note(self.transport.note(self.now))

    def _note(self, change: Change | None) -> None:
        if change is not None:
            self.changes.append(change)


def test_the_first_pulse_after_start_is_the_downbeat() -> None:
    daw = Daw()
    daw.send(Start())
    assert daw.transport.timeline is None
    daw.pulses(5)
    assert daw.ticks == [0, 1, 2, 3, 4]
    assert daw.changes == [Change.AFRESH]


def test_pulses_alone_start_nothing() -> None:
    daw = Daw()
    daw.pulses(48)
    assert (daw.ticks, daw.changes) == ([], [])


@pytest.mark.parametrize("late", [0.1, 0.45, 0.55, 0.9])
def test_a_note_among_pulses_without_a_start_is_their_downbeat(late: float) -> None:
    daw = Daw()
    daw.pulses(48)
    daw.now -= (1 - late) * PERIOD
    daw.note()
    assert daw.changes == [Change.AFRESH]
    assert daw.transport.tick(daw.now) == (0 if late < 0.5 else -1)
    daw.now += (1 - late) * PERIOD
    daw.pulses(24)
    assert daw.ticks == list(range(0, 24)) if late > 0.5 else list(range(1, 25))
    assert daw.transport.bpm == pytest.approx(120, abs=0.1)


def test_once_the_daw_has_spoken_its_stop_counts() -> None:
    daw = Daw()
    daw.send(Start())
    daw.pulses(48)
    daw.send(Stop())
    daw.pulses(48)
    daw.note()
    assert daw.changes == [Change.AFRESH, Change.STOPPED]


@pytest.mark.parametrize("early", [0.0, 0.4 * PERIOD, 0.9 * PERIOD])
def test_stop_halts_at_once_and_continue_goes_on_where_it_was(early: float) -> None:
    daw = Daw()
    daw.send(Start())
    daw.pulses(30)
    daw.now -= early
    daw.send(Stop())
    assert daw.transport.timeline is None
    daw.pulses(10)
    daw.send(Continue())
    daw.pulses(3)
    assert daw.ticks == list(range(33))
    assert daw.changes == [Change.AFRESH, Change.STOPPED, Change.RESUMED]


@pytest.mark.parametrize(
    "messages",
    [
        (Stop(), Start()),
        (Start(),),
        (Position(0),),
        (Position(4),),
        (Stop(), Position(16), Continue()),
        (Stop(), Position(160), Continue()),
        (Position(1000),),
    ],
)
def test_ticks_never_run_back_and_keep_their_place_in_four_bars(messages: Sequence[Event]) -> None:
    daw = Daw()
    daw.send(Start())
    daw.pulses(200)
    song = next((m.step * 6 for m in messages if isinstance(m, Position)), 0)
    for _ in range(3):
        before = daw.ticks[-1]
        daw.send(*messages)
        daw.pulses(100)
        again = daw.ticks[-100:]
        assert again == list(range(again[0], again[0] + 100))
        assert again[0] > before
        assert (again[0] - song) % GROUP == 0
        assert daw.transport.song_shift == again[0] - song


def test_a_group_of_bars_is_of_the_metre() -> None:
    daw = Daw(beats=3)
    daw.send(Start())
    daw.pulses(10)
    daw.send(Start())
    daw.pulses(1)
    assert daw.ticks[-1] == 4 * 72


def test_start_is_afresh_and_a_jump_is_not() -> None:
    daw = Daw()
    for messages in ((Start(),), (Position(8),), (Start(),), (Stop(), Start()), (Stop(), Continue())):
        daw.send(*messages)
        daw.pulses(10)
    fresh, on, halt = Change.AFRESH, Change.RESUMED, Change.STOPPED
    assert daw.changes == [fresh, halt, on, halt, on, halt, fresh, halt, on]


def test_a_position_while_the_song_stands_counts_from_continue_on() -> None:
    daw = Daw()
    daw.send(Position(8))
    assert daw.changes == []
    daw.send(Continue())
    daw.pulses(2)
    assert daw.ticks == [48, 49]


def test_when_the_pulses_stop_coming_the_music_goes_on_at_their_tempo_and_that_is_told() -> None:
    daw = Daw()
    daw.send(Start())
    daw.pulses(24)
    daw.wait(1.9)
    assert daw.transport.remarks() == []
    daw.wait(4.1)
    assert daw.changes == [Change.AFRESH]
    assert daw.transport.tick(daw.now) == pytest.approx(daw.now / PERIOD, abs=1)
    (told,) = daw.transport.remarks()
    assert told == "the clock has stopped coming; the band plays on at 120.0 bpm"
    assert daw.transport.remarks() == []
    assert daw.transport.rest(daw.now), "as on our own clock, it waits for who has gone"


@pytest.mark.parametrize("adrift", [0.0, 0.4, -0.4])
def test_pulses_that_come_again_are_followed_from_the_nearest_tick(adrift: float) -> None:
    daw = Daw()
    daw.send(Start())
    daw.pulses(24)
    daw.wait(5.0)
    daw.now += (0.5 + adrift) * PERIOD - daw.now % PERIOD
    before = daw.transport.tick(daw.now)
    daw.pulses(48)
    assert daw.changes == [Change.AFRESH]
    assert daw.transport.remarks()[-1] == "the clock is back; the band follows it again"
    assert daw.ticks[24:] == sorted(set(daw.ticks[24:]))
    assert daw.ticks[24] - before in (0, 1)
    assert daw.ticks[-1] == daw.ticks[24] + 47


def test_a_start_after_the_pulses_were_lost_is_from_the_top() -> None:
    daw = Daw()
    daw.send(Start())
    daw.pulses(24)
    daw.wait(5.0)
    daw.send(Start())
    daw.pulses(2)
    assert daw.changes == [Change.AFRESH, Change.STOPPED, Change.AFRESH]


def test_a_note_is_the_downbeat_of_our_own_clock() -> None:
    daw = Daw()
    daw.now = 3.0
    daw.note()
    line = daw.transport.timeline
    assert line is not None
    assert (line.tick_at(3.0), line.bpm, daw.changes) == (0, 120, [Change.AFRESH])
    daw.note()
    assert daw.transport.timeline is line


def test_after_a_rest_the_next_note_is_the_downbeat_of_later_bars() -> None:
    daw = Daw()
    daw.note()
    daw.now = 100 * PERIOD
    assert daw.transport.rest(daw.now)
    assert daw.transport.tick(daw.now + 5) == 100
    daw.now += 10
    daw.note()
    assert daw.transport.tick(daw.now) == GROUP
    assert daw.changes == [Change.AFRESH, Change.RESUMED]


def test_a_daws_song_runs_on_through_rests() -> None:
    daw = Daw()
    daw.send(Start())
    daw.pulses(24)
    assert not daw.transport.rest(daw.now)
    assert daw.transport.timeline is not None


def test_our_own_clock_set_running_runs_on_through_rests() -> None:
    daw = Daw()
    assert daw.transport.run(0.0) is Change.AFRESH
    assert not daw.transport.rest(1.0)
    assert daw.transport.tick(1.0) == 48


def test_the_daws_start_takes_over_from_our_own_clock() -> None:
    daw = Daw()
    daw.note()
    daw.now = 50 * PERIOD
    daw.send(Start())
    daw.pulses(2)
    assert daw.ticks == [GROUP, GROUP + 1]
    assert daw.changes == [Change.AFRESH, Change.STOPPED, Change.AFRESH]


def test_auto_waits_for_the_daw_while_its_pulses_come_and_not_after() -> None:
    daw = Daw()
    daw.pulses(10)
    daw.wait(1.5)
    daw.note()
    assert daw.transport.timeline is None
    daw.wait(1.0)
    daw.note()
    assert daw.transport.timeline is not None


def test_a_start_that_no_pulse_follows_does_not_keep_our_own_clock_from_running() -> None:
    daw = Daw()
    daw.send(Start())
    daw.wait(3.0)
    daw.note()
    daw.wait(3.0)
    assert daw.changes == [Change.AFRESH]
    assert daw.transport.timeline is not None


def test_internal_hears_no_daw() -> None:
    daw = Daw(Clock.INTERNAL)
    daw.send(Start())
    daw.pulses(24)
    assert daw.transport.timeline is None
    daw.note()
    daw.send(Stop())
    daw.pulses(5)
    assert daw.transport.timeline is not None
    assert daw.changes == [Change.AFRESH]


def test_midi_plays_by_the_daw_only() -> None:
    daw = Daw(Clock.MIDI)
    daw.note()
    assert daw.transport.timeline is None


def test_our_own_tempo_can_change_while_playing_and_the_place_stays() -> None:
    daw = Daw()
    daw.note()
    daw.transport.retempo(1.0, 60)
    assert daw.transport.bpm == pytest.approx(60)
    assert daw.transport.tick(1.0) == 48
    assert daw.transport.tick(2.0) == 72


def test_other_events_change_nothing() -> None:
    daw = Daw()
    daw.send(NoteOn(1, 60, 80))
    assert daw.changes == []


@pytest.mark.parametrize(
    ("speed", "expected"), [(Speed.HALF, [0, 0, 1, 1, 2]), (Speed.DOUBLE, [0, 2, 4, 6, 8])]
)
def test_the_band_goes_at_half_or_double_the_speed_of_the_clock(speed: Speed, expected: list[int]) -> None:
    daw = Daw(speed=speed)
    daw.send(Start())
    daw.pulses(5)
    assert daw.ticks == expected
    daw.pulses(200)
    assert daw.transport.bpm == pytest.approx(120 * speed.factor)


@pytest.mark.parametrize("speed", list(Speed))
def test_a_position_is_scaled_with_the_speed(speed: Speed) -> None:
    """Bar 5 of the DAW is bar 3 of a band at half speed, and bar 9 at double."""
    daw = Daw(speed=speed)
    daw.send(Position(64), Continue())
    daw.pulses(1)
    assert daw.ticks == [64 * 6 * speed.factor]


@pytest.mark.parametrize("speed", [Speed.HALF, Speed.DOUBLE])
@pytest.mark.parametrize(
    "messages", [(Start(),), (Position(8),), (Stop(), Position(48), Continue()), (Stop(), Continue())]
)
@pytest.mark.parametrize("before", [200, 201])
def test_ticks_never_run_back_at_another_speed(speed: Speed, messages: Sequence[Event], before: int) -> None:
    daw = Daw(speed=speed)
    daw.send(Start())
    daw.pulses(before)
    song = next((m.step * 6 for m in messages if isinstance(m, Position)), 0)
    song = before if messages == (Stop(), Continue()) else song
    for _ in range(3):
        last = daw.ticks[-1]
        daw.send(*messages)
        daw.pulses(100)
        again = daw.ticks[-100:]
        assert again[0] >= last
        assert (again[0] - int(song * speed.factor)) % GROUP == 0
        assert again[-1] - again[0] == pytest.approx(99 * speed.factor, abs=1)
        song = song + 100 if messages == (Stop(), Continue()) else song


@pytest.mark.parametrize(("speed", "host"), [(Speed.HALF, 30.0), (Speed.HALF, 500.0), (Speed.DOUBLE, 250.0)])
def test_a_clock_beyond_what_we_play_at_this_speed_is_survived(speed: Speed, host: float) -> None:
    daw = Daw(speed=speed)
    daw.send(Start())
    for _ in range(300):
        daw.send(Pulse())
        daw.now += 60 / host / 24
    assert 20 <= round(daw.transport.bpm, 6) <= 400


@pytest.mark.parametrize("speed", list(Speed))
def test_a_clock_that_comes_back_is_taken_up_at_our_speed(speed: Speed) -> None:
    daw = Daw(speed=speed)
    daw.send(Start())
    daw.pulses(48)
    daw.wait(5.0)
    before = daw.transport.tick(daw.now)
    daw.pulses(48)
    assert daw.ticks[48] - before in (-1, 0, 1)
    assert daw.ticks[-1] - daw.ticks[48] == pytest.approx(47 * speed.factor, abs=1)
