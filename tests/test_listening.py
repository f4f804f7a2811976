"""What the ear hears: beats as numbers, the same one by one as all at once, and moved with the key."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bandmate.models import listening
from bandmate.models.listening import BEAT_SIZE, PARTIAL_SIZE, STEP_SIZE, Listener

Line = tuple[NDArray[np.int16], NDArray[np.bool_]]


@st.composite
def melodies(draw: st.DrawFn, low: int = 48, high: int = 84) -> Line:
    """Two to ten beats of a melody with rests and repeated notes."""
    pitch: list[int] = []
    onset: list[bool] = []
    for _ in range(draw(st.integers(2, 10))):
        while len(pitch) % 4 or not len(onset) or len(pitch) == len(onset):
            value = draw(st.one_of(st.just(-1), st.integers(low, high)))
            length = draw(st.integers(1, 6))
            pitch += [value] * length
            onset += [value >= 0] + [False] * (length - 1)
            if len(pitch) % 4 == 0:
                break
    return np.array(pitch, np.int16), np.array(onset)


def line(*notes: tuple[int, int], steps: int = 4) -> Line:
    """Notes (step, pitch), each until the next."""
    pitch, onset = np.full(steps, -1, np.int16), np.zeros(steps, bool)
    for step, key in notes:
        pitch[step:], onset[step] = key, True
    return pitch, onset


@given(melodies())
def test_a_listener_hears_beat_by_beat_what_beats_hears_at_once(played: Line) -> None:
    pitch, onset = played
    listener = Listener()
    beats = range(0, len(pitch) - 3, 4)
    one_by_one = [listener.beat(pitch[b : b + 4], onset[b : b + 4]) for b in beats]
    whole = listening.beats(pitch, onset)
    assert whole.shape == (len(pitch) // 4, BEAT_SIZE)
    assert np.array_equal(whole, np.stack(one_by_one))


@given(melodies())
def test_the_beats_of_a_line_hold_its_steps(played: Line) -> None:
    pitch, onset = played
    steps = listening.steps(pitch, onset, 64)
    whole = listening.beats(pitch, onset)
    n = len(whole)
    assert np.array_equal(whole[:, :PARTIAL_SIZE].reshape(-1, STEP_SIZE), steps[: 4 * n])


@given(melodies())
def test_since_is_what_the_first_step_of_the_next_beat_counts_from(played: Line) -> None:
    pitch, onset = played
    listener = Listener()
    for b in range(0, len(pitch) - 7, 4):
        listener.beat(pitch[b : b + 4], onset[b : b + 4])
        ahead = listening.partial(pitch[b + 4 : b + 7], onset[b + 4 : b + 7], listener.since)
        true = listening.steps(pitch[: b + 7], onset[: b + 7], 64)[b + 4 :]
        assert np.array_equal(ahead[: 3 * STEP_SIZE], true.ravel())
        assert not ahead[3 * STEP_SIZE :].any()


@pytest.mark.parametrize(
    ("beats", "since"),
    [
        ([], 64),
        ([line()], 64),
        ([line((0, 60))], 4),
        ([line((0, 60), (3, 62))], 1),
        ([line((0, 60), (3, 62)), line()], 5),
        ([line((0, 60))] + [line()] * 20, 64),
    ],
)
def test_since(beats: list[Line], since: int) -> None:
    listener = Listener()
    for pitch, onset in beats:
        listener.beat(pitch, onset)
    assert listener.since == since


def test_a_step_says_what_sounds_what_is_struck_how_high_and_since_when() -> None:
    held, struck, silent = listening.steps(np.array([60, 78, -1]), np.array([False, True, False]), 5)
    assert np.flatnonzero(held).tolist() == [0, 24, 25, 27]
    assert held[[24, 25]].tolist() == [-0.5, 1]
    assert held[27] == pytest.approx(np.log1p(5) / 3)
    assert np.flatnonzero(struck).tolist() == [6, 12 + 6, 24, 25, 26]
    assert struck[24] == 1
    assert np.flatnonzero(silent).tolist() == [27]
    assert silent[27] == pytest.approx(np.log1p(1) / 3)


def test_a_long_wait_counts_as_64_steps() -> None:
    silent = listening.steps(np.full(3, -1, np.int16), np.zeros(3, bool), 500)
    assert silent[:, 27].tolist() == pytest.approx([np.log1p(64) / 3] * 3)


@pytest.mark.parametrize("known", [0, 1, 2, 3])
def test_a_part_of_a_beat_is_its_first_steps(known: int) -> None:
    pitch, onset = line((0, 60), (2, 67))
    part = listening.partial(pitch[:known], onset[:known], 7)
    assert part.shape == (PARTIAL_SIZE,)
    whole = listening.steps(pitch, onset, 7).ravel()
    assert np.array_equal(part[: known * STEP_SIZE], whole[: known * STEP_SIZE])
    assert not part[known * STEP_SIZE :].any()


def test_histograms_are_shares_over_all_and_over_the_latest() -> None:
    listener = Listener()
    listener.beat(*line((0, 60)))
    share = listener.beat(*line((0, 67)))[PARTIAL_SIZE:].reshape(3, 12)
    fading = [1.0, np.exp(-1 / 8), np.exp(-1 / 32)]
    for row, rest in zip(share, fading, strict=True):
        assert np.flatnonzero(row).tolist() == [0, 7]
        assert row[0] == pytest.approx(rest / (1 + rest))
        assert row.sum() == pytest.approx(1)


def test_nothing_heard_has_no_shares() -> None:
    assert not Listener().beat(*line())[PARTIAL_SIZE:].any()


@given(melodies(), st.integers(-12, 12))
def test_transposing_turns_the_pitch_classes_and_leaves_the_rest(played: Line, by: int) -> None:
    pitch, onset = played
    moved = np.where(pitch >= 0, pitch + by, -1).astype(np.int16)
    plain, shifted = listening.beats(pitch, onset), listening.beats(moved, onset)
    steps, after = (x[:, :PARTIAL_SIZE].reshape(-1, 4, STEP_SIZE) for x in (plain, shifted))
    for classes in (slice(0, 12), slice(12, 24)):
        assert np.array_equal(np.roll(steps[..., classes], by, -1), after[..., classes])
    assert np.array_equal(steps[..., 25:], after[..., 25:])
    height = steps[..., 24] + np.where(steps[..., 25] > 0, by / 12, 0)
    assert after[..., 24] == pytest.approx(height, abs=1e-5)
    shares, turned = (x[:, PARTIAL_SIZE:].reshape(-1, 3, 12) for x in (plain, shifted))
    assert turned == pytest.approx(np.roll(shares, by, -1), abs=1e-6)


@pytest.mark.parametrize(
    ("beat", "bar", "place"),
    [(0, 0, 0), (3, 0, 3), (0, 1, 4), (2, 3, 14), (0, 4, 0), (1, 7, 13), (4, 0, 3), (6, 1, 7), (1, -1, 13)],
)
def test_the_phase_is_the_beat_in_four_bars(beat: int, bar: int, place: int) -> None:
    assert np.flatnonzero(listening.phase(beat, bar)).tolist() == [place]


def test_less_than_a_beat_is_no_beat() -> None:
    assert listening.beats(*line((0, 60), steps=3)).shape == (0, BEAT_SIZE)
