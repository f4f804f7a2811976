"""Chords of the left hand: how they steer the plan, live, with packaged models in virtual time."""

from __future__ import annotations

from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bandmate.daemon.hearing import hand
from bandmate.daemon.hearing.hand import Hand
from bandmate.daemon.hearing.melody import Melody

C, F, G, AM = 0, 5, 7, 21
BAR = 16
# Four chords that no ear would guess from the tune above them, two bars each.
FAR = np.repeat([3, 8, 13, 6], 8)


def learned(tunes: ModuleType, bars: int, beats_a_chord: int) -> tuple[Hand, Melody]:
    """A hand that has changed between C and F so often, a long note above it."""
    melody, step = Melody(split=tunes.SPLIT), 0
    melody.note_on(84, 80, 0)
    one = Hand(0)
    for k in range(4 * bars // beats_a_chord):
        for pitch in (48, 52, 55 - 12) if k % 2 == 0 else (53, 45, 48):
            melody.note_on(pitch, 80, step)
        step += 4 * beats_a_chord
        one.advance(step, melody)
        for pitch in (43, 45, 48, 52, 53):
            melody.note_off(pitch, step)
    return one, melody


def share(heard: Any, tunes: ModuleType, step: int) -> float:
    """Of the chords that stand at a step of each beat, the tones that the hand plays."""
    return float(tunes.agreement(heard.chords[step::4][: len(FAR)], FAR))


def test_the_band_goes_with_a_chord_that_it_would_not_have_chosen(tunes: ModuleType) -> None:
    band, melody = tunes.Musicians("pop"), tunes.tune("major", 0, 1, bars=8)
    alone = band.play(melody)
    assert share(alone, tunes, 3) < 0.35
    for manner, least in (("held", 0.9), ("short", 0.7), ("broken", 0.5)):
        led = band.play(melody, tunes.left_hand(FAR, manner))
        assert share(led, tunes, 3) >= least, manner
        sounding = np.stack([np.isin(np.arange(12), [c % 12, c % 12 + 7]) for c in FAR])
        assert led.beats[sounding].sum() > 1.5 * alone.beats[sounding].sum(), manner


def test_without_its_weight_the_hand_is_not_followed(
    tunes: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hand, "evidence", lambda *_: np.zeros((8, 12), np.float32))
    led = tunes.Musicians("pop").play(tunes.tune("major", 0, 1, bars=8), tunes.left_hand(FAR))
    assert share(led, tunes, 3) < 0.5


def test_a_chord_held_on_over_the_bar_line_is_kept(tunes: ModuleType) -> None:
    held = np.full(32, AM)
    heard = tunes.Musicians("pop").play(tunes.tune("major", 0, 2, bars=8), tunes.left_hand(held))
    assert (heard.chords[3::4][4:32] == AM).all(), "at the end of every beat"


@pytest.mark.parametrize(("beats_a_chord", "place", "stays"), [(4, 0, False), (2, 2, False), (8, 2, True)])
def test_how_often_chords_stay_is_learned(
    tunes: ModuleType, beats_a_chord: int, place: int, stays: bool
) -> None:
    one, melody = learned(tunes, 7, beats_a_chord)
    new = Hand(0)
    step = 7 * BAR + 4 * place
    for pitch in (43, 48, 52):
        melody.note_on(pitch, 80, step - 4)
    weight, before = (each.evidence(step, melody)[0].max() for each in (one, new))
    assert (weight > before) == stays
    assert weight != before


def test_a_chord_struck_in_the_beat_is_sure_and_its_next_bar_is_not() -> None:
    melody = Melody(split=55)
    melody.note_on(72, 80, 0)
    for pitch in (43, 48, 52):
        melody.note_on(pitch, 80, 4)
    evidence = Hand(0).evidence(5, melody)
    assert evidence[0].tolist() == [1.0, 0, 0, 0, 1.0, 0, 0, 1.0, 0, 0, 0, 0]
    weights = evidence[:, 0]
    assert (np.diff(weights) <= 0).all()
    assert weights[3] < 0.15, "the first beat of the next bar"


def test_a_chord_let_go_is_remembered_for_a_bar() -> None:
    melody = Melody(split=55)
    melody.note_on(72, 80, 0)
    for pitch in (43, 48, 52):
        melody.note_on(pitch, 80, 0)
        melody.note_off(pitch, 2)
    one = Hand(0)
    weights = [one.evidence(step, melody)[0].max() for step in (1, 4, 8, 12, 16, 19)]
    assert weights[0] == 1
    assert all(later <= sooner for sooner, later in pairwise(weights))
    assert 0 < weights[-2] < hand.WORTH
    assert weights[-1] == 0


def test_broken_chords_add_up_and_a_new_chord_replaces_the_old() -> None:
    melody = Melody(split=55)
    melody.note_on(72, 80, 0)
    for step, pitch in ((0, 36), (2, 43), (4, 40), (6, 43)):
        melody.note_on(pitch, 80, step)
        melody.note_off(pitch, step + 2)
    last = melody.stroke(7)
    assert last is not None
    assert np.flatnonzero(last[0]).tolist() == [0, 4, 7]
    for pitch in (41, 45, 48):
        melody.note_on(pitch, 80, 8)
    last = melody.stroke(9)
    assert last is not None
    assert np.flatnonzero(last[0]).tolist() == [0, 5, 9]
    assert np.flatnonzero(melody.chord(9)).tolist() == [0, 5, 9], (
        "nothing of the chord that ended as it began"
    )
