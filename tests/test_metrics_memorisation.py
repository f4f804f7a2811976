"""How near windows are to taught ones, worked out by hand."""

from math import isnan

import numpy as np
import pytest

from bandmate.training.judging import memorisation
from bandmate.training.judging.memorisation import SHIFTS, Nearness, distances, nearness, windows
from bandmate.training.songs import Notes, Song

PARTS = ("drums", "bass", "keys", "strings")


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


def scale(low: int, bars: int = 2) -> Notes:
    """Eighths up from a pitch."""
    return notes(*((2 * k, 2, low + k) for k in range(8 * bars)))


def song(bass: Notes, keys: Notes | None = None, bars: int = 2) -> Song:
    """A song of a held melody, a bass and a beat."""
    beat = notes(*((4 * k, 1, 36 + 2 * (k % 2)) for k in range(4 * bars)))
    voices = (notes((0, 16 * bars, 72)), beat, bass, notes() if keys is None else keys, notes())
    return Song("toy", "pop", "test", voices, np.zeros(4 * bars, np.uint8), np.zeros((bars, 5), np.uint8))


def test_a_window_is_the_set_of_its_struck_notes() -> None:
    given = song(notes((0, 4, 40), (31, 4, 41), (32, 4, 42)), notes((16, 4, 60), (16, 4, 60)), bars=3)
    first, second = windows(given, (1, 2), 1)
    assert first.tolist() == [40, 31 * 128 + 41, (32 + 16) * 128 + 60]
    assert second.tolist() == [15 * 128 + 41, 16 * 128 + 42, 32 * 128 + 60]
    assert len(windows(given, (1, 2), 2)) == 1


def test_windows_begin_with_the_melody() -> None:
    given = song(scale(40, bars=4), bars=4)
    later = Song(
        "toy", "pop", "test", (notes((16, 48, 72)), *given.notes[1:]), given.chords, given.provenance
    )
    assert [cells[0] for cells in windows(later, (1,), 1)] == [48, 56]


@pytest.mark.parametrize(
    ("mine", "taught", "distance"),
    [
        ([1, 2, 3], [[1, 2, 3]], 0),
        ([1, 2, 3], [[2, 3, 4]], 0.5),  # two of four
        ([1, 2, 3], [[1, 2, 3, 4, 5, 6]], 0.5),
        ([1, 2, 3], [[7, 8], [3]], 2 / 3),  # the nearer of two
        ([1, 2, 3], [[7, 8]], 1),
        ([1, 2, 3], [], 1),
    ],
)
def test_the_distance_is_jaccards(mine: list[int], taught: list[list[int]], distance: float) -> None:
    cells = [np.array(some) for some in taught]
    assert distances([np.array(mine)], cells, (0,)).tolist() == pytest.approx([distance])


def test_a_transposed_copy_is_a_copy_within_twelve_shifts() -> None:
    taught = [np.array([60, 128 + 64])]
    for up in range(-8, 9):
        found = distances([taught[0] + up], taught, SHIFTS)[0]
        assert (found == 0) == (-5 <= up <= 6)
    assert distances([taught[0] + 1], taught, (0,))[0] == 1


def test_a_shift_does_not_carry_a_pitch_into_the_next_step() -> None:
    assert distances([np.array([127])], [np.array([128])], SHIFTS)[0] == 1


def test_windows_are_compared_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memorisation, "CHUNK", 2)
    taught = [np.array([k, k + 1]) for k in range(0, 10, 2)]
    assert distances([np.array([8, 9]), np.array([0, 5])], taught, (0,)).tolist() == pytest.approx([0, 2 / 3])


def test_a_full_window_is_counted_without_overflow() -> None:
    full = np.arange(400)
    assert distances([full], [full], (0,))[0] == 0


def test_nearness_of_pitched_parts_and_drums() -> None:
    taught = song(scale(40, bars=4), bars=4)
    copied = song(scale(42))  # the first two bars, two semitones up; bars 3 and 4 are taught too
    other = song(notes(*((2 * k + 1, 1, 50) for k in range(16))))
    found = nearness([copied, other], [taught], PARTS, 1)
    assert found["drums"] == Nearness(0, 1, 2)
    assert found["pitched"] == Nearness(0.5, 0.5, 2)  # one copied, one with nothing in common


def test_near_empty_windows_are_not_asked_about() -> None:
    found = nearness([song(notes((0, 4, 40)))], [song(scale(40))], PARTS, 1)["pitched"]
    assert found.windows == 0
    assert isnan(found.median)


def test_closer_than_all_but_the_nearest_twentieth_of_the_real_ones() -> None:
    real = np.linspace(0.5, 0.9, 41)  # the second and third nearest, .51 and .52, stand at the twentieth
    assert memorisation.closer(np.array([0.1, 0.5, 0.53, 0.9]), real) == 0.5
    assert memorisation.closer(real, real) == pytest.approx(2 / 41)
    assert isnan(memorisation.closer(np.zeros(0), real))
