"""How often bars are played again: counted, and moved towards real parts."""

from __future__ import annotations

from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest

from bandmate.models.contract import Card
from bandmate.models.drawn import Drawn
from bandmate.training import repetition
from bandmate.training.judging.excerpt import Bars
from bandmate.training.songs import Notes

CARD = Card("generator", drawn=Drawn((0.5,) * 4, (0.5,) * 4, (0.5,) * 4, steady=(0.0, 0.5, 1.0, 5.9)))


def notes(*bars: str) -> Notes:
    """A bar a word: a letter a step, of the drum or pitch that it names, "." for none."""
    rows = [
        (16 * bar + step, 1, ord(letter), 80)
        for bar, word in enumerate(bars)
        for step, letter in enumerate(word)
        if letter != "."
    ]
    return np.array(rows, np.int16).reshape(-1, 4)


def every(bars: int) -> Bars:
    return np.ones(bars, bool)


def test_a_bar_repeats_one_of_the_two_before() -> None:
    same = notes("k.h.", "k.h.", "k.h.", "k.h.")
    assert repetition.repeats(same, every(4), kit=True) == 1
    pairs = notes("k.h.", "h.k.", "k.h.", "h.k.", "kkhh")
    assert repetition.repeats(pairs, every(5), kit=True) == pytest.approx(2 / 3)


def test_a_kit_repeats_its_drums_and_a_part_its_rhythm() -> None:
    other = notes("k.h.", "k.s.", "s.h.", "h.k.")
    assert repetition.repeats(other, every(4), kit=True) == 0
    assert repetition.repeats(other, every(4), kit=False) == 1


def test_bars_that_are_empty_or_do_not_count_tell_nothing() -> None:
    gaps = notes("k...", "....", "k...", "k...", "k...", ".k..")
    assert repetition.repeats(gaps, every(6), kit=True) == 0.5
    counted = every(6)
    counted[5] = False
    assert repetition.repeats(gaps, counted, kit=True) == 1
    assert isnan(repetition.repeats(gaps[:1], every(6), kit=True))
    assert isnan(repetition.repeats(notes(), every(6), kit=False))


def test_a_card_is_steadied_towards_what_real_parts_repeat() -> None:
    new = repetition.steadied(CARD, [0.1, 0.5, nan, 0.2], [0.6, 0.1, 0.5, 0.9], 1).drawn
    assert new is not None
    assert new.steady[0] > 0.5
    assert 0 <= new.steady[1] < 0.5
    assert new.steady[2:] == (1.0, repetition.STEADIEST)
    less = repetition.steadied(CARD, [0.1, 0.5, nan, 0.2], [0.6, 0.1, 0.5, 0.9], 0.5).drawn
    assert less is not None
    assert 0 < less.steady[0] < new.steady[0]


def test_a_card_that_is_not_drawn_stays() -> None:
    cut = replace(CARD, drawn=None)
    assert repetition.steadied(cut, [0.1] * 4, [0.9] * 4, 1) == cut
