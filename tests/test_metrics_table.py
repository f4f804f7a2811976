"""All figures together: means over songs, one number for likeness, and the table of systems."""

from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest

pytest.importorskip("torch")

from bandmate.training.judging import baselines, eye, metrics, similarity, table
from bandmate.training.judging.comparison import compare
from bandmate.training.judging.similarity import Spread
from bandmate.training.judging.table import Table
from bandmate.training.songs import Notes, Song

PARTS = ("drums", "bass", "keys", "strings")
STYLE_PAIRED = 1


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


def song(number: int, bars: int = 4) -> Song:
    """A tune over its own notes, every song in another key, its drums style-paired."""
    tune = notes(*((4 * k, 4, 60 + number + (0, 4, 7, 5)[k % 4]) for k in range(4 * bars)))
    beat = notes(*((4 * k, 1, 36) for k in range(4 * bars)))
    bass = tune.copy()
    bass[:, 2] -= 24
    provenance = np.zeros((bars, 5), np.uint8)
    provenance[:, 1] = STYLE_PAIRED
    chords = np.zeros(4 * bars, np.uint8)
    return Song(f"toy/{number}", "pop", "test", (tune, beat, bass, notes(), notes()), chords, provenance)


def test_a_figure_is_the_mean_over_the_songs_that_have_it() -> None:
    silent = replace(song(1), notes=(song(1).notes[0], *[notes()] * 4))
    found = metrics.measure([song(0), silent], PARTS)
    assert found["bass.empty"] == 0.5
    assert found["bass.pitch_classes"] == 4  # only where the bass plays
    assert found["in_harmony"] == 0.5
    assert isnan(found["strings.qualified"])


def test_style_paired_drums_are_judged_only_when_asked() -> None:
    songs = [song(0), song(1)]
    assert isnan(metrics.measure(songs, PARTS, songs)["drums.notes"])
    assert metrics.measure(songs, PARTS, songs, paired=True)["drums.notes"] == 4
    assert metrics.measure(songs, PARTS)["drums.pattern"] == 1


def test_a_performance_without_its_song_is_refused() -> None:
    with pytest.raises(ValueError, match="toy/1 of 2 songs"):
        metrics.measure([song(0), song(1)], PARTS, [song(0)])


def test_similarity_is_the_mean_nearness_in_deviations() -> None:
    real = similarity.spread([{"a": 1.0, "b": 10.0}, {"a": 3.0, "b": 10.0}, {"a": nan, "b": 10.0, "c": nan}])
    assert real == {"a": Spread(2, 1), "b": Spread(10, 0)}
    assert similarity.index({"a": 2, "b": 10}, real) == 1
    assert similarity.index({"a": 3, "b": 10}, real) == 0.75  # a is one deviation off, half of two
    assert similarity.index({"a": 9, "b": 10.01}, real) == pytest.approx(0.375)  # 1, and .01 of .04
    assert similarity.index({"a": nan}, real) == 0
    with pytest.raises(ValueError, match="at least one song"):
        similarity.index({}, {})


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("bass.empty", "≈"),
        ("in_harmony", "↑"),
        ("unsupported", "↓"),
        ("sensitivity.consonant_same_key", "↑"),
        ("distance.melody-bass", "≈"),
        ("nearest.pitched_median", "≈"),
        ("nearest.pitched_copies", "↓"),
        ("told_apart.network_auc", "↓"),
        ("told_apart.network_error", ""),
        ("nearest.drums_windows", ""),
        ("similarity", "↑"),
    ],
)
def test_which_way_is_better(name: str, way: str) -> None:
    assert table.direction(name) == way


def test_a_table_in_text_and_markdown() -> None:
    given = Table({"real": {"in_harmony": 0.5, "gone": nan}, "band": {"told_apart.fit_auc": 0.75}})
    assert table.text(given).splitlines()[:3] == [
        "                           real     band",
        "↑ in_harmony              0.500        –",
        "↓ told_apart.fit_auc          –    0.750",
    ]
    assert table.markdown(given).splitlines()[:4] == [
        "| figure | | real | band |",
        "| --- | --- | ---: | ---: |",
        "| `in_harmony` | ↑ | 0.500 | – |",
        "| `told_apart.fit_auc` | ↓ | – | 0.750 |",
    ]


def test_systems_are_compared_with_the_real_songs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eye, "EPOCHS", 1)
    monkeypatch.setattr(eye, "LEAST_UPDATES", 1)
    real, training = [song(k) for k in range(4)], [song(k) for k in (0, 9)]
    late = [baselines.late(given) for given in reversed(real)]
    found = compare({"late": late}, real, training, PARTS, seed=3).columns
    assert list(found) == ["real", "late"]
    assert found["real"]["in_harmony"] == 1
    assert found["real"]["similarity"] == 1
    assert found["late"]["bass.empty"] == 0.5
    assert found["late"]["similarity"] < 1
    assert "told_apart.network_auc" not in found["real"]
    assert found["late"]["told_apart.fit_auc"] > 0.6  # the bass is missing in one window of two
    assert found["real"]["nearest.pitched_copies"] == 1
    assert not [name for name in found["real"] if name.startswith("nearest.drums")]
    again = compare({"late": late}, real, training, PARTS, seed=3).columns
    assert all(
        np.array_equal(found[name][key], again[name][key], equal_nan=True)
        for name in found
        for key in found[name]
    )


@pytest.mark.parametrize("systems", [{"real": [0, 1]}, {"band": [0]}, {"band": [0, 0]}, {"band": [0, 2]}])
def test_a_system_must_play_every_song_once(systems: dict[str, list[int]]) -> None:
    played = {name: [song(k) for k in numbers] for name, numbers in systems.items()}
    with pytest.raises(ValueError, match="once, under that song's name"):
        compare(played, [song(0), song(1)], [song(3)], PARTS)
