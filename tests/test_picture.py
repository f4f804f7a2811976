import io

import pytest
from PIL import Image

from bandmate.daemon.pictures import page, picture
from bandmate.daemon.pictures.page import Voice
from bandmate.daemon.pictures.picture import png

BEAT, BAR = 24, 96
MELODY = Voice("melody", [(0, BEAT, 72, 127), (8 * BAR, BEAT, 72, 127)])
DRUMS = Voice("drums", [(0, 6, 36, 127), (BEAT, 6, 38, 127)], drums=True)
BASS = Voice("bass", [(0, BAR, 40, 127), (BEAT, BEAT, 72, 127)])


def picture_of(*voices, chords=(), **more):
    data = png("Title", list(voices), chords, **more)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return Image.open(io.BytesIO(data)).convert("RGB")


def cell(tick, pitch, low, high, row=0, row_height=0):
    """The middle of a 16th of a pitch; low and high are the range on the picture."""
    semitone = page.ROLL_HEIGHT / (high - low + 1)
    x = page.LEFT + (tick + 3) * page.STEP_WIDTH / 6
    y = page.HEADER + row * row_height + page.NUMBERS + page.CHORDS + (high - pitch + 0.5) * semitone
    return int(x), int(y)


def test_each_part_has_its_colour_and_the_melody_lies_on_top():
    image = picture_of(MELODY, DRUMS, BASS)
    low, high = 38, 74
    assert image.getpixel(cell(0, 72, low, high)) == page.MELODY
    assert image.getpixel(cell(0, 40, low, high)) == page.PITCHED[0]
    assert image.getpixel(cell(BEAT, 72, low, high)) == page.PITCHED[0]
    under = Voice("bass", [(0, BAR, 72, 127), (0, BAR, 40, 127)])
    assert picture_of(MELODY, under).getpixel(cell(0, 72, low, high)) == page.MELODY
    assert image.getpixel(cell(6, 65, low, high)) == picture.PAPER


def test_a_soft_note_is_paler():
    loud = picture_of(Voice("melody", [(0, BEAT, 60, 127)])).getpixel(cell(0, 60, 42, 78))
    soft = picture_of(Voice("melody", [(0, BEAT, 60, 20)])).getpixel(cell(0, 60, 42, 78))
    assert loud == page.MELODY
    assert sum(soft) > sum(loud) + 50


def test_drums_have_a_lane_of_their_own_snare_over_kick():
    image = picture_of(MELODY, DRUMS)
    top = page.HEADER + page.NUMBERS + page.CHORDS + page.ROLL_HEIGHT + page.GAP
    snare, kick = top + page.DRUM_HEIGHT // 2, top + page.DRUM_HEIGHT * 3 // 2
    first, second = page.LEFT + page.STEP_WIDTH // 2, page.LEFT + 4 * page.STEP_WIDTH + page.STEP_WIDTH // 2
    assert image.getpixel((first, kick)) == image.getpixel((second, snare)) == page.DRUMS
    assert image.getpixel((first, snare)) != page.DRUMS
    assert image.getpixel((second, kick)) != page.DRUMS


@pytest.mark.parametrize(
    ("bars", "steps_per_bar", "width", "rows"),
    [
        (1, 16, 900, 1),
        (8, 16, 96 + 8 * 16 * 13 + 28, 1),
        (9, 16, 96 + 8 * 16 * 13 + 28, 2),
        (17, 12, 1372, 3),
    ],
)
def test_eight_bars_to_a_row(bars, steps_per_bar, width, rows):
    last = Voice("melody", [((bars - 1) * steps_per_bar * 6, BEAT, 60, 90)])
    size = picture_of(last, steps_per_bar=steps_per_bar).size
    row = page.NUMBERS + page.CHORDS + page.ROLL_HEIGHT + 4 * page.GAP
    assert size == (width, page.HEADER + rows * row + page.FOOT)


def test_the_ninth_bar_begins_the_second_row():
    image = picture_of(MELODY)
    row_height = page.NUMBERS + page.CHORDS + page.ROLL_HEIGHT + 4 * page.GAP
    assert image.getpixel(cell(0, 72, 54, 90, row=1, row_height=row_height)) == page.MELODY
    assert image.getpixel(cell(0, 72, 54, 90)) == page.MELODY
    assert image.getpixel(cell(BAR, 72, 54, 90)) != page.MELODY


def test_a_note_across_the_end_of_a_row_goes_on_in_the_next():
    image = picture_of(Voice("melody", [(7 * BAR, 2 * BAR, 60, 127)]))
    row_height = page.NUMBERS + page.CHORDS + page.ROLL_HEIGHT + 4 * page.GAP
    assert image.getpixel(cell(8 * BAR - 6, 60, 42, 78)) == page.MELODY
    assert image.getpixel(cell(0, 60, 42, 78, row=1, row_height=row_height)) == page.MELODY


def test_the_chord_plan_stands_above_and_is_the_same_with_or_without_signs():
    plain = png("t", [MELODY], [(0, "Bb"), (BAR, "F#m")])
    signs = png("t", [MELODY], [(0, "B♭"), (BAR, "F♯m")])
    every_beat = png("t", [MELODY], [(0, "Bb"), (BEAT, "Bb"), (BAR, "F#m"), (2 * BAR, "F#m")])
    assert plain == signs == every_beat
    assert plain != png("t", [MELODY])


def test_nothing_played_is_one_empty_bar():
    assert picture_of().size[0] == page.LEAST_WIDTH


def test_a_drum_outside_the_kit_is_drawn_too():
    image = picture_of(MELODY, Voice("drums", [(0, 6, 81, 127)], drums=True))
    top = page.HEADER + page.NUMBERS + page.CHORDS + page.ROLL_HEIGHT + page.GAP
    assert image.getpixel((page.LEFT + page.STEP_WIDTH // 2, top + page.DRUM_HEIGHT // 2)) == page.DRUMS
