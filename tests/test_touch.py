"""Velocities that differ from note to note: how they are drawn, and how much they are to vary."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.models import contract
from bandmate.models.chance import Chance
from bandmate.models.contract import Card, ModelError
from bandmate.models.decoding import Before, Limits, decode
from bandmate.models.probabilities import Probabilities
from bandmate.models.touch import LOUDEST, SOFTEST, Touch, touched
from bandmate.training.judging.velocities import Dynamics
from bandmate.training.songs import ARRANGED, REAL, STYLE_PAIRED, Song
from bandmate.training.touch import NOTES, performed, touch_of

KEYS = 2
HANDS = Chance.of((1,), 0, 0.5).hands
ACCENTED = (0.2, *(0.0,) * 15)
CARD = Card("generator", parts=("drums", "bass", "keys", "strings"))


def struck(*pitches: int) -> Any:
    """The keys strike these pitches at every step."""
    onset = np.zeros((4, 32, 128), bool)
    onset[KEYS, :, list(pitches)] = True
    return onset


def velocities(touch: Touch, onset: Any, said: float = 0.5, hands: Any = HANDS, first: int = 0) -> Any:
    """What the keys' pitches are struck with, by step."""
    n = onset.shape[1]
    found = touched(np.full((4, n, 128), said, np.float32), onset, touch, hands, first)
    return found[KEYS][:, onset[KEYS].any(0)]


def part(**shares: Any) -> Touch:
    """A touch of the keys only."""
    rows = {
        name: tuple(value if k == KEYS else getattr(Touch(), name)[k] for k in range(4))
        for name, value in shares.items()
    }
    return Touch(**rows)


def test_no_touch_is_what_was_said() -> None:
    assert (velocities(Touch(), struck(60, 64)) == np.float32(0.5)).all()


def test_what_is_struck_together_moves_together_and_differs_from_step_to_step() -> None:
    found = velocities(part(onset=0.1), struck(60, 64, 67))
    assert np.ptp(found, axis=1).max() == 0
    assert 0.03 < found[:, 0].std() < 0.07


def test_single_notes_differ_within_a_chord() -> None:
    found = velocities(part(note=0.1), struck(60, 64, 67))
    assert np.ptp(found, axis=1).min() > 0


def test_a_whole_bar_is_louder_or_softer() -> None:
    found = velocities(part(bar=0.1), struck(60))[:, 0]
    assert np.ptp(found[:16]) == np.ptp(found[16:]) == 0
    assert found[0] != found[16]


def test_accents_belong_to_places_in_the_bar_wherever_a_decision_begins() -> None:
    touch = part(accent=ACCENTED)
    assert np.flatnonzero(velocities(touch, struck(60))[:, 0] > 0.55).tolist() == [0, 16]
    assert np.flatnonzero(velocities(touch, struck(60)[:, 12:], first=12)[:, 0] > 0.55).tolist() == [4]


def test_the_highest_of_a_chord_is_louder_and_a_chord_as_loud_as_before() -> None:
    low, middle, high = velocities(part(top=0.06), struck(60, 64, 67))[0]
    assert low == middle < high
    assert high - low == pytest.approx(0.5 * 0.06)
    assert low + middle + high == pytest.approx(1.5)
    assert velocities(part(top=0.06), struck(60))[0, 0] == 0.5


wild = Touch((0.5,) * 4, (0.5,) * 4, (0.5,) * 4, (0.5,) * 4, ((0.5,) * 16,) * 4)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.floats(0.0, 1.0))
def test_by_chance_nothing_is_very_soft_or_very_loud_and_ghosts_stay_ghosts(seed: int, said: float) -> None:
    hands = Chance.of((seed,), 0, 0.5).hands
    found = velocities(wild, struck(60, 64), said, hands)
    assert found.min() >= np.float32(min(said, SOFTEST))
    assert found.max() <= np.float32(max(said, LOUDEST))
    assert found.max() <= 1.5 * said + 1e-6


def test_a_decision_taken_anew_strikes_a_step_as_the_one_before_did() -> None:
    touch = part(onset=0.1, note=0.1)
    whole, rest = velocities(touch, struck(60)), velocities(touch, struck(60)[:, 6:], first=6)
    assert (whole[6:] == rest).all()


def test_hands_are_drawn_beside_all_other_chance_and_repeat_in_part() -> None:
    hands = [Chance.of((1,), step, 0.5).hands.together for step in (0, 32)]
    alike = np.corrcoef(hands[0].ravel(), hands[1].ravel())[0, 1]
    assert 0.2 < alike < 0.8
    assert not Chance.none().hands.single.any()


def test_touch_changes_velocities_and_nothing_else() -> None:
    random = np.random.default_rng(3)
    shape = (4, 32, 128)
    onset, sustain, velocity = (random.random(shape).astype(np.float32) for _ in range(3))
    said = Probabilities(onset, sustain, velocity, onset.max(2))
    nothing = Before.of(*np.zeros((2, 4, 1, 128), bool))
    chance = Chance.of((1,), 0, 0.5)
    plain, moved = (
        decode(said, card, Limits(), nothing, 4, chance) for card in (CARD, replace(CARD, touch=wild))
    )
    assert (plain.onset == moved.onset).all()
    assert (plain.sustain == moved.sustain).all()
    assert (plain.velocity == velocity[:, 4:]).all()
    assert (plain.velocity != moved.velocity)[plain.onset].mean() > 0.8


