"""Ableton Link: the band goes by the session that other peers are in."""

from __future__ import annotations

import subprocess
import sys
import threading
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge.events import Pulse, Start
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.session import Session
from bandmate.daemon.clock.source import Clock, Speed
from bandmate.daemon.clock.transport import Change, Transport
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.link import reader
from bandmate.daemon.link.reader import Reader

BAR, BEAT = 96, 24
PATIENCE = 20.0


class Room:
    """A Link session as it is told to a transport."""

    def __init__(self, metre: Metre | None = None, speed: Speed = Speed.NORMAL) -> None:
        self.transport = Transport(Clock.LINK, 120, metre or Metre(), speed)
        self.changes: list[Change] = []

    def tell(self, now: float, beat: float, bpm: float = 100, playing: bool = False, peers: int = 1) -> None:
        self.changes += self.transport.session(Session(now, beat, bpm, playing, peers), now)

    def note(self, now: float) -> None:
        change = self.transport.note(now)
        self.changes += [] if change is None else [change]

    def song(self, now: float) -> float:
        """Where the music is in its bars, in ticks."""
        assert self.transport.timeline is not None
        return (self.transport.timeline.position(now) - self.transport.song_shift) % (4 * BAR)


def test_a_peer_that_presses_play_starts_the_band_in_the_sessions_bar() -> None:
    room = Room()
    room.tell(1.0, 6.5)
    assert (room.transport.timeline, room.changes) == (None, [])
    room.tell(1.6, 7.5, playing=True)
    assert room.changes == [Change.AFRESH]
    assert room.song(1.6) == pytest.approx(3.5 * BEAT)
    assert room.transport.bpm == pytest.approx(100)
    assert room.transport.steady
    assert not room.transport.leading


def test_a_new_tempo_of_the_session_is_ours_at_once() -> None:
    room = Room()
    room.tell(0.0, 0.0, playing=True)
    room.tell(6.0, 10.0, bpm=150, playing=True)
    assert room.changes == [Change.AFRESH]
    assert room.transport.bpm == pytest.approx(150)
    assert room.song(6.4) == pytest.approx(11 * BEAT)


def test_a_peer_that_presses_stop_stops_the_band() -> None:
    room = Room()
    room.tell(0.0, 0.0, playing=True)
    room.tell(6.0, 10.0)
    assert room.changes == [Change.AFRESH, Change.STOPPED]
    room.tell(12.0, 20.0, playing=True)
    assert room.changes[-1] is Change.AFRESH
    assert room.song(12.0) == 0, "bar 6 of the session is bar 1 of another performance"


def test_where_nobody_presses_play_the_first_note_joins_in_time() -> None:
    room = Room()
    room.tell(0.0, 5.0)
    room.note(0.3)
    assert room.changes == [Change.AFRESH]
    assert room.song(0.3) == pytest.approx(1.5 * BEAT)
    assert room.transport.rest(9.0), "as on our own clock, it waits for who has gone"
    room.note(12.0)
    assert room.changes[-1] is Change.RESUMED
    assert room.song(12.0) % BAR == pytest.approx(1 * BEAT)


def test_a_session_that_is_joined_to_another_moves_the_band() -> None:
    room = Room()
    room.tell(0.0, 0.0, playing=True)
    room.tell(0.6, 3.0, playing=True)
    assert room.changes == [Change.AFRESH, Change.STOPPED, Change.RESUMED]
    assert room.song(0.6) == pytest.approx(3 * BEAT)


def test_without_other_peers_the_band_plays_by_itself() -> None:
    room = Room()
    room.tell(0.0, 3.0, peers=0)
    room.note(1.0)
    assert room.song(1.0) == 0
    assert room.transport.bpm == 120
    assert room.transport.leading
    room.tell(2.0, 8.25)
    assert room.changes == [Change.AFRESH, Change.STOPPED, Change.RESUMED]
    assert room.song(2.0) == pytest.approx(0.25 * BEAT)


def test_when_the_others_have_gone_the_band_plays_on() -> None:
    room = Room()
    room.tell(0.0, 0.0, playing=True)
    room.tell(3.0, 5.0, peers=0)
    assert room.changes == [Change.AFRESH]
    assert room.song(3.6) == pytest.approx(6 * BEAT)
    assert room.transport.remarks() == ["no other Link peer is left; the band plays on at 100.0 bpm"]


def test_a_bar_is_of_our_metre_and_speed() -> None:
    waltz = Room(Metre(3))
    waltz.tell(0.0, 4.0, playing=True)
    assert waltz.transport.tick(0.0) == BEAT
    double = Room(speed=Speed.DOUBLE)
    double.tell(0.0, 3.0, playing=True)
    assert double.song(0.0) == 2 * BEAT
    assert double.transport.bpm == pytest.approx(200)


