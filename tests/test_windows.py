"""Windows to learn from: what is shown, what is hidden, and what is to be foretold, on a tiny song."""

from dataclasses import replace

import numpy as np
import pytest

from bandmate.models.harmony import NONE
from bandmate.training.band import situations
from bandmate.training.fitting import windows
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import HEIGHT, KIT, LOW, Corpus
from bandmate.training.judging.rollout import stage
from bandmate.training.songs import Song

PARTS = ("drums", "bass", "keys", "strings")
AS_PLAYED = Recipe(
    transpose=(0, 0),
    heard_all=0,
    heard_none=0,
    drop_past=0,
    drop_early=0,
    drop_part=0,
    shift_plan=0,
    neutral_controls=0,
)


def song(*voices: list[tuple[int, int, int, int]], bars: int = 4, chord: int = 0) -> Song:
    """Five voices of (step, length, pitch, velocity); those left out are silent."""
    filled = [*voices, *([[]] * (5 - len(voices)))]
    notes = tuple(np.array(v, np.int16).reshape(-1, 4) for v in filled)
    return Song(
        "tiny/1", "pop", "train", notes, np.full(4 * bars, chord, np.uint8), np.zeros((bars, 5), np.uint8)
    )


def busy() -> Song:
    """Four bars: a melody in quarters, a backbeat, whole notes below, chords in halves, one high note."""
    melody = [(4 * k, 4, 72 + k % 5, 100) for k in range(16)]
    drums = [(4 * k, 1, 36 if k % 2 == 0 else 38, 90) for k in range(16)]
    bass = [(16 * k, 16, 36 + k, 80) for k in range(4)]
    keys = [(8 * k, 8, pitch, 70) for k in range(8) for pitch in (60, 64, 67)]
    return song(melody, drums, bass, keys, [(0, 64, 79, 60)])


def drawn(recipe: Recipe, seed: int = 0, count: int = 64) -> tuple:
    corpus = Corpus([busy()], PARTS)
    rng = np.random.default_rng(seed)
    which = rng.integers(0, len(corpus), count)
    return situations.draw(corpus, which, situations.fates(count, recipe, rng), recipe)


def test_songs_of_two_bars_are_looked_at_whole() -> None:
    given = stage([song([(0, 32, 72, 100)], [(4, 1, 38, 90)], [(0, 16, 36, 80)], bars=2)], PARTS, 1)
    assert given.steps == 32
    assert np.argwhere(given.real[0, 0, 0]).tolist() == [[4, 38]]
    assert np.flatnonzero(given.real[0, 1, 1, :, 36]).tolist() == list(range(16))


@pytest.mark.parametrize(
    ("pitch", "row"), [(26, 0), (97, 71), (25, 11), (14, 0), (98, 60), (109, 71), (110, 60), (60, 34)]
)
def test_pitches_outside_are_moved_in_by_octaves(pitch: int, row: int) -> None:
    assert windows.fold(np.array([pitch], np.int16)) == row
    assert (row + LOW - pitch) % 12 == 0


def test_a_strip_keeps_onsets_sustains_and_velocities() -> None:
    strip = windows.strip(song([(2, 3, 60, 99)], [(5, 1, 38, 64)], chord=7), PARTS)
    onset, sustain = windows.planes(strip.cells, 0)
    assert np.argwhere(onset).tolist() == [[34, 60 - LOW]]
    assert np.argwhere(sustain).tolist() == [[s, 60 - LOW] for s in (34, 35, 36)]
    assert strip.loud[34, 0] == 99
    assert strip.kit[37].tolist() == [64 if drum == 38 else 0 for drum in KIT]
    assert (strip.chords[:32] == NONE).all()
    assert (strip.chords[32:96] == 7).all()


def test_a_window_begins_at_every_bar_but_the_last() -> None:
    corpus = Corpus([busy(), busy()], PARTS)
    first = [32, 48, 64]
    assert corpus.starts.tolist() == first + [s + 112 for s in first]
    assert corpus.counts.tolist()[0] == [8, 2, 12, 1]


def test_nothing_after_the_cut_is_shown_of_the_band() -> None:
    inputs, truth = drawn(AS_PLAYED)
    cut = inputs.played.sum(1).astype(int)
    assert set(range(0, 16, 4)) < set(cut)
    for k, now in enumerate(cut):
        assert (inputs.played[k] == (np.arange(32) < now)).all()
        assert not inputs.band[k].reshape(4, 4, 32, HEIGHT)[:, 2:, now:].any()
        assert ((truth.weight[k] > 0) == (np.arange(32) >= now)).all()
        assert truth.weight[k].max() == AS_PLAYED.near


