"""Solos of the Weimar Jazz Database to songs: a few lines of its tables in, notes out."""

from pathlib import Path

import numpy as np
import pytest

from bandmate.models.harmony import NONE
from bandmate.training.corpora import phrasing, solos
from bandmate.training.corpora.changes import label
from bandmate.training.songs import ARRANGED, REAL, SILENT, Rejected, Song, split_of_tune

BFLAT, CM, F = 10, 12, 5
BARS = 8
CHANGES = ("Bb6", "Bb6", "C-7", "F79b")
WALK = ((34, 38, 41, 43), (46, 43, 41, 38), (36, 39, 43, 40), (41, 45, 48, 45))
SOLO = {"id": "Ann_Tune-1_FINAL.sv", "melid": "7", "title": "The Tune", "avgtempo": "200"}

Table = list[dict[str, str]]


def solo(feel: str = "SWING") -> dict[str, str]:
    return {**SOLO, "rhythmfeel": feel}


def beats(bars: range = range(1, BARS + 1), signature: str = "'4/4'", up: int = 0) -> Table:
    """Four chords, a bar each, over and over; the bass walks, so many semitones out of tune."""
    return [
        {
            "melid": "7",
            "bar": str(bar),
            "beat": str(beat + 1),
            "signature": signature,
            "chord": CHANGES[(bar - 1) % 4],
            "bass": str(WALK[(bar - 1) % 4][beat] + up),
        }
        for bar in bars
        for beat in range(4)
    ]


def notes(*played: tuple[int, int, int, int, int], share: float = 0.9) -> Table:
    """(bar, beat, tatum, division, pitch) of each note; the last one's length is not known."""
    rows = [
        {
            "melid": "7",
            "bar": str(bar),
            "beat": str(beat),
            "tatum": str(tatum),
            "division": str(division),
            "pitch_raw": str(pitch),
            "onset": str(bar * 4.0 + beat + (tatum - 1) / division),
            "articulation_raw": str(share),
        }
        for bar, beat, tatum, division, pitch in played
    ]
    rows[-1]["articulation_raw"] = ""
    return rows


def quarters(bars: range = range(1, BARS + 1)) -> Table:
    return notes(*((bar, beat, 1, 1, 70 + beat) for bar in bars for beat in range(1, 5)))


def made(beats: Table, notes: Table, feel: str = "SWING") -> Song:
    return solos.song(solo(feel), beats, notes, None)


@pytest.mark.parametrize(
    ("symbol", "written"),
    [
        ("NC", "N"),
        ("Bb6", "Bb:maj6"),
        ("C-7", "C:min7"),
        ("Gj7", "G:maj7"),
        ("Ao7", "A:dim7"),
        ("Em7b5", "E:hdim7"),
        ("C79b", "C:7(b9)"),
        ("Fsus7913", "F:sus4(b7,9,13)"),
        ("D79#11#", "D:7(#9,#11)"),
        ("E7alt", "E:7(#9,b13)"),
        ("B+7", "B:aug(b7)"),
        ("F#-j7", "F#:minmaj7"),
        ("D7/F#", "D:7"),
        ("Eb", "Eb:maj"),
    ],
)
def test_a_symbol_is_a_label(symbol: str, written: str) -> None:
    assert label(symbol) == written


def test_a_symbol_that_nobody_knows_is_a_reason_to_reject() -> None:
    with pytest.raises(Rejected, match="a chord symbol that is unknown"):
        label("H7")


@pytest.mark.parametrize(
    ("division", "tatums", "swung", "straight"),
    [
        (1, (1,), [0], [0]),
        (2, (1, 2), [0, 2], [0, 2]),
        (2, (2,), [2], [2]),
        (3, (1, 3), [0, 2], [0, 3]),
        (3, (1, 2, 3), [0, 1, 2], [0, 1, 3]),
        (3, (2, 3), [1, 2], [1, 3]),
        (4, (1, 4), [0, 2], [0, 3]),
        (4, (4,), [2], [3]),
        (4, (2, 4), [0, 2], [1, 3]),
        (4, (1, 3, 4), [0, 2, 3], [0, 2, 3]),
        (4, (2, 3, 4), [1, 2, 3], [1, 2, 3]),
        (4, (1, 2, 3, 4), [0, 1, 2, 3], [0, 1, 2, 3]),
        (5, (1, 2, 3, 4, 5), [0, 1, 1, 2, 3], [0, 1, 2, 2, 3]),
        (6, (1, 2, 3, 4, 5, 6), [0, 1, 1, 2, 3, 3], [0, 1, 1, 2, 3, 3]),
        (8, (8,), [2], [3]),
    ],
)
def test_a_swung_eighth_is_on_the_second_half_of_the_beat(
    division: int, tatums: tuple[int, ...], swung: list[int], straight: list[int]
) -> None:
    places = [(tatum - 1, division) for tatum in tatums]
    assert phrasing.placed(places, True) == swung
    assert phrasing.placed(places, False) == straight


