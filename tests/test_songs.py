"""Songs: what is saved comes back, and the split goes by the name alone."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.training import lines, songs


def made(name: str, bars: int = 2) -> songs.Song:
    """A song whose voices are all different."""
    voices = tuple(lines.as_notes([(v, 2, 60 + v, 70 + v), (8, 3, 50 + v, 1)]) for v in range(songs.VOICES))
    chords = np.arange(bars * songs.BEATS_PER_BAR, dtype=np.uint8)
    return songs.Song(
        name, "pop", songs.split_of(name), voices, chords, np.ones((bars, songs.VOICES), np.uint8)
    )


def test_a_saved_song_comes_back_as_it_was(tmp_path: Path) -> None:
    song = made("pop909/001")
    back = songs.load(songs.save(song, tmp_path))
    assert (back.name, back.genre, back.split) == (song.name, song.genre, song.split)
    assert (back.bars, back.steps) == (2, 32)
    for mine, theirs in zip(back.notes, song.notes, strict=True):
        assert mine.dtype == np.int16
        assert (mine == theirs).all()
    assert (back.chords == song.chords).all()
    assert (back.provenance == song.provenance).all()


def test_read_all_gives_every_song_once_and_one_split_alone(tmp_path: Path) -> None:
    names = [f"made/{i:03d}" for i in range(30)]
    for name in names:
        songs.save(made(name), tmp_path)
    assert [s.name for s in songs.read_all(tmp_path)] == names
    by_split = [{s.name for s in songs.read_all(tmp_path, split)} for split in songs.SPLITS]
    assert set.union(*by_split) == set(names)
    assert sum(map(len, by_split)) == len(names)


def test_a_pickle_in_a_song_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, name=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        songs.load(path)


def test_the_split_is_the_same_for_ever() -> None:
    table = {"pop909/001": "train", "pop909/011": "train", "chorales/MIDI-1": "train"}
    assert {name: songs.split_of(name) for name in table} == table


def test_the_split_is_near_eighty_ten_ten() -> None:
    count = Counter(songs.split_of(f"song/{i}") for i in range(4000))
    assert 3100 < count["train"] < 3300
    assert 320 < count["valid"] < 480
    assert 320 < count["test"] < 480


NOTE = st.tuples(st.integers(0, 60), st.integers(1, 20), st.integers(40, 44), st.integers(1, 127))


@given(st.lists(NOTE, max_size=30))
def test_untangled_notes_never_overlap_on_a_pitch_and_lose_no_onset(rows: list[tuple[int, ...]]) -> None:
    notes = lines.as_notes(rows)
    clear = lines.untangled(notes)
    for pitch in range(40, 45):
        mine = clear[clear[:, 2] == pitch]
        assert (mine[1:, 0] >= mine[:-1, 0] + mine[:-1, 1]).all()
    struck = {(n[0], n[2]) for n in notes.tolist()}
    assert {(n[0], n[2]) for n in clear.tolist()} == struck


@given(st.lists(NOTE, max_size=30))
def test_a_monophonic_line_keeps_the_top_of_every_onset(rows: list[tuple[int, ...]]) -> None:
    notes = lines.as_notes(rows)
    line = lines.monophonic(notes)
    assert (line[1:, 0] >= line[:-1, 0] + line[:-1, 1]).all()
    assert (line[:, 1] >= 1).all()
    tops = {s: max(n[2] for n in notes.tolist() if n[0] == s) for s in {n[0] for n in notes.tolist()}}
    assert {n[0]: n[2] for n in line.tolist()} == tops


def test_notes_are_cut_at_both_ends_of_a_span() -> None:
    notes = lines.as_notes([(0, 40, 60, 80), (17, 4, 62, 80), (30, 8, 64, 80), (32, 1, 65, 80)])
    assert lines.between(notes, 16, 32).tolist() == [[1, 4, 62, 80], [14, 2, 64, 80]]


def test_a_voice_that_is_silent_in_a_bar_says_so() -> None:
    voices = [lines.as_notes([(0, 20, 60, 80)]), lines.as_notes([(40, 1, 60, 80)])]
    codes = np.array([[0, 2], [0, 2], [0, 2]], np.uint8)
    assert lines.provenance(voices, codes).tolist() == [[0, 3], [0, 3], [3, 2]]


def test_pitch_classes_are_counted_in_steps_of_each_beat() -> None:
    weight = lines.pitch_classes([lines.as_notes([(2, 4, 60, 80), (4, 1, 72, 80), (7, 9, 67, 80)])], 2)
    assert weight[0, 0] == 2
    assert weight[1, 0] == 3
    assert weight[1, 7] == 1
    assert weight.sum() == 6