def test_what_was_committed_is_shown_and_what_came_is_true() -> None:
    inputs, truth = drawn(AS_PLAYED)
    band = inputs.band.reshape(-1, 4, 4, 32, HEIGHT)
    for k, now in enumerate(inputs.played.sum(1).astype(int)):
        assert (band[k, :, 2, :now] == truth.onset[k, :, :now]).all()
        assert (band[k, :, 3, :now] == truth.sustain[k, :, :now]).all()
    assert (truth.before[:, 1:, 1:] == truth.sustain[:, 1:, :-1]).all()


def test_the_melody_is_shown_as_far_as_it_is_heard() -> None:
    inputs, _ = drawn(AS_PLAYED)
    beyond = inputs.heard.sum(1) - inputs.played.sum(1)
    assert set(beyond) <= {-1, 0, 1, 2, 3}
    assert not (inputs.melody[:, 2:] * (1 - inputs.heard)[:, None, :, None]).any()


@pytest.mark.parametrize(("fate", "known"), [({"heard_all": 1}, 32), ({"heard_none": 1}, 0)])
def test_all_or_none_of_the_melody_can_be_heard(fate: dict[str, float], known: int) -> None:
    inputs, _ = drawn(replace(AS_PLAYED, **fate))
    assert (inputs.heard.sum(1) == known).all()
    assert inputs.melody[:, 2:].any() == (known > 0)


def test_the_past_can_be_hidden_whole_or_but_for_its_latest_steps_or_in_a_part() -> None:
    whole, _ = drawn(replace(AS_PLAYED, drop_past=1))
    assert not whole.band.any()
    early, _ = drawn(replace(AS_PLAYED, drop_early=1))
    shown = early.band.reshape(-1, 4, 4, 32, HEIGHT)[:, :, [1, 3]].any((1, 4)).reshape(-1, 64).sum(1)
    assert 0 < shown.max() <= 8
    part, _ = drawn(replace(AS_PLAYED, drop_part=1))
    silent = ~part.band.reshape(-1, 4, 4 * 32 * HEIGHT).any(2)
    assert (silent.sum(1) >= 1).all()
    assert set(np.argwhere(silent)[:, 1]) == {0, 1, 2, 3}


def test_transposing_moves_notes_and_plan_together_but_not_the_drums() -> None:
    moved, truth = drawn(replace(AS_PLAYED, transpose=(3, 3)))
    plain, as_was = drawn(AS_PLAYED)
    assert (truth.onset[:, 1:, :, 3:] == as_was.onset[:, 1:, :, :-3]).all()
    assert (truth.onset[:, 0] == as_was.onset[:, 0]).all()
    assert (moved.harmony[:, :, :12] == np.roll(plain.harmony[:, :, :12], 3, 2)).all()
    assert (moved.harmony[:, :, 12:] == np.roll(plain.harmony[:, :, 12:], 3, 2)).all()


def test_no_chord_stays_no_chord_when_transposed() -> None:
    rows = windows.plan_rows(np.full((1, 32), NONE, np.uint8), np.array([5]))
    assert not rows.any()


def test_a_shifted_plan_moves_one_change_by_a_beat_and_only_after_the_cut() -> None:
    chords = np.repeat(np.array([[0] * 4 + [7] * 4], np.uint8), 4, axis=1)
    found = set()
    for seed in range(20):
        fate = situations.fates(1, AS_PLAYED, np.random.default_rng(seed))._replace(cut=np.array([0]))
        shifted = situations._shift_changes(chords, fate, np.array([True]))
        found.add(tuple(shifted[0, ::4].tolist()))
    assert found == {(0,) * 3 + (7,) * 5, (0,) * 5 + (7,) * 3}
    late = situations._shift_changes(chords, fate._replace(cut=np.array([16])), np.array([True]))
    assert (late == chords).all()


def test_controls_name_the_density_rank_and_half_are_neutral() -> None:
    inputs, _ = drawn(replace(AS_PLAYED, neutral_controls=0.5), count=400)
    neutral = (inputs.controls == 0.5).all(1)
    assert 0.3 < neutral.mean() <= 1
    corpus = Corpus([busy(), song([(0, 4, 60, 20)], [], [], [(0, 4, 60, 60)])], PARTS)
    many, few = corpus.controls[0], corpus.controls[-1]
    assert many[2] > few[2]
    assert many[4] > few[4]
