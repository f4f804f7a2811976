"""Songs with gaps: what is played stays, what lacks is arranged or paired, and each bar says which."""

import numpy as np
import pytest

from bandmate.models.harmony import NONE
from bandmate.training import lines
from bandmate.training.arranging import drums
from bandmate.training.arranging.drums import Drummer
from bandmate.training.arranging.fill import fill
from bandmate.training.songs import ARRANGED, REAL, SILENT, STYLE_PAIRED, Notes

C, F, G, AM = 0, 5, 7, 21
PARTS = ("drums", "bass", "piano", "strings")
STRINGS = ("cellos", "violas", "violins", "horns")
BARS = 16
CHORDS = np.repeat(np.array([C, F, G, C] * (BARS // 4), np.uint8), 4)
MELODY = lines.as_notes([(4 * beat, 3, 72 + beat % 5, 90) for beat in range(4 * BARS) if beat % 8 < 6])
BASS = lines.as_notes([(16 * bar, 16, 40, 90) for bar in range(4)])
KICK, SNARE, HAT = 36, 38, 42


def beat(bars: int = 4) -> Notes:
    bar = [(0, KICK), (4, SNARE), (8, KICK), (12, SNARE), *((2 * k, HAT) for k in range(8))]
    return lines.as_notes([(16 * b + step, 1, pitch, 100) for b in range(bars) for step, pitch in bar])


@pytest.fixture
def drummer() -> Drummer:
    return drums.from_songs([("pop", 100.0, beat())], "pop")


def made(
    voices: list[Notes | None],
    drummer: Drummer | None = None,
    parts: tuple[str, ...] = PARTS,
    name: str = "song",
    style: str = "pop",
    chords: np.ndarray = CHORDS,
) -> tuple[tuple[Notes, ...], np.ndarray]:
    return fill(voices, MELODY, chords, parts, 100.0, name, style, drummer)


def test_what_is_played_is_left_as_it_is_with_its_rests(drummer: Drummer) -> None:
    band, origin = made([None, BASS, None, None], drummer)
    assert band[1] is BASS
    assert origin[:, 2].tolist() == [REAL] * 4 + [SILENT] * 12
    assert set(origin[:, 1].tolist()) == {STYLE_PAIRED}
    assert set(origin[:, 3].tolist()) == {ARRANGED}
    assert set(origin[:, 0].tolist()) == {REAL}
    assert set(origin[:, 4].tolist()) <= {ARRANGED, SILENT}


def test_without_a_drummer_the_drums_stay_silent() -> None:
    band, origin = made([None] * 4)
    assert len(band[0]) == 0
    assert set(origin[:, 1].tolist()) == {SILENT}


def test_the_same_song_gives_the_same_notes_and_another_gives_others(drummer: Drummer) -> None:
    once, again, other = (made([None] * 4, drummer, name=name)[0] for name in ("a", "a", "b"))
    assert all((x == y).all() for x, y in zip(once, again, strict=True))
    assert any(len(x) != len(y) or (x != y).any() for x, y in zip(once, other, strict=True))


def test_where_there_is_no_chord_nothing_is_arranged_and_where_nobody_plays_no_drums(
    drummer: Drummer,
) -> None:
    chords = CHORDS.copy()
    chords[32:48] = NONE
    quiet = MELODY[MELODY[:, 0] < 128]
    band, origin = fill([None] * 4, quiet, chords, PARTS, 100.0, "song", "rock", drummer)
    for part in band:
        assert not lines.sounding(part, 256)[128:192].any()
    assert origin[8:12].tolist() == [[SILENT] * 5] * 4
    assert origin[7, 1] == STYLE_PAIRED


def test_an_orchestra_has_low_roots_lines_and_a_pad() -> None:
    (cellos, violas, violins, horns), origin = made([None] * 4, parts=STRINGS, style="symphony")
    assert (cellos[:, 2] < 62).all()
    assert cellos[0, 2] % 12 == C
    for line in (cellos, violas, violins):
        assert (np.diff(line[:, 0]) > 0).all()
    assert violas[:, 2].mean() < violins[:, 2].mean()
    assert lines.sounding(horns, 256).any()
    assert set(origin[:, 1].tolist()) == {ARRANGED}


@pytest.mark.parametrize("style", ["pop", "jazz", "bossa", "ballad", "rock", "country", "klezmer"])
def test_nobody_plays_all_the_time(style: str) -> None:
    band, _ = made([None] * 4, style=style, name=style)
    assert [len(part) / BARS < 32 for part in band] == [True] * 4
    assert lines.sounding(band[1], 256).any()
    assert lines.sounding(band[2], 256).any()


def test_an_unknown_part_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="xyzzy"):
        made([None] * 4, parts=("drums", "bass", "xyzzy", "strings"))


def test_parts_are_known_by_their_names_in_any_order() -> None:
    band, origin = made([None] * 4, parts=("bass", "drums", "guitar", "organ"))
    assert band[0][:, 2].max() <= 52
    assert band[2][:, 2].min() > 48
    assert len(band[1]) == 0
    assert origin.shape == (BARS, 5)
