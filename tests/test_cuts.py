"""Cuts move against what is too much."""

from math import e

import pytest

from bandmate.training.fitting import cuts


def test_a_cut_rises_where_there_is_too_much_and_falls_where_too_little() -> None:
    assert cuts.moved(0.5, 1.0, 0.05) == 0.5
    assert cuts.moved(0.5, e, 0.05) == pytest.approx(1 / (1 + e**-0.8))
    assert cuts.moved(cuts.moved(0.3, 3.0, 0.05), 1 / 3, 0.05) == pytest.approx(0.3)


def test_it_keeps_an_edge_from_nothing_and_all() -> None:
    assert cuts.moved(0.9, 1e9, 0.05) == 0.95
    assert cuts.moved(0.1, 1e-9, 0.005) == 0.005


def test_odds_are_finite_at_both_ends() -> None:
    assert cuts.odds(0.5) == 1
    assert cuts.odds(0.0) == pytest.approx(1 / cuts.odds(1.0)) == pytest.approx(1 / 99)
