"""How close our notes are to a clock whose pulses jitter and whose tempo changes, in virtual time.

    python tests/bench/follower.py [--isobar /path/to/python-with-isobar] [--seeds 8] [--json FILE]

Pulses arrive each early or late by a normal error, in order, and where it says USB at the next whole
millisecond. 16ths are struck when our timeline reaches them, and compared with when they were truly due.
Targets: their standard deviation at most a third of the pulses'; from two beats after a tempo change of 20 %
on, errors under 5 ms where pulses jitter by up to 1 ms; and at p95, in the same run with sudden changes, at
least 5 times closer than notes played by isobar on the same pulses. What has no limit beside it is told, and
not judged. The exit status is 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bandmate.bridge.events import Pulse, Start
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import Clock
from bandmate.daemon.clock.timeline import TICKS_PER_BEAT, TICKS_PER_STEP
from bandmate.daemon.clock.transport import Transport

PLAIN = Path(__file__).with_name("plain_isobar.py")
SETTLING = 8
"""Beats at the beginning that are not judged: a clock has to be heard before it can be known."""


def due(tempos: Sequence[float]) -> list[float]:
    """When pulses are due, each so long after the one before as its tempo says."""
    times, now = [], 0.0
    for bpm in tempos:
        times.append(now)
        now += 60 / TICKS_PER_BEAT / bpm
    return times


def beats(bpm: float, count: int) -> list[float]:
    """The tempo of each pulse of so many beats."""
    return [bpm] * count * TICKS_PER_BEAT


def ramp(begin: float, end: float, count: int) -> list[float]:
    """The same, from one tempo to another."""
    pulses = count * TICKS_PER_BEAT
    return [begin + (end - begin) * k / pulses for k in range(pulses)]


def arrive(times: Sequence[float], jitter: float, seed: int, frame: float = 0.0) -> list[float]:
    """When they arrive; frame: seconds, at whole ones of which they do."""
    noise, last, out = random.Random(seed), -math.inf, []
    for time in times:
        at = time + noise.gauss(0, jitter)
        last = max(math.ceil(at / frame) * frame if frame else at, last + 1e-5)
        out.append(last)
    return out


def ours(arrivals: Sequence[float]) -> list[float]:
    """When 16ths are struck by the timeline that each pulse leaves, until the next comes."""
    transport, struck, wanted = Transport(Clock.MIDI, 120, Metre()), [], 0
    transport.receive(Start(), arrivals[0] - 0.001)
    for now, following in zip(arrivals, [*arrivals[1:], math.inf], strict=True):
        transport.receive(Pulse(), now)
        line = transport.timeline
        assert line is not None
        while (at := max(line.time_at(wanted), now)) < following and wanted < len(arrivals):
            struck.append(at)
            wanted += TICKS_PER_STEP
    return struck


def errors(
    struck: Sequence[float], times: Sequence[float], first: int, last: int | None = None
) -> list[float]:
    """Struck less due, in ms, of the 16ths from one beat to another."""
    pairs = list(zip(struck, times[::TICKS_PER_STEP], strict=True))
    return [1000 * (a - b) for a, b in pairs[4 * first : None if last is None else 4 * last]]


def p95(values: Sequence[float]) -> float:
    """The size that 95 of 100 do not exceed."""
    return sorted(map(abs, values))[math.ceil(0.95 * len(values)) - 1]


def jitter(seeds: int) -> Iterator[tuple[str, float, float, bool]]:
    """Name, figure, limit, judged: how much less our notes jitter than the pulses."""
    for bpm in (60, 97.3, 120, 180, 240):
        for frame in (0.0, 0.001):
            notes, pulses = [], []
            for seed in range(seeds):
                times = due(beats(bpm, 128))
                arrivals = arrive(times, 0.003, seed, frame)
                notes += errors(ours(arrivals), times, SETTLING)
                pulses += errors(arrivals[::TICKS_PER_STEP], times, SETTLING)
            share = statistics.pstdev(notes) / statistics.pstdev(pulses)
            usb = ", USB" if frame else ""
            yield f"share of a jitter of 3 ms that is left, {bpm:g} bpm{usb}", share, 1 / 3, True
    off: list[float] = []
    for seed in range(seeds):
        times = due(beats(120, 1024))
        late = random.Random(-seed - 1)
        arrivals = [at + 0.02 * (late.random() < 0.005) for at in arrive(times, 0.001, seed)]
        off += errors(ours(sorted(arrivals)), times, SETTLING)
    yield "ms off at most, jitter 1 ms, one pulse in 200 late by 20 ms", max(map(abs, off)), 5.0, False


def change(seeds: int) -> Iterator[tuple[str, float, float, bool]]:
    """The largest error, in ms, from two beats after a new tempo to the eighth."""
    for before, after in ((120, 144), (120, 96), (180, 144), (70, 84)):
        for spread in (0, 1, 3):
            worst = 0.0
            for seed in range(seeds):
                times = due(beats(before, 32) + beats(after, 16))
                struck = ours(arrive(times, spread / 1000, seed))
                worst = max(worst, *map(abs, errors(struck, times, 34, 40)))
            name = f"ms off, beats 2 to 8 after {before} to {after} bpm, jitter {spread} ms"
            yield name, worst, 5.0, spread <= 1
    for end in (144, 96, 60):
        for spread in (0, 1):
            off: list[float] = []
            for seed in range(seeds):
                times = due(beats(120, 16) + ramp(120, end, 8) + beats(end, 8))
                off += errors(ours(arrive(times, spread / 1000, seed)), times, 16)
            yield f"ms off at p95, in 8 beats from 120 to {end} bpm, jitter {spread} ms", p95(off), 5.0, False


SONGS = {
    "the song of three tempos": beats(120, 64) + beats(144, 64) + beats(115.2, 64) + beats(120, 64),
    "the same with ramps": beats(120, 64) + ramp(120, 144, 16) + beats(144, 64) + ramp(144, 120, 16),
}
JUDGED = "the song of three tempos"


def isobar(python: str, seeds: int) -> Iterator[tuple[str, float, float, bool]]:
    """What share of isobar's error is ours, at p95; the pulses jitter by 3 ms."""
    for song, tempos in SONGS.items():
        mine: list[float] = []
        theirs: list[float] = []
        for seed in range(seeds):
            times = due(tempos)
            arrivals = json.dumps(arrive(times, 0.003, seed))
            done = subprocess.run([python, str(PLAIN)], input=arrivals, stdout=subprocess.PIPE, text=True)
            done.check_returncode()
            mine += errors(ours(json.loads(arrivals)), times, SETTLING)
            theirs += errors(json.loads(done.stdout)[: len(times) // TICKS_PER_STEP], times, SETTLING)
        print(f"{song}: ours p95 {p95(mine):.2f} ms, isobar p95 {p95(theirs):.2f} ms")
        yield f"share of isobar's error at p95, {song}", p95(mine) / p95(theirs), 0.2, song == JUDGED


def main() -> int:
    """Measure, print a line each, and return 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--isobar", metavar="PYTHON", help="an interpreter with isobar installed")
    parser.add_argument("--seeds", type=int, default=8, help="runs of each")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    said = parser.parse_args()
    rows = [*jitter(said.seeds), *change(said.seeds)]
    if said.isobar:
        rows += isobar(said.isobar, said.seeds)
    missed = 0
    for name, figure, limit, judged in rows:
        verdict = ("kept" if figure <= limit else "MISSED") if judged else ""
        missed += verdict == "MISSED"
        print(f"{name:75} {figure:8.3f} {f'<= {limit:.3f}' if judged else '':>10} {verdict}")
    if said.json:
        said.json.write_text(json.dumps({name: figure for name, figure, _, _ in rows}, indent=1) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
