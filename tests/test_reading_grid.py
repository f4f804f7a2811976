"""Scores made by hand onto the grid: metres, pick-ups, swing, offsets, drums and chord symbols."""

import random

import numpy as np
import pytest

from bandmate.training.reading import grid, kit
from bandmate.training.reading.score import Metre, Score, Symbol, Track
from bandmate.training.reading.swing import Feel
from bandmate.training.songs import Rejected

FOUR = (Metre(0, 4, 4),)
TRIPLET = 1 / 3


def track(rows, name="", program=0, drums=False):
    """A track of (onset, length, pitch) in quarter notes."""
    table = [(start, start + length, pitch, 90) for start, length, pitch in rows]
    return Track(name, program, drums, np.array(sorted(table), np.float64).reshape(-1, 4))


def score(*tracks, metres=FOUR, symbols=(), tempos=((0.0, 120.0),)):
    return Score(tuple(tracks), tuple(metres), np.array(tempos, np.float64), tuple(symbols))


def repeated(beat, beats=16):
    """The same onsets in every beat, each an eighth of a beat long."""
    return [(b + at, 0.125, 60) for b in range(beats) for at in beat]


def steps(sheet, instrument=0):
    return sheet.instruments[instrument].notes[:, 0].tolist()


def only(score_):
    (sheet,) = grid.lay(score_, "song")
    return sheet


def test_what_is_on_the_grid_stays_exactly_where_it_is():
    sheet = only(score(track([(b / 4, 0.25 + b % 3 / 4, 60 + b % 5) for b in range(64)])))
    notes = sheet.instruments[0].notes
    assert (sheet.name, sheet.bars, sheet.metre, sheet.tempo, sheet.swing) == ("song", 4, "4/4", 120, 0.5)
    assert notes[:, 0].tolist() == list(range(64))
    assert notes[:6, 1].tolist() == [1, 2, 3, 1, 2, 3]


def test_a_note_on_the_last_bar_line_has_a_bar_of_its_own():
    assert only(score(track([(0, 1, 60), (12, 4, 60)]))).bars == 4


def test_a_note_that_never_ends_ends_with_the_sheet():
    sheet = only(score(track([(0, 1e6, 40), *repeated((0, 0.5))])))
    assert [length for _, length, pitch, _ in sheet.instruments[0].notes.tolist() if pitch == 40] == [64]


@pytest.mark.parametrize("share", [0.58, 0.62, 2 / 3, 0.7])
def test_swung_eighths_come_back_straight(share):
    random.seed(4)
    played = [(at + random.uniform(-0.02, 0.02), n, p) for at, n, p in repeated((0, share), 32)]
    sheet = only(score(track(played)))
    assert sheet.swing == pytest.approx(share, abs=0.02)
    assert steps(sheet) == list(range(0, 128, 2))


def test_swung_16ths_come_back_straight_and_the_eighths_are_not_swung():
    sheet = only(score(track(repeated((0, 0.33, 0.5, 0.83)))))
    assert (sheet.swing, steps(sheet)) == (0.5, list(range(64)))


def test_a_little_late_is_not_swing():
    sheet = only(score(track(repeated((0, 0.52)))))
    assert (sheet.swing, steps(sheet)) == (0.5, list(range(0, 64, 2)))


def test_triplets_are_not_swing():
    straight = [(16 + at, n, p) for at, n, p in repeated((0, 0.25, 0.5, 0.75))]
    sheet = only(score(track(repeated((0, TRIPLET, 2 * TRIPLET)) + straight)))
    assert sheet.swing == 0.5
    assert steps(sheet)[:6] == [0, 1, 3, 4, 5, 7]


def test_a_song_all_in_triplets_is_one_in_twelve_eight():
    sheet = only(score(track(repeated((0, TRIPLET, 2 * TRIPLET)))))
    assert sheet.swing == pytest.approx(2 / 3)
    assert steps(sheet)[:6] == [0, 1, 2, 4, 5, 6]


def test_dotted_notes_are_not_swing():
    sheet = only(score(track(repeated((0, 0.75)))))
    assert (sheet.swing, steps(sheet)[:4]) == (0.5, [0, 3, 4, 7])


@pytest.mark.parametrize("feel", [Feel(), Feel(1.0, 0.62), Feel(0.5, 2 / 3)])
def test_straightening_keeps_the_beats_and_the_order(feel):
    at = np.linspace(0, 4, 401)
    straight = feel.straight(at)
    assert np.all(np.diff(straight) > 0)
    np.testing.assert_allclose(straight[::100], [0, 1, 2, 3, 4])
    assert feel.straight(np.array([feel.pair * feel.share])) == pytest.approx(feel.pair / 2)


def test_twelve_eight_has_four_beats_of_swung_eighths():
    eighths = [(n / 2, 0.5, 60) for n in range(48)]
    sheet = only(score(track(eighths), metres=[Metre(0, 12, 8)], tempos=[(0.0, 120.0)]))
    assert (sheet.bars, sheet.metre, sheet.tempo) == (4, "12/8", 80)
    assert sheet.swing == pytest.approx(2 / 3)
    assert steps(sheet)[:6] == [0, 1, 2, 4, 5, 6]


def test_a_track_that_is_always_late_is_put_on_time_and_the_other_left_alone():
    late = [(at + 0.07, n, p) for at, n, p in repeated((0, 0.5, 0.75))]
    early = [(at + 0.95, n, p) for at, n, p in repeated((0, 0.25), 14)]
    sheet = only(score(track(late), track(early), track(repeated((0, 0.25)))))
    assert steps(sheet)[:4] == [0, 2, 3, 4]
    assert steps(sheet, 1)[:4] == [4, 5, 8, 9]
    assert steps(sheet, 2)[:4] == [0, 1, 4, 5]


