"""The engine and its decisions: in time, late, never, and taken anew."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.engine.settings import Settings
from bandmate.models.harmony import Reluctance

C, D = ({(root + tone) % 12 for tone in (0, 4, 7)} for root in (0, 2))


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.45])
def test_answers_that_come_late_are_backups_and_no_note_is_late(
    stage: Any, scores: ModuleType, delay: float
) -> None:
    heard = stage.play(scores.note(0, 72, 12), 12, delay=delay)
    assert heard.struck(scores.KICK) == scores.beats(2, 11)
    assert heard.engine.band.late == len(heard.requests) - 1
    assert all((4 * beat) % 1 == 0 for beat in heard.struck())


def test_answers_that_never_come_are_silence(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 12), 30, delay=1e6)
    assert heard.struck() == []


def test_a_slow_machine_asks_earlier_and_is_in_time(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 12), 12, settings=Settings(lead=0.2), delay=0.19)
    assert heard.struck(scores.KICK) == scores.beats(1, 11)
    assert heard.engine.band.late == 0


@pytest.mark.parametrize("hop", [1, 2, 4, 8, 16])
def test_every_hop_is_decided_once_and_in_time(stage: Any, scores: ModuleType, hop: int) -> None:
    chosen = scores.preset(hop=hop)
    heard = stage.play(scores.note(0, 72, 16), 16, chosen)
    decided = [request.first for request in heard.requests if not request.revision]
    assert decided == list(range(hop, 65, hop))
    assert heard.struck(scores.KICK) == scores.beats(-(-hop // 4), 15)


def test_a_melody_note_outside_the_chord_has_the_rest_of_the_hop_decided_anew(
    stage: Any, scores: ModuleType
) -> None:
    chosen = scores.preset(hop=16)
    heard = stage.play(scores.tune([72] * 5 + [74] * 3), 8, chosen)
    revisions = [(request.first, request.revision) for request in heard.requests if request.revision]
    assert revisions == [(21, True)]
    chords = heard.chords()
    assert chords[5.0] == C
    assert chords[7.0] == D


@pytest.mark.parametrize(("price", "chord"), [(0.0, 2), (50.0, 0)])
def test_between_beats_a_change_costs_what_it_costs_once_a_beat_has_begun(
    stage: Any, scores: ModuleType, price: float, chord: int
) -> None:
    chosen = scores.preset(hop=2)
    stage.employ(chosen, prices=Reluctance(revise=price, revise_weak=price))
    heard = stage.play(scores.tune([72] * 5 + [74] * 2), 7, chosen)
    sounding = {request.first: request.sounding for request in heard.requests}
    assert (sounding[20], sounding[24]) == (0, chord)


def test_a_rest_is_not_revised(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.pulses(0, 8) + scores.note(2.3, 74, 4), 8)
    assert [request.first for request in heard.requests][:2] == [12, 16]


def test_a_bar_longer_than_the_window_is_played_through(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 20), 20, settings=Settings(metre=Metre(9, 4)))
    assert heard.struck(scores.KICK) == scores.beats(1, 19)


@pytest.mark.parametrize("metre", [Metre(3, 4), Metre(6, 8), Metre(5, 4), Metre(2, 4)])
def test_other_metres_are_played_through(stage: Any, scores: ModuleType, metre: Metre) -> None:
    heard = stage.play(scores.note(0, 72, 20), 20, settings=Settings(metre=metre))
    assert {round(4 * beat) % 2 for beat in heard.struck(scores.KICK)} == {0}
    assert {request.window % 16 for request in heard.requests} == {0}
    assert heard.struck(scores.KICK)[-1] >= 18
