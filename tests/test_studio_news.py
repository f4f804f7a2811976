"""What a page sees of a performance: told by a watch, kept for those who come late, dropped for the slow."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import numpy as np
import pytest

from bandmate.bridge.events import Control, NoteOn
from bandmate.daemon.clock.metre import Grid, Metre
from bandmate.daemon.clock.timeline import Timeline
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.planner import Commitment
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.studio import news
from bandmate.daemon.studio.letterbox import Letterbox
from bandmate.daemon.studio.news import Place
from bandmate.daemon.studio.pages import BURST, WAITING, Page, Pages
from bandmate.daemon.studio.picture import Picture
from bandmate.daemon.studio.solos import Solos
from bandmate.daemon.studio.watch import Told, Watch
from bandmate.models.decoding import Score

BEAT = 0.5


def score(steps: int, *struck: tuple[int, int, int, int]) -> Score:
    """A score of notes (part, step, length, pitch)."""
    onset = np.zeros((4, steps, 128), bool)
    sustain = np.zeros_like(onset)
    velocity = np.zeros(onset.shape, np.float32)
    for part, step, length, pitch in struck:
        onset[part, max(step, 0), pitch] = step >= 0
        sustain[part, max(step, 0) : step + length, pitch] = True
        velocity[part, max(step, 0), pitch] = 0.5
    return Score(onset, sustain, velocity)


def test_notes_of_a_score_lie_on_ticks_and_those_from_before_are_tied() -> None:
    told = news.notes(score(8, (1, 2, 3, 40), (1, 5, 1, 40), (0, -2, 4, 36), (2, 6, 2, 60)), 16, Grid())
    assert [0, 96, 108, 36, 64, True] in told
    assert [1, 108, 126, 40, 64, False] in told
    assert [1, 126, 132, 40, 64, False] in told
    assert [2, 132, 144, 60, 64, False] in told
    assert len(told) == 4


def test_notes_on_steps_that_take_no_time_are_not_told() -> None:
    waltz = Grid(metre=Metre(3, 4))
    assert news.notes(score(16, (0, 13, 1, 36)), 0, waltz) == []


def test_what_is_settled_is_told_with_its_chords() -> None:
    chords = np.array([0, 0, 0, 0, 7, 7, 7, 24])
    told = news.committed(Commitment(0, score(8, (1, 0, 4, 36)), chords), None, Grid())
    assert (told["first"], told["until"], told["end"]) == (0, 48, 48)
    assert told["chords"] == [[0, "C"], [24, "G"], [42, ""]]


class Show:
    """An engine of toys that is watched while it plays; `news` is what was told."""

    def __init__(self, scores: Any, stage: Any) -> None:
        self.box: Letterbox[Told] = Letterbox(10_000)
        self.solos = Solos()
        self._scores, self._stage = scores, stage

    def play(self, score: Any, until: float) -> list[dict[str, Any]]:
        watches: list[Watch] = []

        def attend(engine: Engine, now: float) -> None:
            watches.append(Watch(engine, Metre(), None, self.solos, self.box))

        def look(engine: Engine, now: float) -> None:
            watches[0].turned(now)

        calls = [(0.0, attend), *((k / 4, look) for k in range(1, int(4 * until)))]
        heard = self._stage.play(score, until, calls=calls)
        for beat, event in heard.sent:
            watches[0].sent(Due(round(24 * beat), event), BEAT * beat, BEAT * beat + 0.001)
        watches[0].heard(NoteOn(1, 60, 90), BEAT)
        watches[0].heard(NoteOn(heard.engine.band.preset.parts[1].channel, 60, 90), BEAT)
        watches[0].heard(Control(1, 64, 127), BEAT)
        assert watches[0].meter.read()["late99"] == pytest.approx(1, abs=0.01)
        return [told for each in self.box.take(0) if (told := each()) is not None]


def test_a_watch_tells_the_plan_before_what_is_sent_and_what_is_set_once(scores: Any, stage: Any) -> None:
    told = Show(scores, stage).play(scores.tune([60, 64, 67, 64] * 4), 16)
    kinds = [each["is"] for each in told]
    assert {"state", "place", "plan", "sent", "heard"} <= set(kinds)
    planned = {(n[1], n[3]) for t in told if t["is"] == "plan" for n in t["notes"] if n[1] < t["until"]}
    struck = {(t["tick"], t["pitch"]) for t in told if t["is"] == "sent" and t["velocity"]}
    assert struck
    assert struck <= planned
    places = [t for t in told if t["is"] == "place"]
    assert len([p for p in places if p["line"] is not None]) == 1
    assert kinds.count("heard") == 1
    assert kinds.count("state") < 8


def test_a_place_is_told_again_only_where_an_eye_or_ear_would_notice() -> None:
    line = Timeline.at(120, 0, 10.0)
    here = Place(line, 0, 96, 24)
    assert here.like(Place(Timeline.at(120, 48, 11.0002), 0, 96, 24))
    assert not here.like(Place(Timeline.at(120, 48, 11.002), 0, 96, 24))
    assert not here.like(Place(Timeline.at(121, 0, 10.0), 0, 96, 24))
    assert not here.like(Place(None, 0, 96, 24))
    assert not here.like(Place(line, 96, 96, 24))


def test_a_letterbox_drops_the_oldest_and_keeps_nobody_waiting() -> None:
    box: Letterbox[int] = Letterbox(3)
    for k in range(5):
        box.put(k)
    assert (box.take(), box.dropped) == ([2, 3, 4], 2)
    taken: list[int] = []
    taker = threading.Thread(target=lambda: taken.extend(box.take(5)))
    taker.start()
    box.put(9)
    taker.join(5)
    assert taken == [9]
    assert box.take(0) == []


def test_who_comes_late_is_told_what_still_counts() -> None:
    picture = Picture()
    picture.add([{"is": "state", "preset": "pop"}, {"is": "sound", "channel": 2, "program": 34}])
    picture.add([{"is": "said", "sentence": str(k)} for k in range(20)])
    picture.add([{"is": "state", "preset": "jazz"}, {"is": "sound", "channel": 2, "program": 33}])
    told = picture.tell()
    assert [t["preset"] for t in told if t["is"] == "state"] == ["jazz"]
    assert [t["program"] for t in told if t["is"] == "sound"] == [33]
    assert [t["sentence"] for t in told if t["is"] == "said"] == [str(k) for k in range(12, 20)]


def test_a_slow_page_is_told_everything_anew_and_a_loud_one_is_stopped() -> None:
    async def take() -> None:
        pages = Pages()
        page = pages.enter()
        pages.tell([], "early")
        assert await page.take() is None
        pages.tell([], "1")
        pages.tell([], "2")
        assert await page.take() == ["1", "2"]
        for k in range(WAITING + 5):
            pages.tell([], str(k))
        assert await page.take() is None
        pages.leave(page)

    asyncio.run(take())
    page = Page(1)
    assert [page.may_speak(0.0) for _ in range(BURST + 1)] == [True] * BURST + [False]
    assert page.may_speak(1.0)


def test_solos_are_mutes_and_leave_the_mutes_as_they_were() -> None:
    mutes = [False, True, False, False]

    def apply(changes: list[tuple[int, bool]]) -> list[bool]:
        for part, on in changes:
            mutes[part] = on
        return mutes

    solos = Solos()
    assert apply(solos.turn(1, True, tuple(mutes))) == [True, False, True, True]
    assert apply(solos.turn(2, True, tuple(mutes))) == [True, False, False, True]
    assert not solos.mute(3, True)
    assert apply(solos.turn(1, False, tuple(mutes))) == [True, True, False, True]
    assert apply(solos.turn(2, False, tuple(mutes))) == [False, True, False, True]
    assert solos.mute(0, True)
