"""Telling played windows from real ones: the curve by hand, and classifiers on music that differs or not."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from bandmate.training.judging import eye, features, logistic, two_sample
from bandmate.training.judging.excerpt import Excerpt, excerpt
from bandmate.training.judging.kin import families
from bandmate.training.judging.pairs import drawn_out, pairs
from bandmate.training.judging.two_sample import Verdict, auc, ranks, told_apart, verdict
from bandmate.training.songs import REAL, SILENT, STYLE_PAIRED, Notes, Song

PARTS = ("drums", "bass", "keys", "strings")
ROW_OF_C = 60 - 26


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


def song(number: int, bass: Notes, bars: int = 4) -> Excerpt:
    """A song whose melody repeats one note, in a key of its own."""
    melody = notes(*((8 * k, 6, 60 + number) for k in range(2 * bars)))
    voices = (melody, notes(), bass, notes(), notes())
    provenance = np.zeros((bars, 5), np.uint8)
    return excerpt(
        Song(f"toy/{number}", "pop", "test", voices, np.zeros(4 * bars, np.uint8), provenance), PARTS
    )


def wholes(number: int, bars: int = 4) -> Excerpt:
    """The song with its melody's note held below, a bar at a time."""
    return song(number, notes(*((16 * k, 16, 36 + number) for k in range(bars))), bars)


def sixteenths(number: int, bars: int = 4) -> Excerpt:
    """The song with a nervous bass a tritone off."""
    return song(number, notes(*((k, 1, 42 + number) for k in range(16 * bars))), bars)


def test_the_curve_is_the_share_of_pairs_in_order() -> None:
    label = np.array([True, True, False, False])
    assert auc(np.array([4.0, 3, 2, 1]), label) == 1
    assert auc(np.array([4.0, 2, 3, 1]), label) == 0.75
    assert auc(np.array([1.0, 1, 1, 1]), label) == 0.5
    assert ranks(np.array([5.0, 1, 5, 9])).tolist() == [2.5, 1, 2.5, 4]


def test_a_verdict_goes_by_ranks_within_a_fold() -> None:
    """The second fold's classifier gives all high scores, but ranks them rightly."""
    score = np.array([1.0, -1, 9, 8])
    label, fold = np.array([True, False, True, False]), np.array([0, 0, 1, 1])
    assert verdict(score, label, fold, fold, 1) == Verdict(accuracy=0.75, auc=1.0, error=0.0)


def test_a_song_is_in_one_fold() -> None:
    number = np.repeat(np.arange(7), 3)
    fold = two_sample.folds(number, 1)
    assert all(len(set(fold[number == one])) == 1 for one in range(7))
    assert set(fold) == {0, 1, 2, 3, 4}


def test_a_fold_is_as_full_as_another() -> None:
    number = np.repeat([0, 1, 2, 3, 4, 5], [8, 4, 4, 4, 4, 8])
    fold = two_sample.folds(number, 1)
    assert sorted(np.bincount(fold)) == [4, 4, 8, 8, 8]


def drummed(number: int, *bars: int) -> Song:
    """A song whose drums were recorded with others: each bar of a recording has one hit, at its own step."""
    hits = [(16 * at + step, 1, 38) for at, step in enumerate(bars)]
    origin = np.tile(np.array([REAL, STYLE_PAIRED, SILENT, SILENT, SILENT], np.uint8), (len(bars), 1))
    voices = notes((0, 16 * len(bars), 72)), notes(*hits), *[notes()] * 3
    return Song(f"toy/{number}", "pop", "test", voices, np.zeros(4 * len(bars), np.uint8), origin)


def test_songs_with_the_same_recording_are_of_a_family() -> None:
    """The first two share a quarter of their bars, the third and fourth all; the fifth has only a fill from
    the first."""
    played = [(0, 1, 2, 3, 7), (3, 4, 5, 6), (8, 9), (9, 8), (10, 11, 12, 13, 14, 15, 7)]
    songs = [drummed(number, *bars) for number, bars in enumerate(played)]
    family = families(songs)
    assert family[0] == family[1]
    assert family[2] == family[3]
    assert len(set(family.tolist())) == 3


def test_what_people_played_with_the_song_makes_no_family() -> None:
    plain = [drummed(number, 0, 0, 4, 4) for number in range(2)]
    real = [replace(song, provenance=np.full_like(song.provenance, REAL)) for song in plain]
    assert families(plain).tolist() == [0, 0]
    assert families(real).tolist() == [0, 1]


def test_notes_are_drawn_as_onset_and_sustain() -> None:
    onset, sustain = drawn_out(notes((2, 3, 60), (14, 9, 60)), 1)
    assert np.argwhere(onset).tolist() == [[2, ROW_OF_C], [14, ROW_OF_C]]
    assert np.flatnonzero(sustain[:, ROW_OF_C]).tolist() == [2, 3, 4, 14, 15]


def test_both_sides_of_a_pair_are_of_the_same_bars() -> None:
    real = [wholes(number, bars=40) for number in range(2)]
    found = pairs([sixteenths(number, bars=40) for number in range(2)], real, 1)
    assert found.song.tolist() == [0] * 8 + [1] * 8
    assert (found.played[:, 0] == found.real[:, 0]).all()
    assert found.played[:, 2, 0].sum((1, 2)).tolist() == [32] * 16
    assert found.real[:, 2, 0].sum((1, 2)).tolist() == [2] * 16


def test_texture_and_fit_of_a_window() -> None:
    window = pairs([wholes(0)], [wholes(0)], 1).real[:1]
    bass = features.texture(window, PARTS)[0, 10:20]
    # 2 notes at 2 steps, always sounding, one at a time, 16 steps long, on C (36 is row 10), all on eighths
    assert bass.tolist() == [2, 2, 1, 1, 16, 10, 10, 10, 1, 1]
    together, alone, silent = features.fit(window, PARTS)[0, :12].reshape(3, 4)
    assert together.tolist() == alone.tolist() == [1, 1, 0, 0]  # in harmony, consonant, no clash, supported
    assert silent.tolist() == [0, 0, 0, 1]


def test_logistic_regression_finds_a_value_in_the_middle() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(400, 2))
    label = abs(rows[:, 0]) < 0.5
    found = logistic.scores(rows[:300], label[:300], rows[300:])
    assert ((found > 0) == label[300:]).mean() > 0.85


def test_the_network_tells_textures_apart_in_keys_it_never_saw() -> None:
    found = pairs([sixteenths(number) for number in range(8)], [wholes(number) for number in range(8)], 1)
    windows = np.concatenate([found.played, found.real])
    label, asked = np.repeat([True, False], len(found.song)), np.tile(found.song % 4 == 3, 2)
    score = eye.scores(windows[~asked], label[~asked], windows[asked], PARTS, 1)
    assert ((score > 0) == label[asked]).all()


def test_what_differs_is_told_apart_and_what_does_not_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eye, "EPOCHS", 1)
    monkeypatch.setattr(eye, "LEAST_UPDATES", 1)
    real = [wholes(number) for number in range(8)]
    played = [sixteenths(number) for number in range(8)]
    found = told_apart(played, real, PARTS, 1)
    assert (found["texture"].auc, found["fit"].auc) == (1, 1)
    assert found == told_apart(played, real, PARTS, 1)
    assert {one.auc for one in told_apart(real, real, PARTS, 1).values()} == {0.5}


def test_one_song_is_too_few_to_tell() -> None:
    found = told_apart([sixteenths(0)], [wholes(0)], PARTS, 1)
    assert all(isnan(one.auc) for one in found.values())
