"""A revision joins what it revises."""

from __future__ import annotations

import numpy as np
import pytest

from bandmate.daemon.answering.revision import revoice
from bandmate.models.decoding import Score

BASS, KEYS = 1, 2
VOICES = (4, 1, 3, 3)
NOTHING = np.zeros(12, bool)


def score(steps: int, *notes: tuple[int, int, int, int]) -> Score:
    """A score of notes (part, pitch, first step, length); a first step below 0 was struck before."""
    onset, sustain = (np.zeros((4, steps, 128), bool) for _ in range(2))
    for part, pitch, first, length in notes:
        if first >= 0:
            onset[part, first, pitch] = True
        sustain[part, max(first, 0) : max(first + length, 0), pitch] = True
    return Score(onset, sustain, np.full((4, steps, 128), 0.5, np.float32))


def sounding(result: Score) -> list[tuple[int, int, int]]:
    """(step, part, pitch) of all that sounds."""
    return [(int(s), int(p), int(n)) for s, p, n in np.argwhere(result.sustain.transpose(1, 0, 2))]


def before(*notes: tuple[int, int]) -> np.ndarray:
    """What sounds until then, as (part, pitch)."""
    out = np.zeros((4, 128), bool)
    for part, pitch in notes:
        out[part, pitch] = True
    return out


def pitch_classes(*classes: int) -> np.ndarray:
    out = np.zeros(12, bool)
    out[list(classes)] = True
    return out


@pytest.mark.parametrize(
    ("revised", "new", "foreign", "expected"),
    [
        # a held note lasts as long as it would have
        ([(KEYS, 60, -1, 3)], [], NOTHING, [(0, KEYS, 60), (1, KEYS, 60)]),
        # and no longer
        ([(KEYS, 60, -1, 2)], [], NOTHING, [(0, KEYS, 60)]),
        # a foreign one ends
        ([(KEYS, 60, -1, 3)], [], pitch_classes(0), []),
        # what the revised decision had still to strike is gone
        ([(KEYS, 60, -1, 3), (KEYS, 67, 1, 1)], [], NOTHING, [(0, KEYS, 60), (1, KEYS, 60)]),
        # new notes join the kept ones
        (
            [(KEYS, 60, -1, 3)],
            [(KEYS, 65, 1, 2)],
            NOTHING,
            [(0, KEYS, 60), (1, KEYS, 60), (1, KEYS, 65), (2, KEYS, 65)],
        ),
        # the part of one voice gives its old note up for a new one
        ([(BASS, 36, -1, 4)], [(BASS, 41, 1, 2)], NOTHING, [(0, BASS, 36), (1, BASS, 41), (2, BASS, 41)]),
        # a pitch struck again is the new decision's, whatever the old one wanted of it
        ([(KEYS, 60, -1, 4)], [(KEYS, 60, 1, 1)], NOTHING, [(0, KEYS, 60), (1, KEYS, 60)]),
    ],
)
def test_what_sounds_after_a_revision(
    revised: list[tuple[int, int, int, int]],
    new: list[tuple[int, int, int, int]],
    foreign: np.ndarray,
    expected: list[tuple[int, int, int]],
) -> None:
    held = before(*[(part, pitch) for part, pitch, first, _ in revised if first < 0])
    result = revoice(score(3, *revised), score(3, *new), held, foreign, VOICES)
    assert sounding(result) == expected
    assert (result.onset == score(3, *new).onset).all()


def test_where_nothing_is_revised_the_new_score_stands() -> None:
    new = score(4, (KEYS, 60, 0, 2), (BASS, 36, 1, 3))
    result = revoice(score(4), new, before((KEYS, 64), (BASS, 40)), NOTHING, VOICES)
    assert (result.sustain == new.sustain).all()


def test_what_is_to_be_held_but_does_not_sound_is_struck() -> None:
    result = revoice(
        score(2), score(2, (KEYS, 60, -1, 3), (KEYS, 64, -1, 3)), before((KEYS, 60)), NOTHING, VOICES
    )
    assert [tuple(map(int, each)) for each in np.argwhere(result.onset)] == [(KEYS, 0, 64)]