def test_notes_last_as_long_as_they_were_played() -> None:
    rows = notes((1, 1, 1, 2, 60), (1, 1, 2, 2, 62), (1, 2, 1, 1, 64), (2, 1, 1, 1, 65))
    sung = phrasing.melody(rows, 1, 2, True)
    assert sung[:, :3].tolist() == [[0, 2, 60], [2, 2, 62], [4, 11, 64], [16, 8, 65]]
    for row in rows[:3]:
        row["articulation_raw"] = "0.25"
    assert phrasing.melody(rows, 1, 2, True)[:, 1].tolist() == [1, 1, 3, 8]


def test_of_a_grace_note_and_its_goal_on_one_step_the_longer_stays() -> None:
    rows = notes((1, 1, 1, 8, 59), (1, 1, 2, 8, 60), (1, 3, 1, 1, 64))
    assert phrasing.melody(rows, 1, 1, False)[:, [0, 2]].tolist() == [[0, 60], [8, 64]]


def test_a_solo_becomes_a_song_with_its_own_bass() -> None:
    song = made(beats(), quarters())
    assert (song.name, song.genre, song.bars) == ("wjazzd/Ann_Tune-1", "jazz", BARS)
    assert song.chords[:16].tolist() == [BFLAT] * 8 + [CM] * 4 + [F] * 4
    assert song.notes[0][:4, :3].tolist() == [[0, 4, 71], [4, 4, 72], [8, 4, 73], [12, 4, 74]]
    assert song.notes[2][:8, :3].tolist() == [
        [4 * k, 4, pitch] for k, pitch in enumerate((34, 38, 41, 43, 46, 43, 41, 38))
    ]
    assert song.provenance[0].tolist()[:4] == [REAL, SILENT, REAL, ARRANGED]


def test_the_piano_plays_the_sevenths_that_the_symbols_say() -> None:
    song = made(beats(), quarters())
    second = song.notes[3][(song.notes[3][:, 0] >= 32) & (song.notes[3][:, 0] < 48)]
    assert {10, 3} <= {pitch % 12 for pitch in second[:, 2].tolist()}
    fourth = song.notes[3][(song.notes[3][:, 0] >= 48) & (song.notes[3][:, 0] < 64)]
    assert {9, 3} <= {pitch % 12 for pitch in fourth[:, 2].tolist()}


def test_a_beat_without_a_bass_pitch_rests() -> None:
    rows = beats()
    rows[1]["bass"], rows[2]["bass"] = "", "0"
    assert made(rows, quarters()).notes[2][:2, 0].tolist() == [0, 12]


def test_a_bass_a_semitone_out_of_tune_is_moved() -> None:
    tuned, sharp = (made(beats(up=up), quarters()).notes[2] for up in (0, 1))
    assert sharp[:, 2].tolist() == tuned[:, 2].tolist()


def test_a_misheard_bass_gives_way_to_an_arranged_one() -> None:
    song = made(beats(up=6), quarters())
    assert set(song.provenance[:, 2].tolist()) == {ARRANGED}


def test_a_bass_keeps_within_its_range_and_leaps_an_octave_at_most() -> None:
    walked = solos.walked([53, 52, 0, 29, 41])
    assert walked[:, :3].tolist() == [[0, 4, 41], [4, 4, 52], [12, 4, 41], [16, 4, 41]]


def test_a_pick_up_is_left_out_and_fours_begin_the_song() -> None:
    whole = beats(range(-1, 13))
    assert solos.stretch(whole, quarters(range(0, 12))) == (1, 11)
    assert solos.stretch(whole, quarters(range(3, 13))) == (1, 12)
    assert solos.stretch(beats(range(2, 20)), quarters(range(2, 20))) == (5, 15)


def test_the_longest_run_of_whole_bars_is_kept() -> None:
    rows = [row for row in beats(range(1, 30)) if (row["bar"], row["beat"]) != ("10", "4")]
    assert solos.stretch(rows, quarters(range(1, 30))) == (13, 17)


@pytest.mark.parametrize(
    ("rows", "played", "reason"),
    [
        (beats(signature="'3/4'"), quarters(), "not in 4/4"),
        (beats(), quarters(range(1, 4)), "fewer than 8 bars in 4/4"),
        ([{**row, "chord": "NC"} for row in beats()], quarters(), "few chord symbols"),
    ],
)
def test_what_cannot_be_used_says_why(rows: Table, played: Table, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        made(rows, played)


def test_solos_over_a_tune_are_in_one_split() -> None:
    assert split_of_tune("Billie's Bounce") == split_of_tune("billies_bounce ")
    assert {split_of_tune(f"tune {k}") for k in range(40)} == {"train", "valid", "test"}


def test_the_tables_are_read_and_what_is_rejected_is_told(tmp_path: Path) -> None:
    def table(name: str, rows: Table) -> None:
        lines = [",".join(rows[0])] + [",".join(row.values()) for row in rows]
        (tmp_path / f"wjd_{name}.csv").write_text("\n".join(lines) + "\n")

    waltz = [{**row, "melid": "8", "signature": "'3/4'"} for row in beats()]
    table("solos", [solo(), {**solo(), "melid": "8"}])
    table("beats", beats() + waltz)
    table("notes", quarters() + [{**row, "melid": "8"} for row in quarters()])
    song, reason = solos.read(tmp_path, None)
    assert isinstance(song, Song)
    assert np.count_nonzero(song.chords == NONE) == 0
    assert isinstance(reason, Rejected)
    assert str(reason) == "not in 4/4"
