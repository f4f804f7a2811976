"""Arrival times told from the driver's intervals, whenever the messages are fetched."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.bridge.arrival import Stamps


def test_a_late_fetch_of_several_messages_tells_them_apart() -> None:
    stamps = Stamps()
    assert stamps.stamp(0.0, empty=0.9, fetched=1.0) == 1.0
    # Python was busy from 1.01 to 1.1; the driver saw messages at 1.02 and 1.04.
    assert stamps.stamp(0.02, empty=1.01, fetched=1.1) == pytest.approx(1.02)
    assert stamps.stamp(0.02, empty=1.01, fetched=1.1) == pytest.approx(1.04)


def test_the_lateness_of_the_first_fetch_is_forgotten() -> None:
    stamps = Stamps()
    stamps.stamp(0.0, empty=0.0, fetched=0.008)  # it came at 0
    assert stamps.stamp(1.0, empty=0.9999, fetched=1.001) == pytest.approx(1.001)
    assert stamps.stamp(1.0, empty=1.9, fetched=2.005) == pytest.approx(2.001)


def test_intervals_that_the_driver_lost_are_made_up() -> None:
    stamps = Stamps()
    stamps.stamp(0.0, empty=0.0, fetched=0.001)
    assert stamps.stamp(0.0, empty=5.0, fetched=5.001) == 5.0


@given(st.lists(st.tuples(st.floats(0, 0.05), st.floats(0, 0.03)), min_size=1, max_size=50))
def test_stamps_keep_their_bounds_and_their_order(moves: list[tuple[float, float]]) -> None:
    """Messages are fetched in order, each some time after it came."""
    stamps, came, fetched, out = Stamps(), 10.0, 9.0, []
    for gap, late in moves:
        came += gap
        empty = fetched if fetched < came else came - gap
        fetched = max(came, fetched) + late
        out.append(stamps.stamp(gap, empty, fetched))
        assert empty <= out[-1] <= fetched
    assert all(a <= b for a, b in pairwise(out))
