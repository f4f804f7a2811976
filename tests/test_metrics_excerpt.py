"""What is judged of a song: which bars, and which of them are real."""

import numpy as np
import pytest

from bandmate.training.judging import baselines
from bandmate.training.judging.excerpt import bars_of, by_beat, excerpt, first_bar, real_bars
from bandmate.training.songs import Notes, Song

PARTS = ("drums", "bass", "keys", "strings")
REAL, PAIRED, ARRANGED, SILENT = range(4)


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


def song(*voices: Notes, bars: int = 4, codes: list[list[int]] | None = None, name: str = "toy/1") -> Song:
    """A song of a melody and four parts, all real unless codes say otherwise, a row a bar."""
    provenance = np.zeros((bars, 5), np.uint8) if codes is None else np.array(codes, np.uint8)
    return Song(name, "pop", "test", voices, np.zeros(4 * bars, np.uint8), provenance)


def test_a_melody_ends_in_the_bar_of_its_last_sound() -> None:
    assert bars_of(notes((0, 4, 72), (33, 2, 74))) == 3
    assert bars_of(notes((0, 16, 72))) == 1
    assert bars_of(notes((0, 17, 72))) == 2
    assert bars_of(notes()) == 1
    assert first_bar(notes((33, 2, 74))) == 2


def test_a_rest_is_real_only_in_a_part_that_is_real_elsewhere() -> None:
    codes = [
        [REAL, PAIRED, REAL, REAL, ARRANGED],
        [REAL, PAIRED, SILENT, ARRANGED, SILENT],
        [REAL, SILENT, REAL, REAL, ARRANGED],
    ]
    given = song(*[notes()] * 5, bars=3, codes=codes)
    assert real_bars(given).T.tolist() == [[0, 0, 0], [1, 1, 1], [1, 0, 1], [0, 0, 0]]
    assert real_bars(given, paired=True).T.tolist() == [[1, 1, 1], [1, 1, 1], [1, 0, 1], [0, 0, 0]]


def test_bars_count_from_the_one_in_which_the_melody_begins() -> None:
    given = song(notes((20, 4, 72), (40, 4, 72)), *[notes((0, 64, 48))] * 4)
    heard = excerpt(given, PARTS)
    assert heard.bars == 3
    assert {part: kept.tolist() for part, kept in heard.kept.items()} == {part: [0, 1, 1] for part in PARTS}
    assert heard.pitched == ("bass", "keys", "strings")


def test_a_performance_is_judged_where_the_reference_is_real() -> None:
    codes = [[REAL, PAIRED, REAL, ARRANGED, ARRANGED], [REAL, PAIRED, ARRANGED, ARRANGED, ARRANGED]]
    melody, bass = notes((0, 32, 72)), notes((0, 32, 48))
    real = song(melody, notes(), bass, notes(), notes(), bars=2, codes=codes)
    played = song(melody, notes(), bass, notes((0, 32, 60)), notes(), bars=2)
    heard = excerpt(played, PARTS, real)
    assert heard.kept["bass"].tolist() == [True, False]
    assert not any(heard.kept[part].any() for part in ("drums", "keys", "strings"))
    assert heard.tune.tolist() == [72] * 16 + [-1] * 16  # nobody is judged in the second bar
    assert by_beat(heard.together)[:, 0].tolist() == [4, 4, 4, 4, 0, 0, 0, 0]


def test_bars_past_the_references_end_do_not_count() -> None:
    held = [notes((0, 32, 60))] * 5
    heard = excerpt(song(*held, bars=2), PARTS, song(*held, bars=1))
    assert heard.kept["bass"].tolist() == [True, False]


@pytest.mark.parametrize("parts", [("bass", "keys"), ("drums",) * 4])
def test_parts_must_be_named(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="name each part in order"):
        excerpt(song(*[notes()] * 5), parts)


def test_a_performance_of_another_melody_is_refused() -> None:
    given = song(notes((16, 16, 60)), *[notes()] * 4)
    with pytest.raises(ValueError, match="toy/1 was not played to the melody"):
        excerpt(given, PARTS, song(notes((0, 16, 60)), *[notes()] * 4))


def test_baselines() -> None:
    kick, low = notes((0, 1, 36)), notes((0, 16, 48), (16, 16, 43))
    given = song(notes((0, 8, 60), (8, 8, 64), (16, 16, 67)), kick, low, low, low, bars=2)
    late = baselines.late(given)
    assert [late.notes[0].tolist(), late.notes[2][:, 0].tolist()] == [given.notes[0].tolist(), [32, 48]]
    triad = baselines.tonic(given, PARTS)
    assert [len(part) for part in triad.notes] == [3, 0, 6, 6, 6]
    assert set(triad.notes[1 + 1][:, 2] % 12) == {0, 4, 7}
