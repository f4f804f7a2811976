"""Free playing, live, with packaged models in virtual time: scales, a modulation, a wrong note."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from bandmate.daemon.answering import attention
from bandmate.daemon.answering.attention import Attention
from bandmate.daemon.hearing.history import phase
from bandmate.models import listening
from bandmate.models.generator import Ear, Heard
from bandmate.models.harmony import TONES

TURN = 8
HOOK = "c4 e4 g4 e4|f4 a4 g8|e4 g4 c4 g4|f4 e4 d8|c4 e4 g4 e4|a4 f4 g8|d4 g4 f4 d4|c16"
PITCHES = {"c": 72, "d": 74, "e": 76, "f": 77, "g": 67, "a": 69, "b": 71}


def hook(shift: int = 0, begin: int = 0) -> list[tuple[int, int, int, int]]:
    """Eight bars in C, so many semitones higher."""
    notes, step = [], begin
    for word in HOOK.replace("|", " ").split():
        notes.append((step, int(word[1:]), PITCHES[word[0]] + shift, 80))
        step += int(word[1:])
    return notes


@pytest.mark.parametrize("scale", ["dorian", "mixolydian", "phrygian", "lydian", "minor pentatonic", "blues"])
def test_the_band_plays_in_the_scale_that_it_hears(tunes: ModuleType, scale: str) -> None:
    band = tunes.Musicians("pop")
    for key in (0, 6):
        heard = band.play(tunes.tune(scale, key, 1))
        here, elsewhere = (heard.inside(tunes.of_scale(scale, k), 2) for k in (key, key + 1))
        assert here >= 0.75, (scale, key)
        assert here > elsewhere + 0.2, (scale, key)
        assert heard.in_harmony() >= 0.5, (scale, key)


@pytest.mark.parametrize("preset", ["pop", "symphony"])
def test_a_chromatic_line_finds_chords_that_move_with_it(tunes: ModuleType, preset: str) -> None:
    heard = tunes.Musicians(preset).play(tunes.tune("chromatic", 0, 1))
    assert heard.in_harmony() >= 0.45
    assert heard.clash() <= 0.2
    assert len({*heard.chords[::4].tolist()}) >= 6


@pytest.mark.parametrize("shift", [1, 2, 5])
def test_a_modulation_is_followed_within_two_bars(tunes: ModuleType, shift: int) -> None:
    notes = np.array([*hook(), *hook(shift, 16 * TURN)], np.int16)
    heard = tunes.Musicians("pop").play(notes)
    new, old = (tunes.of_scale("major", tonic - 2) for tonic in (shift, 0))
    assert heard.inside(old, 2, TURN) >= 0.95
    assert heard.inside(new, TURN + 2, TURN + 4) >= 0.85
    assert heard.inside(new, TURN + 4) >= 0.95
    assert heard.in_harmony(TURN + 2) >= 0.55


def test_a_turn_is_heard_sooner_than_by_an_ear_that_forgets_nothing(
    tunes: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four tunes of eight bars, each followed by another a semitone higher: how much of the plan is in it."""
    band = tunes.Musicians("pop")
    turned = []
    for seed in range(4):
        higher = tunes.tune("major", 1, seed + 100, bars=8)
        higher[:, 0] += 16 * TURN
        turned.append(np.concatenate([tunes.tune("major", 0, seed, bars=8), higher]))

    def inside() -> float:
        heard = np.stack([band.play(notes).chords for notes in turned])[:, 16 * (TURN + 1) : 16 * (TURN + 2)]
        return float((TONES[heard] @ tunes.of_scale("major", 1)).mean() / 3)

    soon = inside()
    assert soon >= 0.85, "in the second bar"
    monkeypatch.setattr(attention, "ADVANTAGE", np.inf)
    assert soon > inside() + 0.05


def test_a_wrong_note_does_not_throw_the_band(tunes: ModuleType) -> None:
    """The G of bar 3 is played as an F sharp: another chord for a beat or two, and nothing later."""
    right = np.array([*hook(), *hook(0, 16 * TURN)], np.int16)
    wrong = right.copy()
    at = np.flatnonzero(wrong[:, 0] == 36)[0]
    assert wrong[at, 2] == PITCHES["g"]
    wrong[at, 2] -= 1
    band = tunes.Musicians("pop")
    first, second = band.play(right), band.play(wrong)
    other = first.chords[::4] != second.chords[::4]
    assert other[9:28].sum() <= 4
    assert not other[28:].any()
    assert second.in_harmony(3, 7) >= first.in_harmony(3, 7) - 0.1


class Ears:
    """An ear that foretells for ever the pitch class of the first beat that it heard."""

    def silence(self) -> listening.Array:
        return np.full(1, -1, np.float32)

    def run(self, offer: dict[str, listening.Array]) -> Heard:
        state = offer["state"][0]
        if state[0] < 0 and offer["beat"].any():
            state = np.array([offer["beat"][0, :12].argmax()], np.float32)
        melody = np.zeros((8, 12), np.float32)
        melody[:, int(state[0])] = 1
        return Heard(state, np.full((8, 25), 1 / 25, np.float32), melody, None)


def beats(*pitches: int) -> Attention:
    """What an attention has become after beats of one long note each."""
    one, listener = Attention(Ears()), listening.Listener()  # type: ignore[arg-type]
    for k, pitch in enumerate(pitches):
        features = listener.beat(np.full(4, pitch, np.int16), np.array([True, False, False, False]))
        one.hear(features, phase(4 * k))
    return one


def expected(one: Attention) -> int:
    heard = one.expect(np.zeros(listening.PARTIAL_SIZE, np.float32), 0, phase(0))
    return int(heard.melody[0].argmax())


def test_an_ear_that_foretells_nothing_any_more_is_left_for_one_that_does() -> None:
    assert expected(beats(*[60] * 40)) == 0
    assert expected(beats(*[60] * 40, 66)) == 0, "one note is no modulation"
    assert expected(beats(*[60] * 40, *[66] * 4)) == 6


def test_before_there_is_much_to_forget_nothing_is_forgotten() -> None:
    assert expected(beats(*[60] * 8, *[66] * 4)) == 0


def test_while_nothing_turns_the_ear_is_the_one_that_heard_everything(toys: ModuleType) -> None:
    ear = Ear(toys.ear(), "toy-ear.onnx")
    one, listener, state = Attention(ear), listening.Listener(), ear.silence()
    for k in range(40):
        features = listener.beat(np.full(4, 60 + 2 * (k % 3), np.int16), np.ones(4, bool))
        one.hear(features, phase(4 * k))
        state = attention.listen(ear, state, features, phase(4 * k)).state
    assert state.any()
    alone = Attention(ear)
    alone._main.state = state
    partial = np.zeros(listening.PARTIAL_SIZE, np.float32)
    for heard, wanted in zip(
        *(each.expect(partial, 0, phase(160)).__dict__.values() for each in (one, alone)), strict=True
    ):
        assert np.array_equal(heard, wanted)
