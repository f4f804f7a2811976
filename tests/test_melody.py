"""What the player plays, on the grid."""

from __future__ import annotations

import pytest

from bandmate.daemon.hearing.melody import Melody
from bandmate.models import roll

SPLIT = 55


def played(*notes: tuple[int, int, int], split: int = 0) -> Melody:
    """Notes as (pitch, first step, the step before which they end)."""
    melody = Melody(split)
    moments = [(begin, 1, pitch) for pitch, begin, _ in notes] + [(end, 0, pitch) for pitch, _, end in notes]
    for step, down, pitch in sorted(moments):
        if down:
            melody.note_on(pitch, 80, step)
        else:
            melody.note_off(pitch, step)
    return melody


def line(melody: Melody, steps: int) -> list[int]:
    return melody.line(0, steps)[0].tolist()


def struck(melody: Melody, steps: int) -> list[int]:
    """The steps of the line's onsets."""
    return melody.line(0, steps)[1].nonzero()[0].tolist()


def classes(melody: Melody, step: int) -> list[int]:
    """The pitch classes held as a chord."""
    return melody.chord(step).nonzero()[0].tolist()


def test_a_melody_is_its_notes_by_step() -> None:
    melody = played((72, 0, 2), (74, 2, 3), (76, 4, 6))
    assert line(melody, 8) == [72, 72, 74, -1, 76, 76, -1, -1]
    assert struck(melody, 8) == [0, 2, 4]


def test_a_note_lasts_at_least_a_step() -> None:
    melody = Melody()
    melody.note_on(72, 80, 1)
    melody.note_off(72, 1)
    assert line(melody, 3) == [-1, 72, -1]


def test_the_highest_voice_is_the_line() -> None:
    melody = played((60, 0, 8), (72, 2, 4))
    assert line(melody, 8) == [60, 60, 72, 72, 60, 60, 60, 60]


def test_a_held_note_sounds_as_far_as_was_heard() -> None:
    melody = Melody()
    melody.note_on(72, 80, 2)
    assert line(melody, 6) == [-1, -1, 72, 72, 72, 72]
    heard = melody.roll(0, 8, 4)
    assert [note[:3] for note in roll.decode(heard)] == [(2, 2, 72)]


def test_a_key_struck_again_ends_its_first_note() -> None:
    melody = Melody()
    for step in (0, 4):
        melody.note_on(72, 80, step)
    melody.note_off(72, 6)
    assert [note[:3] for note in roll.decode(melody.roll(0, 8, 8))] == [(0, 4, 72), (4, 2, 72)]


def test_under_the_pedal_a_released_key_sounds_on_until_it_comes_up() -> None:
    melody = Melody()
    melody.pedal(True, 0)
    melody.note_on(72, 80, 0)
    melody.note_off(72, 1)
    assert line(melody, 4) == [72] * 4
    melody.pedal(False, 3)
    assert line(melody, 4) == [72, 72, 72, -1]


def test_the_pedal_does_not_end_a_key_that_is_down() -> None:
    melody = Melody()
    melody.pedal(True, 0)
    melody.note_on(72, 80, 0)
    melody.pedal(False, 1)
    assert line(melody, 3) == [72] * 3


def test_a_key_struck_again_under_the_pedal_ends_the_note_that_rang() -> None:
    melody = Melody()
    melody.pedal(True, 0)
    melody.note_on(72, 80, 0)
    melody.note_off(72, 1)
    melody.note_on(72, 80, 2)
    melody.pedal(False, 3)
    melody.note_off(72, 5)
    assert struck(melody, 6) == [0, 2]
    assert line(melody, 6) == [72] * 5 + [-1]


def test_all_notes_off_ends_what_keys_and_pedal_hold() -> None:
    melody = Melody()
    melody.pedal(True, 0)
    melody.note_on(72, 80, 0)
    melody.note_on(76, 80, 0)
    melody.note_off(72, 1)
    melody.release(2)
    assert line(melody, 4) == [76, 76, -1, -1]


def test_notes_held_below_the_split_are_chords_and_not_the_line() -> None:
    melody = played((74, 0, 8), (48, 1, 6), (52, 1, 6), split=SPLIT)
    assert line(melody, 8) == [74] * 8
    assert classes(melody, 2) == [0, 4]
    assert classes(melody, 7) == [0, 4], "released just before"
    assert classes(melody, 8) == []


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([(48, 0, 4)], [48]),
        ([(74, 0, 2), (48, 4, 8)], [74]),
        ([(74, 0, 2), (48, 40, 44)], [74, 48]),
        ([(48, 0, 4), (50, 4, 8)], [48, 50]),
        ([(50, 0, 5), (48, 4, 8)], [50, 48]),
        ([(48, 0, 4), (74, 4, 8), (50, 8, 12)], [48, 74]),
    ],
)
def test_a_low_voice_with_nothing_above_it_for_two_bars_is_the_melody(
    notes: list[tuple[int, int, int]], expected: list[int]
) -> None:
    melody = played(*notes, split=SPLIT)
    assert list(dict.fromkeys(pitch for pitch in line(melody, 48) if pitch >= 0)) == expected


def test_low_notes_struck_together_are_a_chord_even_with_nothing_above() -> None:
    melody = played((48, 0, 8), (52, 0, 8), (55 - 12, 0, 8), split=SPLIT)
    assert line(melody, 8) == [-1] * 8
    assert classes(melody, 0) == [0, 4, 7]


def test_the_player_sounds_until_the_last_note_ends() -> None:
    melody = played((72, 4, 8), (48, 6, 20))
    moments = [0, 4, 12, 20, 30]
    assert [melody.sounding_until(step) for step in moments] == [None, 4, 12, 20, 20]


def test_what_ended_more_than_eight_bars_ago_is_forgotten() -> None:
    melody = played((72, 0, 4), (74, 100, 104))
    melody.forget(140)
    assert line(melody, 104) == [-1] * 100 + [74] * 4
    melody.forget(400)
    assert line(melody, 104) == [-1] * 104
    assert [melody.sounding_until(step) for step in (90, 400)] == [None, 104]


def test_energy_is_the_mean_velocity_of_the_last_two_bars() -> None:
    melody = Melody()
    assert melody.energy(0) == pytest.approx(80 / 127)
    for step, velocity in ((0, 20), (40, 100), (44, 60)):
        melody.note_on(72, velocity, step)
    assert melody.energy(48) == pytest.approx(80 / 127)
    assert melody.energy(74) == pytest.approx(60 / 127)


def test_the_foot_stays_on_the_pedal_when_the_notes_end_and_when_a_new_melody_begins() -> None:
    before = Melody()
    before.pedal(True, 0)
    before.note_on(72, 80, 0)
    before.note_off(72, 1)
    before.release(2)
    assert line(before, 4) == [72, 72, -1, -1]
    after = before.successor()
    assert line(after, 2) == [-1, -1]
    after.note_on(74, 80, 0)
    after.note_off(74, 1)
    assert line(after, 4) == [74, 74, 74, 74]
