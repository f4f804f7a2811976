"""Keys by name and by what was played."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.models.harmony import symbol
from bandmate.models.keys import MODES, Key, best_scale


@pytest.mark.parametrize(
    ("text", "name", "sharps"),
    [
        ("C", "C major", {0, 2, 4, 5, 7, 9, 11}),
        ("a minor", "A minor", {0, 2, 4, 5, 7, 9, 11}),
        ("D dorian", "D dorian", {0, 2, 4, 5, 7, 9, 11}),
        ("F# minor", "F♯ minor", {6, 8, 9, 11, 1, 2, 4}),
        ("Bbm", "B♭ minor", {10, 0, 1, 3, 5, 6, 8}),
        ("e♭", "E♭ major", {3, 5, 7, 8, 10, 0, 2}),
        (" G-mixolydian ", "G mixolydian", {0, 2, 4, 5, 7, 9, 11}),
        ("Cb", "B major", {11, 1, 3, 4, 6, 8, 10}),
    ],
)
def test_a_key_is_read_as_musicians_write_it(text: str, name: str, sharps: set[int]) -> None:
    key = Key.parse(text)
    assert key.name == name
    assert set(np.flatnonzero(key.classes)) == sharps


@pytest.mark.parametrize("text", ["", "H", "dorian", "C blues", "C##", "7", "Cmm"])
def test_what_is_no_key_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no key; write one as G, F# minor"):
        Key.parse(text)


def test_the_triads_of_a_key_are_those_of_its_scale_and_a_minor_ones_major_dominant() -> None:
    def symbols(text: str) -> set[str]:
        return {symbol(chord) for chord in np.flatnonzero(Key.parse(text).triads)}

    assert symbols("C") == {"C", "Dm", "Em", "F", "G", "Am"}
    assert symbols("Am") == symbols("C") | {"E"}
    assert symbols("D dorian") == symbols("C")


@given(st.integers(0, 11), st.sampled_from(["major", "minor"]), st.integers(1, 9))
def test_a_key_is_told_by_its_scale_and_its_tonic_triad(tonic: int, mode: str, more: int) -> None:
    key = Key(tonic, mode)
    third = 4 if mode == "major" else 3
    weight = key.classes.astype(np.float32)
    weight[[tonic, (tonic + third) % 12, (tonic + 7) % 12]] += more
    assert Key.of(weight) == key


def test_silence_has_no_key_and_a_stray_note_does_not_change_it() -> None:
    assert Key.of(np.zeros(12)) is None
    assert best_scale(np.zeros(12)) is None
    weight = 8 * Key.parse("G").classes.astype(float)
    weight[[5, 7]] = 2, 12
    assert Key.of(weight) == Key.parse("G")


def test_every_mode_has_seven_notes_with_its_tonic_among_them() -> None:
    for mode in MODES:
        assert Key(4, mode).classes.sum() == 7
        assert Key(4, mode).classes[4]
