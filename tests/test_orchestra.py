"""A symphony to songs: who leads, who only doubles, and four players out of many."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from bandmate.training.corpora import orchestra, themes
from bandmate.training.corpora.sections import calm, clear, folded, lowest, together, unlike, without
from bandmate.training.lines import as_notes
from bandmate.training.songs import REAL, SILENT, Notes, Rejected, Song, split_of

WHOLE, HALF, QUARTER = 16, 8, 4
BARS = 10
STEPS = {0: "C", 2: "D", 4: "E", 5: "F", 7: "G", 9: "A", 11: "B"}
RED = '<lyric color="#FF0000"><syllabic>single</syllabic><text>a</text></lyric>'
WORD = "<direction><direction-type><words>a</words></direction-type></direction>"
METRE = "<time><beats>4</beats><beat-type>4</beat-type></time>"

# A bar is notes one after the other: pitch (None rests) and length; bars are numbered from 0.
Bar = list[tuple[int | None, int]]
Line = Callable[[int], Bar]


def note(pitch: int | None, length: int, lyric: str = "") -> str:
    if pitch is None:
        return f"<note><rest/><duration>{length}</duration><voice>1</voice></note>"
    place = f"<step>{STEPS[pitch % 12]}</step><octave>{pitch // 12 - 1}</octave>"
    return f"<note><pitch>{place}</pitch><duration>{length}</duration><voice>1</voice>{lyric}</note>"


def part(number: int, line: Line, marked: Sequence[int], transpose: int, above: bool) -> str:
    """A part; marked: bars on whose first note the melody is marked."""
    shift = f"<transpose><chromatic>{transpose}</chromatic></transpose>" if transpose else ""
    bars = ""
    for bar in range(BARS):
        head = f"<attributes><divisions>4</divisions>{METRE}{shift}</attributes>" * (bar == 0)
        here = bar in marked
        lyrics = [RED * (here and not above), *[""] * 8]
        notes = [note(p, n, lyric) for (p, n), lyric in zip(line(bar), lyrics, strict=False)]
        bars += f'<measure number="{bar + 1}">{head}{WORD * (here and above)}{"".join(notes)}</measure>'
    return f'<part id="P{number}">{bars}</part>'


def score(
    path: Path,
    parts: dict[str, Line],
    marked: dict[str, Sequence[int]],
    transposed: dict[str, int] | None = None,
    above: bool = False,
) -> Path:
    """A MusicXML file of ten bars of 4/4."""
    shifts = transposed or {}
    heads = body = ""
    for number, (name, line) in enumerate(parts.items(), start=1):
        heads += f'<score-part id="P{number}"><part-name>{name}</part-name></score-part>'
        body += part(number, line, marked.get(name, ()), shifts.get(name, 0), above)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<score-partwise version="3.1"><part-list>{heads}</part-list>{body}</score-partwise>')
    return path


def always(*bar: tuple[int | None, int]) -> Line:
    return lambda _: list(bar)


def from_bar(first: int, then: Line, before: Line = lambda _: [(None, WHOLE)]) -> Line:
    return lambda bar: then(bar) if bar >= first else before(bar)


TUNE = always((72, QUARTER), (74, QUARTER), (76, HALF))
BASS = always((48, HALF), (43, HALF))


def song_of(path: Path) -> Song:
    pytest.importorskip("partitura")
    (song,) = orchestra.movement(path, "Symphony_No.1")
    return song


def rows(*notes: tuple[int, int, int]) -> Notes:
    return as_notes([(*n, 80) for n in notes])


def pitches(notes: Notes) -> set[int]:
    return set(notes[:, 2].tolist())


def test_the_melody_is_who_is_marked_and_the_others_are_the_parts(tmp_path: Path) -> None:
    players = {
        "Flute 1": from_bar(5, TUNE),
        "Violin 1": from_bar(5, always((67, HALF), (71, HALF)), TUNE),
        "Viola": always((64, WHOLE)),
        "Violoncello": BASS,
        "Timpani": always((36, WHOLE)),
    }
    song = song_of(score(tmp_path / "a.musicxml", players, {"Violin 1": [0], "Flute 1": [5]}))
    melody, cellos, strings, winds, horns = song.notes
    assert (song.name, song.bars, song.split) == ("orchestra/a/00", 10, split_of("orchestra/Symphony_No.1"))
    assert melody[:4, :3].tolist() == [[0, 4, 72], [4, 4, 74], [8, 8, 76], [16, 4, 72]]
    assert len(melody) == 3 * BARS
    assert cellos[:2, :3].tolist() == [[0, 8, 48], [8, 8, 43]]
    assert pitches(strings[strings[:, 0] < 80]) == {64}
    assert pitches(strings[strings[:, 0] >= 80]) == {64, 67, 71}
    assert not len(winds)
    assert not len(horns)
    assert song.provenance[0].tolist() == [REAL, REAL, REAL, SILENT, SILENT]
    assert song.chords[0] == 0


def test_who_only_doubles_the_melody_is_left_out_of_those_bars(tmp_path: Path) -> None:
    octave_higher = always((84, QUARTER), (86, QUARTER), (88, HALF))
    players = {
        "Flute": from_bar(4, octave_higher, always((67, WHOLE))),
        "Violin 1": TUNE,
        "Violoncello": BASS,
    }
    winds = song_of(score(tmp_path / "a.musicxml", players, {"Violin 1": [0]})).notes[3]
    assert winds[:, :3].tolist() == [[16 * bar, 16, 67] for bar in range(4)]


def test_where_all_double_the_melody_the_low_strings_do(tmp_path: Path) -> None:
    low = always((48, QUARTER), (50, QUARTER), (52, HALF))
    players = {"Flute": TUNE, "Violin 1": TUNE, "Violoncello": low}
    song = song_of(score(tmp_path / "a.musicxml", players, {"Violin 1": [0]}))
    assert pitches(song.notes[1]) == {48, 50, 52}
    assert not len(song.notes[2])
    assert not len(song.notes[3])


def test_a_contrabass_is_as_written_and_a_horn_as_it_sounds(tmp_path: Path) -> None:
    players = {"Violin 1": TUNE, "F Horn 1": always((67, WHOLE)), "Contrabass": BASS}
    transposed = {"F Horn 1": -7, "Contrabass": -12}
    song = song_of(score(tmp_path / "a.musicxml", players, {"Violin 1": [0]}, transposed))
    assert pitches(song.notes[1]) == {48, 43}
    assert pitches(song.notes[4]) == {60}


def test_a_low_melody_is_raised_by_octaves(tmp_path: Path) -> None:
    players = {"Violoncello": always((48, HALF), (43, HALF)), "Violin 1": always((67, WHOLE))}
    song = song_of(score(tmp_path / "a.musicxml", players, {"Violoncello": [0]}))
    assert song.notes[0][:2, 2].tolist() == [60, 55]
    assert not len(song.notes[1])


def test_a_song_is_cut_where_the_melody_rests_for_long(tmp_path: Path) -> None:
    pytest.importorskip("partitura")
    players = {"Violin 1": from_bar(5, always((None, WHOLE)), TUNE), "Violoncello": BASS}
    with pytest.raises(Rejected, match="fewer than 8 bars of 4/4 on end"):
        orchestra.movement(score(tmp_path / "a.musicxml", players, {"Violin 1": [0]}), "")


def test_a_movement_in_which_nobody_is_marked_is_rejected(tmp_path: Path) -> None:
    pytest.importorskip("partitura")
    score(tmp_path / "data" / "Haydn" / "Symphony" / "1" / "a.musicxml", {"Violin 1": TUNE}, {})
    (reason,) = orchestra.read(tmp_path)
    assert str(reason) == "nobody has marked the melody"


def test_a_part_that_never_plays_shifts_no_mark(tmp_path: Path) -> None:
    players = {"English Horn": always((None, WHOLE)), "Violin 1": TUNE, "Violoncello": BASS}
    song = song_of(score(tmp_path / "a.musicxml", players, {"Violin 1": [0]}))
    assert pitches(song.notes[0]) == {72, 74, 76}


@pytest.mark.parametrize("above", [False, True])
def test_marks_are_read_under_the_notes_or_above_the_staff(tmp_path: Path, above: bool) -> None:
    players = {"Flute": from_bar(3, TUNE), "Soprano": TUNE}
    path = score(tmp_path / "a.musicxml", players, {"Flute": [3], "Soprano": [0, 5]}, above=above)
    assert themes.marks(path) == [(0.0, 2), (12.0, 1), (20.0, 2)]


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("Violin 1", "strings"),
        ("Violoncello 2", "cellos"),
        ("Violone", "basses"),
        ("English Horn", "winds"),
        ("A Bass Clarinet", "winds"),
        ("Contrabassoon", "bassoons"),
        ("Bb (basso) Horn 3", "horns"),
        ("Alto Trombone", "horns"),
        ("Alto solo", "voices"),
        ("Bass Drum", "none"),
        ("Harpsichord", "none"),
        ("C, G Timpani", "none"),
    ],
)
def test_a_name_says_the_section(name: str, section: str) -> None:
    assert orchestra.section(name) == section


def test_a_bass_is_the_lowest_that_sounds_and_keeps_its_long_notes() -> None:
    pedal, above, below = (0, 16, 43), (4, 4, 60), (8, 8, 36)
    assert lowest(rows(pedal, above), 16)[:, :3].tolist() == [[0, 16, 43]]
    assert lowest(rows(pedal, above, below), 16)[:, :3].tolist() == [[0, 8, 43], [8, 8, 36]]


def test_unisons_are_one_note_and_doubled_pitch_classes_in_the_middle_are_left_out() -> None:
    one, two = rows((0, 4, 60), (0, 4, 67)), rows((0, 4, 60), (0, 4, 72), (0, 4, 79), (0, 4, 76))
    assert together([one, two], 4)[:, 2].tolist() == [60, 76, 79]


def test_more_than_may_sound_never_do() -> None:
    random = np.random.default_rng(1)
    table = np.stack(
        [random.integers(0, 64, 200), random.integers(1, 16, 200), random.integers(50, 90, 200)], 1
    )
    notes = together([rows(*map(tuple, table.tolist()))], 3)
    at_once = np.zeros(80, int)
    for step, length, _, _ in notes.tolist():
        at_once[step : step + length] += 1
    assert at_once.max() == 3
    struck = {(s, p) for s, _, p in table.tolist()}
    assert {(s, p) for s, _, p, _ in notes.tolist()} <= struck
    tops = {s: max(p for t, p in struck if t == s) for s, _ in struck}
    assert {s: notes[notes[:, 0] == s, 2].max() for s in tops} == tops


def test_a_bar_that_mostly_doubles_the_melody_goes_and_one_that_sometimes_does_stays() -> None:
    melody = rows((0, 4, 72), (4, 4, 74), (8, 8, 76), (16, 16, 72))
    other = rows((0, 4, 60), (4, 4, 62), (8, 8, 67), (16, 4, 60), (20, 4, 64), (24, 4, 67))
    assert unlike(other, melody, 2)[:, 0].tolist() == [16, 20, 24]
    assert len(without(other, [melody], 2)) == 6


def test_a_long_note_under_a_melody_of_its_pitch_class_is_no_double() -> None:
    melody, held = rows((0, 4, 72), (4, 4, 74), (8, 8, 76)), rows((0, 16, 60))
    assert len(unlike(held, melody, 1)) == 1
    assert len(without(held, [rows((0, 2, 60), (2, 2, 60))], 1)) == 1
    assert len(without(held, [rows((0, 16, 60), (0, 16, 64))], 1)) == 0


def test_what_rounding_pressed_together_is_one_note_and_a_third_stays_two() -> None:
    assert clear(rows((0, 1, 60), (0, 1, 62), (4, 4, 60), (4, 4, 64)))[:, 2].tolist() == [62, 60, 64]


def test_a_tremolo_written_out_is_one_note_a_beat_and_a_figure_stays() -> None:
    tremolo = [(step, 1, 60) for step in range(4, 8)]
    figure = [(0, 1, 60), (1, 1, 60), (2, 1, 60), (3, 1, 64), (8, 1, 60), (9, 1, 60), (10, 2, 60)]
    assert calm(rows(*figure, *tremolo))[:, :3].tolist() == [*map(list, figure[:4]), [4, 4, 60]] + [
        list(row) for row in figure[4:]
    ]


def test_pitches_beyond_a_range_come_in_by_octaves() -> None:
    notes = rows((0, 4, 26), (4, 4, 40), (8, 4, 82), (12, 4, 83), (16, 4, 108))
    assert folded(notes, 40, 82)[:, 2].tolist() == [50, 40, 82, 71, 72]
