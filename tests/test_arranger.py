"""The arranged pad and the chords it is made of."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.models.harmony import NONE, TONES
from bandmate.training import chords, lines
from bandmate.training.arranging import pad as arranger

C, F, G, AM = 0, 5, 7, 21
LOW, HIGH = 55, 76


def pad(row: list[int]) -> list[list[int]]:
    """step, length and pitch of a row's pad."""
    notes = arranger.pad(np.array(row, np.uint8), LOW, HIGH)
    return [note[:3] for note in notes.tolist()]


@given(st.lists(st.integers(0, 24), min_size=1, max_size=24))
def test_at_every_step_the_pad_sounds_the_triad_and_nothing_else(row: list[int]) -> None:
    notes = arranger.pad(np.array(row, np.uint8), LOW, HIGH)
    weight = lines.pitch_classes([notes], len(row))
    assert (weight == 4 * TONES[row]).all()
    assert ((notes[:, 2] >= LOW) & (notes[:, 2] <= HIGH)).all()


@given(st.lists(st.integers(0, 23), min_size=2, max_size=24))
def test_no_voice_leaps_further_than_a_fifth(row: list[int]) -> None:
    notes = arranger.pad(np.array(row, np.uint8), LOW, HIGH).tolist()
    at = [sorted(p for s, n, p, _ in notes if s <= 4 * b < s + n) for b in range(len(row))]
    assert all(abs(a - b) <= 7 for x, y in pairwise(at) for a, b in zip(x, y, strict=True))


def test_common_tones_are_held_and_the_others_move() -> None:
    first, second = pad([C, C, AM, AM])[:3], pad([C, C, AM, AM])[3:]
    assert {p % 12: n for _, n, p in first} == {0: 16, 4: 16, 7: 8}
    assert [(s, n, p % 12) for s, n, p in second] == [(8, 8, 9)]


def test_a_long_chord_is_struck_again_after_two_bars() -> None:
    assert sorted({(step, length) for step, length, _ in pad([C] * 12)}) == [(0, 32), (32, 16)]


def test_where_there_is_no_chord_the_pad_is_silent() -> None:
    assert pad([NONE, NONE]) == []
    assert {step for step, _, _ in pad([C, NONE, C])} == {0, 8}


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [
        (["C:maj", "C#:min7", "Bb:min", "N"], [0, 13, 22, 24]),
        (["F#:maj/3", "Gb:7/b7", "B:dim", "E:hdim7", "A:aug"], [6, 6, 23, 16, 9]),
        (["D:sus4", "D:maj", "A:sus2", "A:min", "E:sus4(b7)"], [2, 2, 21, 21, 4]),
        (["G", "nonsense"], [7, 24]),
    ],
)
def test_labels_become_triads(labels: list[str], numbers: list[int]) -> None:
    assert chords.triads(labels) == numbers


def chorale(rows: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Four voices from beats of (soprano, alto, tenor, bass)."""
    return [lines.as_notes([(4 * b, 4, row[v], 80) for b, row in enumerate(rows)]) for v in range(4)]


def test_chords_are_found_in_a_cadence() -> None:
    beats = [(72, 67, 64, 48)] * 2 + [(72, 69, 65, 53)] * 2 + [(71, 67, 62, 43)] * 2 + [(72, 69, 64, 45)] * 2
    assert chords.derive(chorale(beats), 8).tolist() == [C, C, F, F, G, G, AM, AM]


def test_a_passing_note_changes_no_chord_and_silence_has_none() -> None:
    voices = chorale([(72, 67, 64, 48)] * 3)
    voices[0] = lines.as_notes([(0, 4, 72, 80), (4, 2, 74, 80), (6, 2, 72, 80), (8, 4, 72, 80)])
    assert chords.derive(voices, 4).tolist() == [C, C, C, NONE]