def test_link_hears_no_midi_clock_and_others_hear_no_link() -> None:
    room = Room()
    assert room.transport.receive(Start(), 0.0) is None
    room.transport.receive(Pulse(), 0.01)
    assert room.transport.timeline is None
    other = Transport(Clock.AUTO, 120, Metre())
    assert other.session(Session(0.0, 0.0, 100, True, 1), 0.0) == []


def test_the_band_plays_on_the_beats_of_the_session(stage: Any, scores: ModuleType) -> None:
    def tell(beat: float) -> Any:
        return lambda engine, now: engine.session(Session(now, now * 2.5, 150, True, 1), now)

    calls = [(1 + 0.5 * k, tell(1 + 0.5 * k)) for k in range(40)]
    heard = stage.play(scores.note(1.1, 72, 14), 16, None, Settings(clock=Clock.LINK), calls=calls)
    kicks = heard.struck(scores.KICK)
    assert len(kicks) > 10
    for beat in kicks:
        assert (beat * scores.BEAT * 2.5) % 1 == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("line", ["", "{}", "[1]", '{"time": "x"}', '{"time": 1, "beat": NaN, "bpm": 0}'])
def test_a_line_that_reports_no_session_is_none(line: str) -> None:
    assert reader.session(line) is None


class Told:
    """What a reader tells."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.said: list[str] = []
        self.news = threading.Condition()

    def hear(self, session: Session) -> None:
        with self.news:
            self.sessions.append(session)
            self.news.notify_all()

    def say(self, sentence: str) -> None:
        with self.news:
            self.said.append(sentence)
            self.news.notify_all()

    def until(self, happened: Any) -> None:
        with self.news:
            assert self.news.wait_for(happened, PATIENCE)


def program(body: str) -> list[str]:
    return [sys.executable, "-c", body]


LINE = '{"time": 1.5, "beat": 2.25, "bpm": 99.0, "playing": true, "peers": 2}'


def test_a_process_that_ends_leaves_the_band_alone() -> None:
    told = Told()
    Reader(120, 4, told.hear, told.say, program(f"print('{LINE}')\nprint('rubbish')\nraise SystemExit(7)"))
    told.until(lambda: len(told.sessions) == 2)
    assert told.sessions == [Session(1.5, 2.25, 99, True, 2), Session(1.5, 2.25, 99, False, 0)]
    assert told.said == ["the Link process ended with 7; the band plays on by itself"]


def test_without_link_that_is_said_once() -> None:
    told = Told()
    Reader(120, 4, told.hear, told.say, program(f"raise SystemExit({reader.MISSING})"))
    told.until(lambda: told.said)
    assert told.said[0].startswith("Ableton Link is not installed; `pip install bandmate[link]`")
    assert told.sessions == []


def test_closing_ends_the_process_and_says_nothing() -> None:
    told = Told()
    listener = Reader(120, 4, told.hear, told.say, program(f"print('{LINE}', flush=True)\ninput()"))
    told.until(lambda: told.sessions)
    listener.close()
    assert told.said == []


OTHER = """
import sys, link
peer = link.Link(97.0)
peer.startStopSyncEnabled = True
peer.enabled = True
for line in sys.stdin:
    state, now = peer.captureSessionState(), peer.clock().micros()
    if line.startswith("bpm"):
        state.setTempo(float(line.split()[1]), now)
    else:
        state.setIsPlaying(line.startswith("play"), now)
    peer.commitSessionState(state)
"""


@pytest.mark.skipif(find_spec("link") is None, reason="needs LinkPython-extern")
def test_two_real_peers_on_one_machine() -> None:
    told = Told()
    with subprocess.Popen(program(OTHER), stdin=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        listener = Reader(120, 4, told.hear, told.say)
        told.until(lambda: told.said or (told.sessions and told.sessions[-1].peers == 1))
        for order, happened in (
            ("bpm 84", lambda: told.sessions[-1].bpm == pytest.approx(84, abs=0.01)),
            ("play", lambda: told.sessions[-1].playing),
            ("stop", lambda: not told.sessions[-1].playing),
        ):
            other.stdin.write(order + "\n")
            other.stdin.flush()
            told.until(happened)
        steady = [each for each in told.sessions if each.bpm == pytest.approx(84, abs=0.01)]
        first, last = steady[0], steady[-1]
        assert last.beat - first.beat == pytest.approx((last.time - first.time) * 84 / 60, abs=0.01)
        other.stdin.close()
        told.until(lambda: told.sessions[-1].peers == 0)
        listener.close()
    assert told.said == []
