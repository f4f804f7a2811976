"""The company that people's notes keep is counted, and a card moves towards it."""

import math
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from bandmate.models.contract import Card
from bandmate.models.drawn import Drawn
from bandmate.training.company import FARTHEST_LIFT, Manners, far_apart, forbearing, mannered
from bandmate.training.songs import Notes

CARD = Card("generator", parts=("drums", "bass", "keys", "strings"), drawn=Drawn(*((0.5,) * 4,) * 3))
NOBODY = Manners.of([])


def manners(*rows: tuple[int, int, int], bars: int = 1) -> Manners:
    return Manners.of([(notes(*rows), np.ones(bars, bool))])


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


def test_pairs_that_are_struck_together_are_counted_by_their_interval() -> None:
    found = manners((0, 4, 60), (0, 4, 64), (0, 4, 67), (8, 4, 60), (8, 4, 72), (12, 1, 60), (12, 1, 80))
    assert {k + 1: round(float(share), 2) for k, share in enumerate(found.beside) if share} == {
        3: 0.2,
        4: 0.2,
        7: 0.2,
        12: 0.2,
        13: 0.2,
    }


def test_notes_are_counted_by_how_far_they_are_from_the_last() -> None:
    found = manners((0, 4, 60), (4, 4, 62), (8, 4, 60), (8, 4, 67), (12, 4, 90))
    assert found.after.tolist() == pytest.approx([0, 0, 0.5, 0, 0, 0.25, *[0] * 6, 0.25])


def test_how_notes_end_is_counted() -> None:
    """The first ends as its pitch is struck again, the others for themselves, those of the chord apart."""
    found = manners((0, 4, 60), (4, 4, 60), (8, 2, 62), (12, 3, 60), (12, 2, 64))
    assert (found.again, found.full, found.alike) == pytest.approx((0.2, 15 / 13, 0.0))
    assert found.varied == pytest.approx(np.std(np.log([4, 4, 2, 3, 2])))


def test_chords_are_counted_by_their_size() -> None:
    rows = [(4 * k, 2, 60 + 3 * j) for k, size in enumerate((1, 3, 6, 1)) for j in range(size)]
    assert manners(*rows).size.tolist() == [0.5, 0, 0.25, 0, 0.25]


def test_bars_that_do_not_count_are_left_out() -> None:
    found = Manners.of([(notes((0, 4, 60), (16, 2, 60), (18, 1, 61)), np.array([False, True]))])
    assert found.after[1] == 1
    assert np.isnan(NOBODY.after).all()


def moved(mine: Manners, real: Manners) -> Drawn:
    drawn = mannered(CARD, [NOBODY, NOBODY, mine, NOBODY], [NOBODY, NOBODY, real, NOBODY], 1.0).drawn
    assert drawn is not None
    return drawn


def test_a_card_moves_towards_the_company_that_people_keep() -> None:
    mine = manners((0, 4, 60), (0, 2, 62), (4, 4, 60), (4, 2, 62), (8, 4, 70), (8, 2, 72))
    real = manners((0, 4, 60), (0, 4, 64), (8, 4, 62), (8, 4, 65), (14, 2, 62), (14, 2, 65))
    kept = moved(mine, real).company[2]
    assert kept.beside[1] < kept.beside[3]
    assert kept.after[0] < kept.after[2]
    assert (kept.lift, kept.bound) == (pytest.approx(2.0, abs=2.0), pytest.approx(0.7))
    assert 0 < kept.lift <= FARTHEST_LIFT
    assert moved(mine, real).company[:2] == CARD.drawn.company[:2]  # type: ignore[union-attr]


def test_who_keeps_the_same_company_stays() -> None:
    same = manners((0, 4, 60), (0, 4, 64), (8, 4, 62), (8, 4, 65))
    assert moved(same, same) == CARD.drawn
    assert far_apart(same, same) == 0


def test_nobody_is_like_anybody() -> None:
    """There is nothing to be far_apart to."""
    assert far_apart(NOBODY, manners((0, 4, 60), (4, 4, 62))) == 0
    assert moved(NOBODY, manners((0, 4, 60), (4, 4, 62))) == CARD.drawn


def test_notes_bear_more_where_the_cut_for_a_second_step_can_be_no_lower() -> None:
    """The first has too many notes of one step, as has the second, whose cut can fall; the third has too few,
    and of the last nobody knows."""
    assert CARD.drawn is not None
    card = replace(CARD, drawn=CARD.drawn._replace(second=(0.005, 0.1, 0.005, 0.005)))
    drawn = forbearing(card, 0.005, [0.1, 0.1, 0.02, 0.1], [0.05, 0.05, 0.05, math.nan], 1.0).drawn
    assert drawn is not None
    assert [0 < kept.bears < 1 for kept in drawn.company] == [True, False, False, False]
    assert drawn._replace(company=CARD.drawn.company) == card.drawn


def test_a_card_that_is_not_drawn_stays() -> None:
    card = Card("generator", parts=CARD.parts)
    assert forbearing(card, 0.005, [0.1] * 4, [0.05] * 4, 1.0) == card
    assert mannered(card, [NOBODY] * 4, [NOBODY] * 4, 1.0) == card
