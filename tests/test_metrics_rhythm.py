"""When a band strikes and when it is silent, each figure worked out by hand."""

from math import isnan

import numpy as np
import pytest

from bandmate.training.judging import rhythm
from bandmate.training.judging.excerpt import Excerpt, excerpt
from bandmate.training.songs import Notes, Song

PARTS = ("drums", "bass", "keys", "strings")


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


def hits(*steps: int) -> Notes:
    """A kit that strikes at these steps."""
    return notes(*((step, 1, 36) for step in steps))


def song(melody: Notes, *parts: Notes, bars: int) -> Excerpt:
    voices = (melody, *parts, *[notes()] * (4 - len(parts)))
    return excerpt(
        Song("toy", "pop", "test", voices, np.zeros(4 * bars, np.uint8), np.zeros((bars, 5), np.uint8)), PARTS
    )


def test_a_bar_that_comes_again_grooves() -> None:
    assert rhythm.groove([hits(0, 8, 16, 24)], 2) == 1


def test_a_step_that_only_one_of_two_bars_strikes_costs_a_sixteenth() -> None:
    assert rhythm.groove([hits(0, 8, 16), notes((24, 2, 40), (28, 2, 40))], 2) == 15 / 16
    assert rhythm.groove([hits(0, 16), hits(36)], 3) == 1 - (0 + 2) / 32


@pytest.mark.parametrize(("voice", "bars"), [(hits(0), 1), (hits(), 4)])
def test_no_groove_of_one_bar_nor_of_silence(voice: Notes, bars: int) -> None:
    assert isnan(rhythm.groove([voice], bars))


def test_onsets_by_their_place_in_the_bar() -> None:
    shares = rhythm.onset_shares([hits(0, 16, 4), notes((20, 2, 40), (32, 2, 40))], 2)
    assert shares.tolist() == [0.5, 0, 0, 0, 0.5, *[0] * 11]
    assert isnan(rhythm.onset_shares([hits()], 2)[0])


def test_distributions_are_apart_by_what_would_have_to_move() -> None:
    on, off, half = (rhythm.onset_shares([hits(*steps)], 1) for steps in ((0, 8), (2, 10), (0, 2)))
    assert (rhythm.apart(on, on), rhythm.apart(on, off), rhythm.apart(on, half)) == (0, 1, 0.5)


def test_the_longest_silence_lasts_while_the_melody_plays() -> None:
    """The bass stops after a bar, the melody goes on for another; its rest of three steps is none."""
    given = song(notes((0, 16, 72), (16, 5, 72), (24, 8, 72)), notes(), notes((0, 16, 40)), bars=2)
    assert rhythm.longest_silence(given) == 1


def test_a_rest_of_a_beat_ends_the_silence() -> None:
    given = song(notes((0, 8, 72), (12, 4, 72)), bars=1)
    assert rhythm.longest_silence(given) == 8 / 16


def test_a_hit_sounds_for_a_beat() -> None:
    given = song(notes((0, 16, 72)), hits(6), bars=1)
    assert rhythm.longest_silence(given) == 6 / 16
    assert rhythm.longest_silence(song(notes((0, 16, 72)), hits(0, 4, 8, 12), bars=1)) == 0


def test_a_bar_counts_while_the_melody_plays_and_two_bars_longer() -> None:
    given = song(notes((0, 4, 72), (80, 4, 72)), bars=6)
    assert rhythm.accompanied(given).tolist() == [True, True, True, False, False, True]
