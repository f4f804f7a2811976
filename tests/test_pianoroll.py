"""Songs as piano rolls: where notes lie, in which colours, and how large the picture is."""

import numpy as np
import pytest
from PIL import Image

from bandmate.training.drawing import ink, pianoroll
from bandmate.training.drawing.pianoroll import LARGE, SMALL, Reach
from bandmate.training.lines import as_notes
from bandmate.training.songs import ARRANGED, REAL, Song

POP = ("drums", "bass", "keys", "strings")
SYMPHONY = ("cellos", "strings", "winds", "horns")


def song(bars: int = 1) -> Song:
    """The melody, drums, a bass, chords that were arranged, and a part that rests."""
    melody = [(4 * b, 4, 72 + b % 5, 90) for b in range(4 * bars)]
    kit = [(4 * b, 1, 36 if b % 2 == 0 else 38, 100) for b in range(4 * bars)]
    bass = [(16 * b, 16, 36, 60) for b in range(bars)]
    keys = [(8 * b, 8, pitch, 70) for b in range(2 * bars) for pitch in (60, 64, 67)]
    provenance = np.full((bars, 5), REAL, np.uint8)
    provenance[:, 3] = ARRANGED
    notes = tuple(as_notes(voice) for voice in (melody, kit, bass, keys, []))
    return Song("tiny/1", "pop", "train", notes, np.zeros(4 * bars, np.uint8), provenance)


def colours(image: Image.Image, box: tuple[int, int, int, int] | None = None) -> set[tuple[int, ...]]:
    found = image.crop(box).getcolors(1 << 20)
    assert found
    return {colour for _, colour in found}  # type: ignore[misc]


def test_a_roll_shows_each_note_where_it_is() -> None:
    one = song()
    within = pianoroll.reach([one], POP)
    image = pianoroll.draw(one, POP, within, LARGE)
    assert image.size == pianoroll.size(one, POP, within, LARGE) == (LARGE.x(16) + 1, image.height)
    top = LARGE.head + within.top(36, LARGE)
    assert colours(image, (1, top, LARGE.x(16), top + LARGE.semitone)) == {ink.PITCHED[0]}
    top = LARGE.head + within.top(73, LARGE)
    row = (top + 2, top + LARGE.semitone - 2)
    assert colours(image, (LARGE.x(4) + 1, row[0], LARGE.x(8), row[1])) == {ink.MELODY}
    assert ink.MELODY not in colours(image, (1, row[0], LARGE.x(4), row[1]))


def test_what_was_not_really_played_is_paler() -> None:
    one = song()
    shown = colours(pianoroll.draw(one, POP, pianoroll.reach([one], POP), LARGE))
    _, bass, keys = (colour for name, colour in ink.legend(POP) if name in ("drums", "bass", "keys"))
    assert {ink.MELODY, ink.DRUMS, bass, ink.paler(keys)} <= shown
    assert not {keys, ink.paler(ink.MELODY), ink.paler(bass)} & shown


def test_notes_out_of_reach_lie_on_the_edge() -> None:
    image = pianoroll.draw(song(), POP, Reach(50, 90), SMALL)
    bottom = SMALL.head + 41 * SMALL.semitone
    assert ink.PITCHED[0] in colours(image, (0, bottom - SMALL.semitone, image.width, bottom))


def test_a_band_without_drums_has_no_drum_lane() -> None:
    within = Reach(30, 90)
    with_drums, without = (pianoroll.size(song(), parts, within, LARGE)[1] for parts in (POP, SYMPHONY))
    assert with_drums - without == 8 * LARGE.drum + LARGE.letters // 2
    assert ink.DRUMS not in colours(pianoroll.draw(song(), SYMPHONY, within, LARGE))


@pytest.mark.parametrize(("bars", "width"), [(1, 49), (33, 1585), (34, 1600), (800, 1600)])
def test_the_overview_of_a_song_is_never_wide(bars: int, width: int) -> None:
    image = pianoroll.overview(song(bars), POP)
    assert image.width == pytest.approx(width, abs=1)
    assert image.width <= 1600
    assert len(colours(image)) <= 16


def test_no_note_of_a_long_song_is_lost() -> None:
    long = song(800)
    pixels = np.asarray(pianoroll.overview(long, POP))
    kicks = (pixels[-4:] == ink.DRUMS).all(-1).any(0)
    assert kicks[1:].sum() > 1400
