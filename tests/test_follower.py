"""A DAW's clock, followed in virtual time: pulses in, phase error out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest

from bandmate.daemon.clock.follower import Follower

BEAT = 24


def pulses(tempos: Iterable[float], start: float = 0.0) -> list[float]:
    """The true times of pulses, each so long after the one before as its tempo says."""
    times, now = [], start
    for bpm in tempos:
        times.append(now)
        now += 60 / BEAT / bpm
    return times


def follow(times: list[float], jitter: float = 0.0, seed: int = 1) -> tuple[Follower, list[float]]:
    """Play true times, each late or early by a normal error; the phase error after each pulse, in seconds."""
    noise, follower, errors = random.Random(seed), Follower(), []
    follower.start(times[0])
    for tick, time in enumerate(times):
        follower.pulse(time + noise.gauss(0, jitter))
        assert follower.timeline is not None
        errors.append(abs(follower.timeline.time_at(tick) - time))
    return follower, errors


def p95(errors: list[float]) -> float:
    return sorted(errors)[int(0.95 * (len(errors) - 1))]


@pytest.mark.parametrize("bpm", [40, 60, 97.3, 120, 180, 240])
@pytest.mark.parametrize("jitter", [0.0005, 0.001, 0.002])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_jitter_is_smoothed(bpm: float, jitter: float, seed: int) -> None:
    follower, errors = follow(pulses([bpm] * 32 * BEAT), jitter, seed)
    assert p95(errors[BEAT:]) < 0.35 * 1.96 * jitter
    assert max(errors[BEAT:]) < 1.5 * jitter
    assert follower.bpm == pytest.approx(bpm, rel=0.03)
    assert follower.locked
    assert follower.tick == 32 * BEAT


@pytest.mark.parametrize("bpm", [60, 120, 200])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_more_it_jitters_the_less_a_pulse_counts(bpm: float, seed: int) -> None:
    _, errors = follow(pulses([bpm] * 48 * BEAT), 0.003, seed)
    assert p95(errors[8 * BEAT :]) < 1.96 * 0.003 / 5


def test_a_steady_clock_is_matched_exactly() -> None:
    follower, errors = follow(pulses([93] * 8 * BEAT))
    assert max(errors) < 1e-9
    assert follower.bpm == pytest.approx(93)


def test_a_ramp_is_followed() -> None:
    ramp = [120 + 20 * tick / (16 * BEAT) for tick in range(16 * BEAT)]
    follower, errors = follow(pulses([120] * 4 * BEAT + ramp), 0.0005)
    assert max(errors[BEAT:]) < 0.003
    assert follower.bpm == pytest.approx(140, rel=0.02)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (120, 90),
        (90, 120),
        (120, 60),
        (60, 120),
        (120, 118),
        (120, 100),
        (120, 75),
        (100, 160),
        (40, 200),
        (200, 40),
    ],
)
@pytest.mark.parametrize("jitter", [0.0, 0.001])
def test_a_new_tempo_is_found_within_a_beat(before: float, after: float, jitter: float) -> None:
    follower, errors = follow(pulses([before] * 8 * BEAT + [after] * 8 * BEAT), jitter)
    assert max(errors[9 * BEAT :]) < 0.002 + 2 * jitter
    assert follower.bpm == pytest.approx(after, rel=0.03)
    assert follower.tick == 16 * BEAT


@pytest.mark.parametrize(("before", "after"), [(120, 144), (120, 96), (180, 144), (70, 84), (120, 123)])
@pytest.mark.parametrize("jitter", [0.0, 0.001, 0.003])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_beats_after_a_new_tempo_the_error_is_small(
    before: float, after: float, jitter: float, seed: int
) -> None:
    times = pulses([before] * 16 * BEAT + [after] * 16 * BEAT)
    follower, errors = follow(times, jitter, seed)
    assert max(errors[18 * BEAT :]) < 0.005
    assert follower.tick == 32 * BEAT


@pytest.mark.parametrize("end", [60, 96, 144, 180])
def test_a_steep_ramp_is_followed(end: float) -> None:
    ramp = [120 + (end - 120) * tick / (8 * BEAT) for tick in range(8 * BEAT)]
    follower, errors = follow(pulses([120] * 4 * BEAT + ramp + [end] * 4 * BEAT), 0.001)
    assert max(errors[BEAT:]) < 0.006
    assert follower.tick == 16 * BEAT


def test_one_late_pulse_changes_little() -> None:
    follower, times = Follower(), pulses([120] * 300)
    follower.start(0.0)
    for tick, time in enumerate(times):
        follower.pulse(time + (0.018 if tick == 200 else 0.0))
        assert follower.timeline is not None
        assert abs(follower.timeline.time_at(tick) - time) < 0.0005
        assert follower.bpm == pytest.approx(120, rel=0.002)


def test_two_late_pulses_with_one_in_time_between_are_no_slower_tempo() -> None:
    times = pulses([120] * 300)
    late = sorted(time + (0.0195 if tick in (200, 202) else 0.0) for tick, time in enumerate(times))
    follower = Follower()
    follower.start(0.0)
    for tick, time in enumerate(late):
        follower.pulse(time)
        assert follower.bpm == pytest.approx(120, rel=0.02)
        assert tick < 204 or follower.tick == tick + 1


@pytest.mark.parametrize("bpm", [180, 240])
@pytest.mark.parametrize("seed", [2, 3, 6])
def test_wild_pulses_lose_no_tick(bpm: float, seed: int) -> None:
    """The jitter is a third of what lies between two pulses; they come in order."""
    noise, follower, last = random.Random(seed), Follower(), -1.0
    follower.start(-0.1)
    for time in pulses([bpm] * 60 * BEAT):
        last = max(time + noise.gauss(0, 0.003), last + 1e-5)
        follower.pulse(last)
    assert follower.tick == 60 * BEAT


@pytest.mark.parametrize("missing", [[200], [200, 201, 202], list(range(200, 222)), [200, 230, 231, 260]])
@pytest.mark.parametrize("jitter", [0.0, 0.001])
def test_lost_pulses_are_counted(missing: list[int], jitter: float) -> None:
    noise, follower = random.Random(5), Follower()
    follower.start(0.0)
    for tick, time in enumerate(pulses([120] * 300)):
        if tick not in missing:
            follower.pulse(time + noise.gauss(0, jitter))
            assert follower.tick == tick + 1
    assert follower.timeline is not None
    assert follower.timeline.time_at(300) == pytest.approx(pulses([120] * 301)[-1], abs=1e-9 + 2 * jitter)


@pytest.mark.parametrize("missing", [[2], [5], [7, 8, 9], [11, 12], [13]])
@pytest.mark.parametrize("jitter", [0.0, 0.001])
def test_pulses_lost_while_the_tempo_is_learned_are_counted_soon(missing: list[int], jitter: float) -> None:
    noise, follower = random.Random(5), Follower()
    follower.start(0.0)
    for tick, time in enumerate(pulses([100] * 4 * BEAT)):
        if tick not in missing:
            follower.pulse(time + noise.gauss(0, jitter))
            assert tick < BEAT or follower.tick == tick + 1


def test_a_gap_is_bridged_by_the_timeline() -> None:
    follower, _ = follow(pulses([120] * 4 * BEAT))
    assert follower.timeline is not None
    assert follower.timeline.tick_at(pulses([120] * 5 * BEAT)[-1]) == 5 * BEAT - 1


def test_a_long_gap_is_a_pause() -> None:
    follower, _ = follow(pulses([120] * 4 * BEAT))
    back = pulses([120] * 2 * BEAT, start=4.0)
    for time in back:
        follower.pulse(time)
    assert follower.tick == 6 * BEAT
    assert follower.timeline is not None
    assert follower.timeline.time_at(6 * BEAT - 1) == pytest.approx(back[-1], abs=1e-6)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda times: sorted(times + [time + 0.0004 for time in times]),
        lambda times: sorted(times + [time + 0.0004 for time in times[200::7]]),
        lambda times: times[:200] + [times[203] + 0.0002 * k for k in range(4)] + times[204:],
        lambda times: times[:200] + [times[203] + 0.005 * k for k in range(4)] + times[204:],
    ],
    ids=["every pulse twice", "some pulses twice", "held up, then a burst", "held up, then a slow burst"],
)
def test_doubles_and_bursts_count_once(spoil: Callable[[list[float]], list[float]]) -> None:
    follower, times = Follower(), pulses([120] * 400)
    follower.start(0.0)
    for time in spoil(times):
        follower.pulse(time)
    assert follower.tick == 400
    assert follower.timeline is not None
    assert follower.timeline.time_at(399) == pytest.approx(times[-1], abs=0.001)


def test_pulses_before_start_teach_the_tempo() -> None:
    follower = Follower()
    for time in pulses([77] * 2 * BEAT):
        follower.pulse(time)
    assert (follower.timeline, follower.running, follower.tick) == (None, False, 0)
    assert follower.bpm == pytest.approx(77)
    follower.start(3.0)
    assert (follower.timeline, follower.running) == (None, True)
    follower.pulse(3.017)
    assert follower.timeline is not None
    assert follower.timeline.position(3.017) == pytest.approx(0, abs=1e-6)
    assert follower.timeline.bpm == pytest.approx(77)


PULSE, START, CONTINUE, STOP = "pulse", "start", "continue", "stop"


@pytest.mark.parametrize(
    ("score", "ticks"),
    [
        ([START, PULSE, PULSE], [None, 0, 1]),
        ([PULSE, PULSE, START, PULSE], [None, None, None, 0]),
        ([START, PULSE, PULSE, STOP, PULSE, CONTINUE, PULSE], [None, 0, 1, None, None, None, 2]),
        ([START, PULSE, PULSE, STOP, START, PULSE], [None, 0, 1, None, None, 0]),
        # Live: a Start at every jump, while it runs
        ([START, PULSE, PULSE, PULSE, START, PULSE], [None, 0, 1, 2, None, 0]),
        # Reaper: Stop and position, then Continue, also when it stands already
        ([STOP, 16, CONTINUE, PULSE, PULSE], [None, None, None, 96, 97]),
        ([START, PULSE, STOP, STOP, 0, START, PULSE], [None, 0, None, None, None, None, 0]),
        # Bitwig: the clock runs on while the song stands; position, Continue
        (
            [PULSE, PULSE, 4, PULSE, CONTINUE, PULSE, STOP, PULSE],
            [None, None, None, None, None, 24, None, None],
        ),
        # Start means the top, whatever position came before
        ([12, START, PULSE], [None, None, 0]),
    ],
)
def test_the_transport(score: list[str | int], ticks: list[int | None]) -> None:
    follower, reached = Follower(120), []
    for index, item in enumerate(score):
        now = 1 + index / 48
        match item:
            case "pulse":
                follower.pulse(now)
            case "start":
                follower.start(now)
            case "continue":
                follower.cont(now)
            case "stop":
                follower.stop(now)
            case int(step):
                follower.position(step, now)
        reached.append(None if follower.timeline is None else follower.timeline.tick_at(now))
    assert reached == ticks


def test_a_position_while_it_runs_is_the_next_pulse() -> None:
    times = pulses([120] * (BEAT + 2))
    follower, _ = follow(times[:BEAT])
    follower.position(8, times[BEAT - 1] + 0.010)
    assert follower.timeline is not None
    assert follower.timeline.tick_at(times[BEAT - 1] + 0.011) == 47
    assert follower.timeline.time_at(48) == pytest.approx(times[BEAT])
    for time in times[BEAT:]:
        follower.pulse(time)
    assert follower.timeline.time_at(49) == pytest.approx(times[BEAT + 1])


def test_the_downbeat_counts_even_on_the_heels_of_another_pulse() -> None:
    follower = Follower()
    times = pulses([120] * 2 * BEAT)
    for time in times:
        follower.pulse(time)
    follower.start(times[-1] + 0.001)
    for time in pulses([120] * BEAT, start=times[-1] + 0.002):
        follower.pulse(time)
        assert follower.timeline is not None
        assert follower.timeline.time_at(0) == pytest.approx(times[-1] + 0.002, abs=1e-6)
    assert follower.tick == BEAT


def test_a_clock_that_falls_silent_is_dead_after_two_seconds() -> None:
    follower = Follower()
    assert not follower.alive(0.0)
    follower.start(10.0)
    assert follower.alive(10.1)
    follower.pulse(11.0)
    assert follower.alive(13.0)
    assert not follower.alive(13.01)


@pytest.mark.parametrize("bpm", [5, 900])
def test_a_tempo_out_of_range_is_survived(bpm: float) -> None:
    follower, _ = follow(pulses([120] * BEAT + [bpm] * 4 * BEAT))
    assert 20 <= round(follower.bpm, 6) <= 400


def test_any_pulses_are_survived() -> None:
    noise, follower, now, tick = random.Random(9), Follower(), 0.0, 0
    follower.start(0.0)
    for _ in range(5000):
        now += noise.choice([0.0, 1e-4, 0.003, 0.02, 0.1, 0.6, 3.0]) * noise.random()
        follower.pulse(now)
        assert follower.timeline is not None
        assert 19.99 < follower.timeline.bpm < 400.01
        assert -BEAT <= follower.tick - tick <= BEAT + 2
        tick = follower.tick


@pytest.mark.parametrize(
    "holds",
    [
        [(4.2, 0.067)],
        [(171.1, 0.0636), (174.1, 0.0676)],
        [(200.1, 0.030), (201.6, 0.030)],
        [(200.1, 0.090)],
        *[[(at + 0.1 * k, 0.02 * k)] for at in (30, 100) for k in range(1, 9)],
    ],
)
def test_pulses_that_are_held_up_are_none_lost(holds: list[tuple[float, float]]) -> None:
    """holds: when, in pulses, and for how many seconds nothing arrives; what was held comes in a burst."""
    period, last = 60 / 120 / 24, -1.0
    follower = Follower(120)
    follower.start(-0.001)
    for k in range(400):
        time = k * period
        for at, seconds in holds:
            if at * period <= time < at * period + seconds:
                time = at * period + seconds
        last = max(time, last + 2e-5)
        follower.pulse(last)
    assert follower.tick == 400
    assert follower.timeline is not None
    assert follower.timeline.time_at(400) == pytest.approx(400 * period, abs=0.001)


@pytest.mark.parametrize("stood", [0.3, 0.7, 1.4, 2.3, 4.5])
@pytest.mark.parametrize("every", [20, 61])
@pytest.mark.parametrize("jitter", [0.0, 0.0005])
def test_a_clock_that_stumbles_loses_no_pulse(stood: float, every: int, jitter: float) -> None:
    """As a DAW's does whose audio stumbles: for so many periods nothing comes, and then all that was due
    comes in time, later than it would have by as much. Some of what is stood for is whole periods."""
    period, noise = 60 / 120 / 24, random.Random(3)
    follower, late = Follower(120), 0.0
    follower.start(-0.001)
    for k in range(800):
        if k >= 100 and k % every == 0:
            late += (round(stood + 0.5) if k % 7 == 0 else stood) * period
        follower.pulse(k * period + late + noise.gauss(0, jitter))
    assert follower.tick == 800
    assert follower.timeline is not None
    assert follower.timeline.time_at(800) == pytest.approx(800 * period + late, abs=0.004)


@pytest.mark.parametrize("known", [False, True], ids=["first pulses", "after Start"])
@pytest.mark.parametrize("bpm", [60, 120, 180])
@pytest.mark.parametrize("seconds", [0.02, 0.04, 0.06, 0.1, 0.15, 0.3, 0.45, 0.9])
def test_pulses_held_up_at_the_beginning_are_none_lost(known: bool, bpm: float, seconds: float) -> None:
    """Whenever in the first half beat: a band that is a tick off would stay so."""
    period = 60 / bpm / BEAT
    for at in (0.1 + 1.7 * k for k in range(8)):
        follower, last = Follower(), -1.0
        for tick in range(-24 if known else 0, 200):
            if tick == 0:
                follower.start(last + 1e-5)
            time = tick * period
            if at * period <= time < at * period + seconds:
                time = at * period + seconds
            last = max(time, last + 2e-5)
            follower.pulse(last)
        assert follower.tick == 200, f"held up {at} pulses after the first"
        assert follower.timeline is not None
        assert follower.timeline.time_at(200) == pytest.approx(200 * period, abs=0.002)
