"""The last touch by ear: densities and cuts move towards what real parts do."""

from math import nan

import numpy as np
import pytest

pytest.importorskip("torch")

from bandmate.models.contract import Card, Drawn
from bandmate.training import tuning
from bandmate.training.judging.excerpt import Excerpt
from bandmate.training.tuning import Habit

CARD = Card("generator", parts=("drums", "bass", "keys", "strings"), drawn=Drawn(*((0.5,) * 4,) * 3))
UNKNOWN = Habit(nan, nan, nan)


def heard(*notes: tuple[int, int]) -> Excerpt:
    """Two bars of a bass on C2, (step, length) each; both count."""
    bass = np.array([(step, length, 36, 80) for step, length in notes], np.int16).reshape(-1, 4)
    return Excerpt("a", 2, bass, {"bass": bass}, {"bass": np.ones(2, bool)})


def test_a_habit_is_how_many_notes_how_many_crumbs_and_how_long_the_others_are() -> None:
    song = heard((0, 1), (4, 2), (8, 8), (12, 1))
    assert Habit.of([song], "bass") == pytest.approx((2.0, 0.5, 4.0))
    assert Habit.of([song, heard((0, 1), (16, 1))], "bass") == pytest.approx((1.5, 0.75, 4.0))


def test_where_there_is_too_much_too_short_or_too_long_the_cuts_move_against_it() -> None:
    busy, due = Habit(8, 0.6, 4), Habit(4, 0.3, 2)
    gate, second, hold = tuning.recut(CARD, [UNKNOWN, busy, due, due], [UNKNOWN, due, due, busy]).drawn or ()
    assert gate[1] > 0.5 > gate[3]
    assert second[1] < 0.5 < second[3]
    assert hold[1] > 0.5 > hold[3]
    assert (gate[2], second[2], hold[2]) == (0.5, 0.5, 0.5)


def test_the_drums_have_one_cut_and_it_is_not_a_drawn_one() -> None:
    some = Habit(8, 1.0, nan)
    new = tuning.recut(CARD, [some] + [UNKNOWN] * 3, [some._replace(rate=4)] + [UNKNOWN] * 3)
    assert new.gate[0] > 0.5
    assert new.drawn == CARD.drawn
    assert new.gate[1:] == CARD.gate[1:]


def test_a_part_that_is_never_real_keeps_its_cuts() -> None:
    assert tuning.recut(CARD, [Habit(3, 0.2, 4)] * 4, [UNKNOWN] * 4) == CARD


def test_a_silent_part_is_raised_by_a_bounded_step() -> None:
    silent, due = Habit(0, nan, nan), Habit(4, 0.3, 3)
    new = tuning.recut(CARD, [silent] * 4, [due] * 4)
    assert 0.1 < new.gate[0] == pytest.approx((new.drawn or ())[0][1])


def test_densities_move_within_bounds() -> None:
    assert tuning.moved(0.5, 4, 8) == pytest.approx(0.639)
    assert tuning.moved(0.5, 8, 4) == pytest.approx(0.361)
    assert tuning.moved(0.78, 0, 8) == 0.8
    assert tuning.moved(0.5, 4, nan) == tuning.moved(0.5, 4, 0) == 0.5
