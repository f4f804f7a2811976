"""Build-up, swell and wind-down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.daemon.leading.dynamics import USUAL, accent, energy, lean, loudness

SHARES = st.floats(0, 1)
BARS = st.floats(0, 64)


@given(SHARES, SHARES, SHARES)
def test_the_energy_control_moves_the_energy_one_way(player: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert 0 <= energy(player, low) <= energy(player, high) <= 1
    assert energy(player, None) == energy(player, 0.5) == player


@given(SHARES, SHARES, BARS, BARS, BARS)
def test_more_energy_is_louder(one: float, other: float, played: float, bar: float, silent: float) -> None:
    one, other = sorted((one, other))
    assert 0.2 < loudness(one, played, bar, silent) <= loudness(other, played, bar, silent) < 1.6


def test_the_band_comes_in_lightly_and_is_itself_after_two_bars() -> None:
    assert [loudness(USUAL, bars, 4, 0) for bars in (0, 1, 2, 9)] == pytest.approx([0.84, 0.92, 1, 1])
    assert [lean(bars, False) for bars in (0, 1, 2, 9)] == pytest.approx([-0.1, -0.05, 0, 0])
    assert lean(9, True) == pytest.approx(-0.25)


def test_it_swells_within_a_phrase_and_begins_the_next_anew() -> None:
    bars = [loudness(USUAL, 9, bar, 0) for bar in range(16)]
    assert bars[:8] == sorted(bars[:8])
    assert bars[8:] == bars[:8]


def test_it_fades_from_the_second_bar_of_silence_on_but_not_to_nothing() -> None:
    fading = [loudness(USUAL, 9, 4, bars) for bars in (0, 1, 2, 3, 4, 20)]
    assert fading == pytest.approx([1, 1, 0.88, 0.76, 0.64, 0.6])


def test_the_downbeat_is_accented_most_and_what_lies_between_eighths_least() -> None:
    by_place = {place: accent(place, True) for place in range(16)}
    order = [by_place[place] for place in (0, 8, 4, 2, 1)]
    assert order == sorted(set(order), reverse=True)
    assert by_place[12] == by_place[4]
    assert by_place[14] == by_place[2]
    assert by_place[15] == by_place[1]
    assert accent(8, False) == accent(4, False)
