"""Lead sheets to songs: melody and chords as written, a band arranged round them."""

from pathlib import Path

import pytest

from bandmate.training.corpora import leadsheets
from bandmate.training.songs import ARRANGED, REAL, SILENT, Rejected

pytest.importorskip("partitura")

PARTS = ("drums", "bass", "piano", "strings")
ROOTS = ("C", "F", "G", "C")


def sheet(path: Path, bars: int, chords: bool = True) -> None:
    """A melody of E5 in half notes with a major chord a bar, C F G C."""
    note = (
        "<note><pitch><step>E</step><octave>5</octave></pitch><duration>2</duration><voice>1</voice></note>"
    )
    metre = "<divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"
    metre = f"<attributes>{metre}</attributes>"
    body = ""
    for bar in range(bars):
        root = f"<root><root-step>{ROOTS[bar % 4]}</root-step></root><kind>major</kind>"
        symbol = f"<harmony>{root}</harmony>" if chords else ""
        body += f'<measure number="{bar + 1}">{metre if bar == 0 else ""}{symbol}{2 * note}</measure>'
    part = '<part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>'
    head = f'<?xml version="1.0"?><score-partwise version="3.1">{part}'
    path.write_text(f'{head}<part id="P1">{body}</part></score-partwise>')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sheet(tmp_path / "tune.musicxml", 8)
    sheet(tmp_path / "bare.musicxml", 8, chords=False)
    rows = ["path\tgenres", "tune.musicxml\tJazz:9, Pop:2", "bare.musicxml\tPop:1", 'lost "one".mxl\tPop:1']
    (tmp_path / "INDEX.tsv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_a_lead_sheet_becomes_a_song_with_an_arranged_band(folder: Path) -> None:
    song, *rejected = leadsheets.read(folder, PARTS, "jazz", None)
    assert not isinstance(song, Rejected)
    assert (song.name, song.genre, song.bars) == (f"{folder.name}/tune", "jazz", 8)
    assert song.chords[:16].tolist() == [0] * 4 + [5] * 4 + [7] * 4 + [0] * 4
    assert song.notes[0][:2].tolist() == [[0, 8, 76, 80], [8, 8, 76, 80]]
    assert song.provenance[0].tolist()[:4] == [REAL, SILENT, ARRANGED, ARRANGED]
    assert [str(reason) for reason in rejected] == [
        "few chord symbols",
        "in the index, but not in the folder",
    ]


def test_only_those_of_a_genre_are_read(folder: Path) -> None:
    assert len(list(leadsheets.read(folder, PARTS, "jazz", None, genre="jazz"))) == 1
