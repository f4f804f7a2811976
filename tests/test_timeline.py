"""Ticks and seconds, the swung grid, bars."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.daemon.clock.metre import Grid, Metre
from bandmate.daemon.clock.timeline import TICKS_PER_BEAT, Timeline

HOURS = 6 * 3600
TEMPOS = st.floats(20, 400)


@given(
    bpm=TEMPOS,
    anchor=st.integers(-1000, 1000),
    start=st.floats(0, 1e6),
    beats=st.integers(0, HOURS * 400 // 60),
)
def test_a_tick_is_reached_at_its_own_time(bpm: float, anchor: int, start: float, beats: int) -> None:
    line = Timeline.at(bpm, anchor, start)
    tick = anchor + beats * TICKS_PER_BEAT + 7
    assert line.tick_at(line.time_at(tick)) == tick
    assert line.tick_at(line.time_at(tick - 0.01)) == tick - 1


@pytest.mark.parametrize(
    ("bpm", "time", "tick"),
    [(120, 0.5, 24), (120, 0.499, 23), (60, 1.0, 24), (20, 3.0, 24), (400, 0.15, 24), (120, -0.1, -5)],
)
def test_where_the_music_stands(bpm: float, time: float, tick: int) -> None:
    assert Timeline.at(bpm).tick_at(time) == tick


@given(before=TEMPOS, after=TEMPOS, now=st.floats(0, HOURS))
def test_a_new_tempo_does_not_move_the_music(before: float, after: float, now: float) -> None:
    line = Timeline.at(before)
    changed = line.retempo(now, after)
    assert changed.position(now) == pytest.approx(line.position(now))
    assert changed.position(now + 1) - changed.position(now) == pytest.approx(after * 24 / 60)


@pytest.mark.parametrize("bpm", [19.9, 400.1, 0, -120, float("nan"), float("inf")])
def test_a_tempo_out_of_range_is_refused(bpm: float) -> None:
    with pytest.raises(ValueError, match="20 to 400"):
        Timeline.at(bpm)
    with pytest.raises(ValueError, match="20 to 400"):
        Timeline.at(120).retempo(1.0, bpm)


@pytest.mark.parametrize("period", [0.0, -0.02, float("nan"), float("inf"), 1.0])
def test_a_period_out_of_range_is_refused(period: float) -> None:
    with pytest.raises(ValueError, match="tempo"):
        Timeline(0, 0.0, period)


@pytest.mark.parametrize(
    ("swing", "ticks"),
    [
        (0.5, [0, 6, 12, 18, 24, 30]),
        (0.62, [0, 7, 15, 19, 24, 31]),
        (2 / 3, [0, 8, 16, 20, 24, 32]),
        (0.75, [0, 9, 18, 21, 24, 33]),
    ],
)
def test_steps_fall_on_swung_ticks(swing: float, ticks: list[int]) -> None:
    assert [Grid(swing).tick_of(step) for step in range(6)] == ticks
    assert Grid(swing).tick_of(-4) == -24


@given(swing=st.floats(0.5, 0.75), step=st.integers(-10_000, 10_000), share=st.floats(-0.49, 0.49))
def test_a_position_belongs_to_the_nearest_step(swing: float, step: int, share: float) -> None:
    grid = Grid(swing)
    tick = grid.tick_of(step)
    gap = tick - grid.tick_of(step - 1) if share < 0 else grid.tick_of(step + 1) - tick
    assert grid.step_of(tick + share * gap) == step


@pytest.mark.parametrize(
    ("swing", "position", "step"),
    [
        (0.5, 2.9, 0),
        (0.5, 3.0, 1),
        (0.5, 21.0, 4),
        (0.5, -3.0, 0),
        (0.5, -3.1, -1),
        (2 / 3, 12.0, 2),
        (2 / 3, 11.9, 1),
    ],
)
def test_half_way_is_the_later_step(swing: float, position: float, step: int) -> None:
    assert Grid(swing).step_of(position) == step


@pytest.mark.parametrize("swing", [0.49, 0.76, float("nan")])
def test_a_swing_out_of_range_is_refused(swing: float) -> None:
    with pytest.raises(ValueError, match="swing"):
        Grid(swing)


@pytest.mark.parametrize(
    ("beats", "unit", "places"),
    [
        (4, 4, range(16)),
        (2, 2, range(16)),
        (2, 4, range(8)),
        (3, 4, [*range(12), 12, 12, 12, 12]),
        (7, 8, [*range(14), 14, 14]),
        (5, 4, [*range(12), *4 * [12], *range(12, 20), *8 * [20]]),
        (6, 8, [0, 2, 4, 6, 6, 8, 10, 12]),
        (9, 8, [0, 2, 4, 6, 6, 8, 10, 12, 12, 14, 16, 18, *4 * [18]]),
        (3, 16, [0, 1, 2, 3]),
    ],
)
def test_a_bar_is_laid_out_as_bars_of_four_in_which_some_steps_take_no_time(
    beats: int, unit: int, places: Sequence[int]
) -> None:
    metre = Metre(beats, unit)
    assert metre.places == tuple(places)
    ends = [*places[1:], metre.sixteenths]
    assert [metre.lasts(step) for step in range(len(places))] == [
        a < b for a, b in zip(places, ends, strict=True)
    ]
    steps = metre.steps_per_bar
    assert [metre.bar_of(step) for step in (-1, 0, steps - 1, steps)] == [-1, 0, 0, 1]
    assert [metre.step_in_bar(step) for step in (-1, 0, steps + 1)] == [steps - 1, 0, 1]
    assert [metre.next_bar(step) for step in (-1, 0, steps - 1, steps)] == [0, steps, steps, 2 * steps]
    grid = Grid(metre=metre)
    assert [grid.tick_of(step) for step in range(-steps, 0)] == [
        6 * (place - metre.sixteenths) for place in places
    ]


@pytest.mark.parametrize(
    ("beats", "unit", "told"),
    [
        (4, 4, {0: 0, 15: 3}),
        (3, 4, {4: 1, 11: 2}),
        (6, 8, {0: 0, 3: 1, 4: 1, 7: 2}),
        (5, 4, {11: 2, 16: 3, 20: 4}),
    ],
)
def test_beats_are_counted_as_the_player_counts_them(beats: int, unit: int, told: dict[int, int]) -> None:
    assert {step: Metre(beats, unit).beat_in_bar(step) for step in told} == told


@pytest.mark.parametrize(
    ("metre", "halved"), [(Metre(), True), (Metre(3, 4), False), (Metre(6, 8), True), (Metre(12, 8), True)]
)
def test_a_bar_of_three_has_no_strong_middle(metre: Metre, halved: bool) -> None:
    assert metre.halved is halved


@given(
    beats=st.integers(1, 13),
    unit=st.sampled_from([2, 4, 8, 16]),
    swing=st.floats(0.5, 0.75),
    tick=st.integers(-2000, 2000),
)
def test_what_falls_between_steps_belongs_to_one_that_takes_time(
    beats: int, unit: int, swing: float, tick: int
) -> None:
    grid = Grid(swing, Metre(beats, unit))
    step = grid.step_of(tick)
    assert grid.metre.lasts(step)
    near = [abs(grid.tick_of(step + k) - tick) for k in range(-20, 21)]
    assert near[20] == min(near)
    came = grid.step_at(tick)
    assert grid.metre.lasts(came)
    assert grid.tick_of(came) <= tick < grid.tick_of(came + 1)


def test_beats_of_three_do_not_swing() -> None:
    assert [Grid(0.67, Metre(6, 8)).tick_of(step) for step in range(5)] == [0, 12, 24, 36, 36]


@pytest.mark.parametrize(("beats", "unit"), [(3, 32), (0, 4), (4, 0), (-4, 4)])
def test_a_metre_off_the_grid_is_refused(beats: int, unit: int) -> None:
    with pytest.raises(ValueError, match=f"{beats}/{unit}"):
        Metre(beats, unit)
