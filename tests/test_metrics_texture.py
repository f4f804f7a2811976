"""Figures of one part, worked out by hand."""

from math import isnan

import numpy as np
import pytest

from bandmate.training.judging import texture
from bandmate.training.songs import Notes

EVERY = np.ones(3, bool)


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


# bar 1: C held into bar 2, E for a quarter, a short C an octave up; bar 2: only the held C; bar 3: nothing
PART = notes((0, 20, 48), (0, 4, 52), (6, 1, 60), (64, 4, 48))


def test_notes_and_empty_bars() -> None:
    assert texture.notes_a_bar(PART, EVERY) == 1.0
    assert texture.empty_bars(PART, EVERY) == pytest.approx(1 / 3)
    assert texture.empty_bars(PART, np.array([True, True, False])) == 0


def test_pitch_classes_are_counted_modulo_an_octave_in_bars_with_sound() -> None:
    assert texture.pitch_classes(PART, EVERY) == 1.5  # C and E, then C; not the empty bar
    assert texture.pitch_classes(notes((0, 4, 48), (4, 4, 49), (8, 4, 55)), EVERY) == 3


def test_lengths() -> None:
    assert texture.qualified(PART, EVERY) == pytest.approx(2 / 3)
    assert texture.one_step(PART, EVERY) == pytest.approx(1 / 3)
    assert texture.qualified(notes((0, 2, 48), (4, 1, 48)), EVERY) == 0.5


def test_polyphony_is_a_share_of_all_steps() -> None:
    assert texture.polyphony(PART, EVERY, 1) == pytest.approx(
        5 / 48
    )  # four steps with E, one with the high C
    assert texture.polyphony(PART, EVERY, 2) == 0
    assert texture.polyphony(notes((0, 8, 48), (0, 8, 52), (4, 4, 55)), EVERY, 2) == pytest.approx(4 / 48)


def test_a_drum_pattern_is_the_share_of_hits_on_eighths() -> None:
    assert texture.drum_pattern(notes((0, 1, 36), (2, 1, 42), (3, 1, 42), (16, 1, 36)), EVERY) == 0.75


def test_only_bars_that_count_are_looked_at() -> None:
    second = np.array([False, True, False])
    assert texture.notes_a_bar(PART, second) == 0
    assert texture.pitch_classes(PART, second) == 1
    assert texture.polyphony(PART, second, 0) == 4 / 16
    assert isnan(texture.qualified(PART, second))
    assert isnan(texture.empty_bars(PART, np.zeros(3, bool)))
