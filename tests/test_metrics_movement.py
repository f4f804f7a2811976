"""How harmony and voices move, worked out by hand."""

from math import isnan

import numpy as np
import pytest

from bandmate.training import lines
from bandmate.training.judging import movement
from bandmate.training.songs import Notes

C, F, G, AM = (48, 52, 55), (48, 53, 57), (47, 50, 55), (48, 52, 57)


def chords(*each: tuple[int, ...], length: int = 4) -> Notes:
    """Chords one after the other, a beat each if nothing else is said."""
    rows = [(length * k, length, pitch, 80) for k, chord in enumerate(each) for pitch in chord]
    return np.array(rows, np.int16).reshape(-1, 4)


def changes(notes: Notes, bars: int) -> float:
    return movement.changes_a_bar(lines.chroma([notes], 16 * bars))


@pytest.mark.parametrize(
    ("beats", "found"),
    [
        ((C, C, C, C), 0),
        ((C, C, G, G), 1),
        ((C, G, C, G), 3),
        ((C, (), (), C), 0),  # silence changes nothing
        ((C, (48,), (55,), C), 0),  # a tone of the triad alone fits it as well as any
        ((C, (57,), C, C), 2),
    ],
)
def test_changes_of_the_triad_that_fits_best(beats: tuple[tuple[int, ...], ...], found: int) -> None:
    assert changes(chords(*beats), 1) == found


def test_changes_are_counted_by_the_bar() -> None:
    assert changes(chords(C, G, length=16), 2) == 0.5
    assert isnan(changes(chords(), 2))


def test_a_voicing_is_what_sounds_where_the_part_strikes() -> None:
    """A third is held while a tone is struck above it; a tone alone is no chord."""
    held = np.array([(0, 8, 48, 80), (0, 8, 52, 80), (4, 4, 55, 80), (8, 4, 60, 80)], np.int16)
    assert movement.voicings(held, np.ones(1, bool)) == [(48, 52), (48, 52, 55)]


def test_a_chord_struck_again_is_one_voicing() -> None:
    assert movement.voicings(chords(C, C, G, C), np.ones(1, bool)) == [C, G, C]
    assert movement.voicings(chords(C, G, length=16), np.array([False, True])) == [G]


@pytest.mark.parametrize(
    ("one", "other", "semitones"),
    [
        (C, G, 3),  # C to B, E to D, G stays
        (C, F, 3),
        (C, AM, 2),
        (C, (60, 64, 67), 36),
        (C, (48, 52, 55, 60), 0),  # a voice that enters does not move
        ((48, 52, 55, 60), (50, 60), 2),
        ((48, 60), (59, 61), 12),  # 48 to 59 and 60 to 61 is as far as crossing, and no less
    ],
)
def test_voices_go_the_shortest_way(one: tuple[int, ...], other: tuple[int, ...], semitones: int) -> None:
    assert movement.least_movement(one, other) == movement.least_movement(other, one) == semitones


def test_the_movement_of_a_voice() -> None:
    assert movement.voice_movement([C, G, C]) == 1
    assert movement.voice_movement([C, (48, 53)]) == 0.5  # two voices of which one moves
    assert isnan(movement.voice_movement([C]))


def test_the_fullest_part_strikes_most_at_once() -> None:
    assert movement.fullness(chords(C, (48,))) == 2
    assert movement.fullness(chords()) == 0