def test_free_playing_is_refused():
    random.seed(1)
    notes = [(random.uniform(0, 64), 0.5, 60) for _ in range(400)]
    with pytest.raises(Rejected, match="not played to its own beat"):
        grid.lay(score(track(notes)), "song")


def test_every_metre_but_those_of_four_beats_is_refused_by_its_name():
    with pytest.raises(Rejected, match="in 3/4"):
        grid.lay(score(track(repeated((0,))), metres=[Metre(0, 3, 4)]), "song")


@pytest.mark.parametrize(("metre", "first"), [((2, 2), 0), ((2, 4), 0), ((8, 8), 0)])
def test_metres_of_two_and_eight_are_bars_of_four(metre, first):
    sheet = only(score(track(repeated((0,))), metres=[Metre(0, *metre)]))
    assert (sheet.bars, steps(sheet)[:3]) == (4, [first, 4, 8])


def test_the_kept_stretches_of_a_file_are_sheets_of_their_own():
    metres = [Metre(0, 4, 4), Metre(16, 3, 4), Metre(22, 4, 4), Metre(30, 2, 4), Metre(38, 7, 8)]
    first, second = grid.lay(score(track(repeated((0,), 45)), metres=metres), "folder/song")
    assert (first.name, first.bars) == ("folder/song", 4)
    assert (second.name, second.bars, steps(second)[0]) == ("folder/song#2", 4, 0)


def test_a_metre_said_again_on_a_bar_line_goes_on_and_elsewhere_moves_the_bars():
    again = [Metre(0, 4, 4), Metre(8, 4, 4), Metre(16, 2, 2)]
    assert only(score(track(repeated((0,), 32)), metres=again)).bars == 8
    moved = [Metre(0, 4, 4), Metre(16, 2, 4), Metre(18, 4, 4)]
    found = grid.lay(score(track([(b, 1, 60 + b % 2) for b in range(34)]), metres=moved), "song")
    assert [sheet.bars for sheet in found] == [4, 4]


def test_bars_are_counted_after_a_pick_up_and_from_the_first_that_sounds():
    metres = [Metre(0, 1, 4), Metre(1, 4, 4)]
    sheet = only(score(track([(9 + b, 1, 60) for b in range(16)]), metres=metres))
    assert (sheet.bars, steps(sheet)[:2]) == (4, [0, 4])


def test_a_note_just_before_the_bar_line_belongs_to_it():
    sheet = only(score(track([(0, 1, 60), (3.96, 1, 62), *repeated((0,))])))
    assert [16, 4] in sheet.instruments[0].notes[:, :2].tolist()


def test_too_short_a_file_is_refused():
    with pytest.raises(Rejected, match="fewer than 4 bars"):
        grid.lay(score(track(repeated((0,), 8))), "song")


def test_chord_symbols_hold_from_beat_to_beat():
    symbols = [Symbol(1, "A:min7"), Symbol(4, "Bb:7"), Symbol(7.5, "N"), Symbol(8, "E:dim")]
    sheet = only(score(track(repeated((0,))), symbols=symbols))
    assert sheet.chords.tolist() == [24, 21, 21, 21, 10, 10, 10, 10, 16, *[16] * 7]
    assert sheet.labels[:5] == ("N", *["A:min7"] * 3, "Bb:7")


def test_tempo_is_the_median_of_the_beats():
    tempos = [(0.0, 60.0), (2.0, 90.0), (15.0, 200.0)]
    assert only(score(track(repeated((0,))), tempos=tempos)).tempo == 90


def test_drums_become_hits_of_the_nine_classes_and_what_has_none_is_counted():
    beat = [(b, 0.5, {0: 35, 1: 40, 2: 36, 3: 39}[b % 4]) for b in range(16)]
    extra = [(b, 0.5, pitch) for b in (0, 4) for pitch in (36, 56, 63, 71, 22)]
    sheet = only(score(track(beat + extra, drums=True)))
    notes = sheet.instruments[0].notes
    assert set(notes[:, 2].tolist()) == {36, 38, 42, 51}
    assert set(notes[:, 1].tolist()) == {1}
    assert len(notes) == 16 + 4
    assert sheet.dropped == 4


def test_hand_drums_are_toms_where_nobody_plays_the_kit():
    alone = kit.classes(np.array([60, 63, 64, 70], np.int16))
    beside = kit.classes(np.array([60, 36, 38, 64], np.int16))
    assert alone.tolist() == [50, 47, 45, 42]
    assert beside.tolist() == [0, 36, 38, 0]


def test_each_sound_has_one_class_and_six_toms_are_three():
    sounds = [
        pitch for kind in (kit.SOUNDS, kit.HAND_DRUMS) for pitches in kind.values() for pitch in pitches
    ]
    assert len(sounds) == len(set(sounds))
    toms = np.array([41, 43, 45, 47, 48, 50], np.int16)
    assert kit.classes(toms).tolist() == [45, 45, 47, 47, 50, 50]


def test_the_longest_file_is_cut_where_steps_can_still_be_counted():
    found = grid.lay(score(track([(4 * b, 1, 60) for b in range(2000)])), "song")
    assert [sheet.bars for sheet in found] == [1024, 976]
    assert steps(found[1])[-1] == 975 * 16
