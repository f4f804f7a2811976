"""The melodies of the package, by their opening notes."""

from __future__ import annotations

import pytest

from bandmate.daemon.offstage import sample
from bandmate.daemon.offstage.song import SongError

NOTES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@pytest.mark.parametrize(
    ("name", "bpm", "upbeat", "opening"),
    [
        ("twinkle", 100, 0, "C C G G A A G F F E E D D C"),
        ("ode-to-joy", 116, 0, "F# F# G A A G F# E D D E F# F# E E"),
        ("saints", 168, 24, "F A Bb C F A Bb C F A Bb C A F A G"),
        ("londonderry-air", 72, 60, "B C D E D E A G E D C A C E F G"),
    ],
)
def test_a_melody_is_what_its_name_says(name: str, bpm: float, upbeat: int, opening: str) -> None:
    song = sample.open(name)
    assert " ".join(NOTES[note.pitch % 12] for note in song.notes).startswith(opening)
    assert (song.tempos, song.metres) == (((0, bpm),), ((0, 4, 4),))
    assert song.notes[0].tick == upbeat
    assert 15 <= song.end / 96 <= 17
    assert (
        song.notes[-1].pitch % 12 == {"twinkle": 0, "ode-to-joy": 2, "saints": 5, "londonderry-air": 0}[name]
    )


@pytest.mark.parametrize("name", sample.names())
def test_a_melody_is_one_line_on_the_grid(name: str) -> None:
    song = sample.open(name)
    assert all(a.tick + a.length <= b.tick for a, b in zip(song.notes, song.notes[1:], strict=False))
    assert all(
        note.tick % 6 == 0 and 55 <= note.pitch <= 79 and 60 <= note.velocity <= 110 for note in song.notes
    )
    assert song.remarks == ()


def test_a_melody_that_is_not_there_is_named() -> None:
    assert sample.names() == ("londonderry-air", "ode-to-joy", "saints", "twinkle")
    with pytest.raises(SongError, match=r"'tinkle'; choose one of londonderry-air, .*twinkle"):
        sample.open("tinkle")