def test_a_card_keeps_its_touch_and_needs_none() -> None:
    card = replace(CARD, touch=wild)
    assert contract.parse(contract.dump(card), "pop.onnx") == card
    said = json.loads(contract.dump(CARD))
    del said["touch"]
    assert contract.parse(json.dumps(said), "pop.onnx").touch is None


@pytest.mark.parametrize(
    "touch",
    [
        wild._replace(bar=(0.1,) * 3),
        wild._replace(note=(0.1, 0.1, 0.1, 0.7)),
        wild._replace(top=("loud",) * 4),
        wild._replace(accent=((0.1,) * 15,) * 4),
    ],
)
def test_a_touch_that_can_not_be_played_with_is_told(touch: Touch) -> None:
    with pytest.raises(ModelError, match=r"pop.onnx must give the touch of 4 parts as shares"):
        contract.parse(contract.dump(replace(CARD, touch=touch)), "pop.onnx")


def songs(bar: float = 0.0, onset: float = 0.0, note: float = 0.0, top: float = 0.0, accent: Any = ()) -> Any:
    """Chords on every eighth, as some who play so strike them."""
    found = []
    for seed in range(12):
        random = np.random.default_rng(seed)
        rows = []
        for at in range(32):
            level = 1 + bar * random.standard_normal()
            for place in range(0, 16, 2):
                together = level + onset * random.standard_normal() + (accent[place] if accent else 0)
                for k, pitch in enumerate((60, 64, 67)):
                    share = together + note * random.standard_normal() + (top if k == 2 else 0)
                    rows.append((16 * at + place, 2, pitch, round(800 * share)))
        found.append(np.array(rows, np.int16))
    return found


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [
        ({}, (0, 0, 0, 0)),
        ({"bar": 0.1}, (0.1, 0, 0, 0)),
        ({"onset": 0.1}, (0, 0.1, 0, 0)),
        ({"note": 0.1}, (0, 0, 0.1, 0)),
        ({"top": 0.06}, (0, 0, 0, 0.06)),
    ],
)
def test_what_varies_is_told_apart(shares: dict[str, float], wanted: tuple[float, ...]) -> None:
    assert Dynamics.of(songs(**shares), "keys")[1:5] == pytest.approx(wanted, abs=0.015)


def test_accents_are_told_by_place() -> None:
    accent = [0.1, 0, 0, 0, 0, 0, 0, 0, 0.05, 0, 0, 0, 0, 0, 0, 0]
    found = Dynamics.of(songs(accent=accent), "keys").accent
    assert found[0] - found[2] == pytest.approx(0.1, abs=0.005)
    assert found[8] - found[2] == pytest.approx(0.05, abs=0.005)
    assert np.isnan(found[1])


def test_a_ghost_note_in_its_place_is_no_variation_of_a_kit() -> None:
    rows = [(16 * bar + at, 1, 38, 30 if at == 6 else 100) for bar in range(16) for at in (4, 6, 12)]
    kit = [np.array(rows, np.int16)]
    assert Dynamics.of(kit, "drums")[1:5] == (0, 0, 0, 0)
    assert Dynamics.of(kit, "drums").sd > 30


def test_what_a_band_lacks_is_drawn_and_no_more() -> None:
    people = Dynamics(bar=0.1, onset=0.13, note=0.1, top=0.03, accent=ACCENTED, songs=60)
    band = Dynamics(bar=0.12, onset=0.05, note=0.0, top=0.01, accent=(0.04, *(0.0,) * 15), songs=9)
    touch = touch_of([people] * 4, [band] * 4)
    assert (touch.bar[0], touch.onset[0], touch.note[0], touch.top[0]) == (0, 0.12, 0.1, 0.02)
    assert touch.accent[0][0] == pytest.approx(0.16 * 60 / 80)
    assert touch_of([people] * 4, [Dynamics()] * 4) == Touch()


def song(codes: int, velocity: Any, name: str = "pop909/1") -> Song:
    """A song of one note a step, each of a velocity, in its second voice."""
    notes = np.array([(k, 1, 60, velocity(k)) for k in range(2 * NOTES)], np.int16)
    none = np.zeros((0, 4), np.int16)
    chords = np.zeros(NOTES // 2, np.uint8)
    origin = np.full((NOTES // 8, 5), codes, np.uint8)
    return Song(name, "pop", "train", (none, none, notes, none, none), chords, origin)


def human(k: int) -> int:
    return 40 + 37 * k % 60


@pytest.mark.parametrize(
    ("given", "many"),
    [
        (song(REAL, human), 2 * NOTES),
        (song(STYLE_PAIRED, human, "wjazzd/1"), 2 * NOTES),
        (song(ARRANGED, human), 0),
        (song(REAL, human, "wjazzd/1"), 0),
        (song(REAL, lambda k: 80), 0),
        (song(REAL, lambda k: 40 + k // 4), 0),
    ],
)
def test_only_velocities_that_somebody_played_tell(given: Song, many: int) -> None:
    assert len(performed(given, 2, "bass")) == many
