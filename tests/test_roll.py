"""Piano rolls: notes that do not overlap round-trip, and the skyline is the highest voice."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.models import roll
from bandmate.models.roll import Note, Roll

STEPS = 32


@st.composite
def lines(draw: st.DrawFn) -> list[Note]:
    """Notes in which no pitch sounds twice at once; they may touch."""
    notes = []
    for pitch in draw(st.sets(st.integers(0, 127), max_size=6)):
        edges = sorted(draw(st.sets(st.integers(0, STEPS), max_size=8)))
        kept = draw(st.lists(st.booleans(), min_size=len(edges), max_size=len(edges)))
        for begin, end, plays in zip(edges, edges[1:], kept, strict=False):
            velocity = draw(st.integers(0, 128)) / 128
            notes += [Note(begin, end - begin, pitch, velocity)] if plays else []
    return sorted(notes)


@given(lines())
def test_notes_round_trip(notes: list[Note]) -> None:
    assert roll.decode(roll.encode(notes, STEPS)) == notes


@given(lines(), st.integers(-40, 40))
def test_a_window_elsewhere_round_trips_too(notes: list[Note], first: int) -> None:
    moved = [note._replace(step=note.step + first) for note in notes]
    assert roll.decode(roll.encode(moved, STEPS, first), first) == moved


@given(lines(), st.integers(1, STEPS - 1))
def test_two_windows_hold_what_one_does(notes: list[Note], cut: int) -> None:
    whole = roll.encode(notes, STEPS)
    halves = (roll.encode(notes, cut), roll.encode(notes, STEPS - cut, cut))
    for plane, early, late in zip(whole, *halves, strict=True):
        assert np.array_equal(plane, np.concatenate([early, late]))


@pytest.mark.parametrize(
    ("notes", "first", "found"),
    [
        ([Note(0, 4, 60, 1)], 2, [Note(2, 2, 60, 0)]),  # reaches in: sounds on, struck outside
        ([Note(30, 8, 60, 1)], 0, [Note(30, 2, 60, 1)]),  # reaches out
        ([Note(-4, 4, 60, 1), Note(32, 1, 60, 1)], 0, []),
        ([Note(0, 4, 60, 1), Note(2, 4, 60, 0.5)], 0, [Note(0, 2, 60, 1), Note(2, 4, 60, 0.5)]),
    ],
)
def test_notes_over_an_edge(notes: list[Note], first: int, found: list[Note]) -> None:
    assert roll.decode(roll.encode(notes, STEPS, first), first) == found


def test_velocity_is_where_the_onset_is() -> None:
    played = roll.encode([Note(4, 4, 60, 0.5)], STEPS)
    assert np.argwhere(played.velocity).tolist() == [[4, 60]]
    assert np.argwhere(played.onset).tolist() == [[4, 60]]
    assert np.flatnonzero(played.sustain[:, 60]).tolist() == [4, 5, 6, 7]


def test_an_empty_roll_is_silent() -> None:
    silent = roll.empty(5)
    assert {plane.shape for plane in silent} == {(5, 128)}
    assert roll.decode(silent) == []


@given(lines())
def test_the_skyline_is_the_highest_voice(notes: list[Note]) -> None:
    pitch, onset = roll.skyline(roll.encode(notes, STEPS))
    for step in range(STEPS):
        sounding = [note for note in notes if note.step <= step < note.step + note.length]
        top = max(sounding, key=lambda note: note.pitch, default=Note(step, 1, -1))
        assert pitch[step] == top.pitch
        comes = top.pitch >= 0 and (top.step == step or step == 0 or pitch[step - 1] != top.pitch)
        assert onset[step] == comes


def heard(notes: Iterable[Note]) -> Roll:
    return roll.encode(notes, 6)


@pytest.mark.parametrize(
    ("notes", "pitch", "onset"),
    [
        ([Note(0, 2, 60), Note(2, 2, 60)], [60, 60, 60, 60, -1, -1], [0, 2]),
        ([Note(0, 6, 60), Note(2, 2, 64)], [60, 60, 64, 64, 60, 60], [0, 2, 4]),
        ([Note(0, 6, 64), Note(2, 2, 60)], [64] * 6, [0]),
    ],
)
def test_skylines(notes: list[Note], pitch: list[int], onset: list[int]) -> None:
    top, struck = roll.skyline(heard(notes))
    assert top.tolist() == pitch
    assert np.flatnonzero(struck).tolist() == onset
