"""Hours of playing: whether the band drifts, grows, or plays a note late.

    python tests/bench/long.py [--hours 8] [--preset pop | --toys] [--clock midi | internal] [--take]
    python tests/bench/long.py --real 20 [--preset pop]

The first runs the engine with a preset's models in virtual time, to a MIDI clock whose pulses jitter by
1 ms (or to its own clock), with a tune that the player repeats with changes. Drift is how far the band's
beats lie from those of the clock that has no jitter, in the last ten minutes as in the first ten. With --take
the performance is recorded, and a take grows with what it holds. The second runs `bandmate play` on a JACK
server of its own for minutes of real time. Memory (RSS) is compared with what it was after ten minutes, of
real runs of less than twenty after half. The exit status is 1 where a target is missed: growth under 1 %,
no note struck late (30 ms), drift under 5 ms.
"""

from __future__ import annotations

import argparse
import gc
import heapq
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[:2]]

import psutil
import toys
from hall import Deed, Hall
from jackclient import Device, Playing, sounding, struck, until
from playing import server

from bandmate.bridge.clock import now
from bandmate.bridge.events import Event, NoteOff, NoteOn, Pulse, Start
from bandmate.daemon.answering import loading
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Request
from bandmate.daemon.clock.source import Clock
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.sending.takes import Take
from bandmate.daemon.stage import trace as traces
from bandmate.models.catalogue import Catalogue
from bandmate.models.generator import Ear, Generator
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

BPM = 120.0
BEAT, PULSE = 60 / BPM, 60 / BPM / 24
JITTER = 0.001
SCALE = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76)
TEN_MINUTES = 600.0
Happening = tuple[float, Callable[[], None]]


def mib(process: psutil.Process | None = None) -> float:
    """The resident memory of a process, or of this one."""
    if process is None:
        gc.collect()
    return float((process or psutil.Process()).memory_info().rss) / 2**20


def accompanist(preset: Preset, *, toy: bool) -> Accompanist:
    """Who plays a preset."""
    if not toy:
        return loading.accompanist(Catalogue(Path("nowhere")), preset)
    parts = tuple(part.name for part in preset.parts)
    return Accompanist(
        preset.name, Ear(toys.ear(), "toy-ear.onnx"), Generator(toys.generator(parts), "toy.onnx")
    )


def player(deliver: Callable[[Event], None], seconds: float, dice: random.Random) -> Iterator[Happening]:
    """A note every beat; of eight bars that return, every fourth note is another each time."""
    tune = [dice.choice(SCALE) for _ in range(32)]
    for beat in range(1, int(seconds / BEAT)):
        pitch = dice.choice(SCALE) if beat % 4 == 3 else tune[beat % 32]
        yield beat * BEAT + 0.004, lambda pitch=pitch: deliver(NoteOn(1, pitch, 80))  # type: ignore[misc]
        yield (beat + 0.9) * BEAT, lambda pitch=pitch: deliver(NoteOff(1, pitch))  # type: ignore[misc]


def clock(deliver: Callable[[Event], None], seconds: float, dice: random.Random) -> Iterator[Happening]:
    """Start, and pulses that come up to some ms early or late."""
    yield 0.0, lambda: deliver(Start())
    for pulse in range(int(seconds / PULSE)):
        yield max(pulse * PULSE + dice.gauss(0, JITTER), 0.0), lambda: deliver(Pulse())


def merged(left: Iterator[Happening], right: Iterator[Happening]) -> Iterator[Happening]:
    """Both, by time; neither is held in memory."""
    return heapq.merge(left, right, key=lambda each: each[0])


class Long:
    """One performance in virtual time, and what is measured of it."""

    def __init__(self, preset: Preset, *, toy: bool, clock: Clock, take: bool) -> None:
        player = accompanist(preset, toy=toy)
        recorded = Take([(part.name, part.channel, part.program) for part in preset.parts]) if take else None
        settings = Settings(clock=clock, bpm=BPM)

        def act(request: Request) -> Deed:
            answer = player.answer(request)
            return Deed(0.01, answer)

        self.hall = Hall(Engine(preset, settings, recorded, "long"), act, "long")
        self.hall.sent = []
        self.off: list[float] = []
        self.memory: list[tuple[float, float]] = []
        self._seconds = 0.0

    def run(self, seconds: float, dice: random.Random, *, pulses: bool) -> None:
        """Play for so many seconds of the performance."""

        def deliver(event: Event) -> None:
            self.hall.podium.receive(event, self.hall.time.now)

        happenings = player(deliver, seconds, dice)
        if pulses:
            happenings = merged(clock(deliver, seconds, dice), happenings)
        begin = time.perf_counter()
        for happening in happenings:
            self.hall.run([happening])
            if self.hall.time.now - self._seconds >= 60:
                self._look(time.perf_counter() - begin)
        self._look(time.perf_counter() - begin)
        self.hall.stop()

    def _look(self, took: float) -> None:
        """Once a minute: how far the beats lay off, and how much memory there is."""
        sent, self.hall.sent = self.hall.sent or [], []
        first = 0.0 if self.hall.podium.engine.transport.steady else BEAT + 0.004
        offs = [
            (at - first) / BEAT - round((at - first) / BEAT)
            for at, event in sent
            if isinstance(event, NoteOn)
        ]
        # Notes between the beats lie a 16th off or more.
        near = [1000 * BEAT * off for off in offs if abs(off) < 0.1]
        self.off.append(statistics.fmean(near) if near else 0.0)
        self._seconds = self.hall.time.now
        self.memory.append((self._seconds, mib()))
        if len(self.memory) % 30 == 1:
            print(
                f"{self._seconds / 3600:5.2f} h: {self.memory[-1][1]:.1f} MiB, beats {self.off[-1]:+.2f} ms, "
                f"{self.hall.synth.struck} notes, {took:.0f} s",
                flush=True,
            )


def virtual(asked: argparse.Namespace) -> bool:
    """Hours in virtual time; whether all targets were met."""
    preset = Shelf(None).get(asked.preset)
    long = Long(preset, toy=asked.toys, clock=Clock(asked.clock), take=asked.take)
    begin = time.perf_counter()
    long.run(asked.hours * 3600, random.Random(asked.seed), pulses=asked.clock != "internal")
    took = time.perf_counter() - begin
    early = next((mib for at, mib in long.memory if at >= TEN_MINUTES), long.memory[0][1])
    growth = long.memory[-1][1] / early - 1
    drift = statistics.fmean(long.off[-10:]) - statistics.fmean(long.off[:10])
    hall, late = long.hall, long.hall.late
    print(
        f"{asked.hours:g} h of {'toys' if asked.toys else preset.name} in {took:.0f} s: {hall.synth.struck} "
        f"notes, latest {1000 * late:.1f} ms, {hall.podium.engine.band.desk.dropped} dropped, "
        f"{hall.synth.sounding.total()} hanging; drift {drift:+.3f} ms; "
        f"memory {early:.1f} MiB after 10 minutes, {long.memory[-1][1]:.1f} at the end ({growth:+.2%})"
    )
    return growth < 0.01 and late <= 0.03 and abs(drift) < 5 and not hall.synth.sounding


def real(asked: argparse.Namespace) -> bool:
    """Minutes in real time on JACK; whether all targets were met."""
    dice, memory = random.Random(asked.seed), []
    with tempfile.TemporaryDirectory() as home, server():
        os.environ["BANDMATE_HOME"] = home
        trace = Path(home) / "trace.tsv"
        synth, keys = Device("Synth"), Device("Keys")
        flags = ["--preset", asked.preset, "--clock", "internal", "--tempo", str(BPM), "--in", "Keys"]
        band = Playing(
            *flags, "--out", "Synth", "--no-record", *(["--trace", str(trace)] if asked.trace else [])
        )
        if not band.says("is ready", timeout=60):
            sys.exit("\n".join(band.said))
        process, begin = psutil.Process(band.process.pid), now()
        used = sum(process.cpu_times()[:2])
        for at, deed in player(keys.send, asked.real * 60, dice):
            until(lambda: False, max(begin + at - now(), 0))
            deed()
            if band.process.poll() is not None:
                sys.exit("the band ended by itself\n" + "\n".join(band.said))
            if at >= 60 * len(memory):
                memory.append(mib(process))
                synth.heard[:] = [NoteOn(c, p, 1) for c, p in sounding(synth.heard)]
        memory.append(mib(process))
        share = (sum(process.cpu_times()[:2]) - used) / (now() - begin)
        heard = struck(synth.heard)
        band.end()
        until(lambda: not sounding(synth.heard), 3)
        hanging = len(sounding(synth.heard))
        record = traces.read(trace) if asked.trace else None
        for device in (synth, keys):
            device.unplug()
    early = memory[10] if len(memory) > 20 else memory[len(memory) // 2]
    growth = memory[-1] / early - 1
    notes = [line for line in record.sent if isinstance(line.event, NoteOn)] if record else []
    latest = max((line.sent - line.due for line in notes), default=0.0)
    print(
        f"{asked.real:g} min of {asked.preset} on JACK: {len(notes) or heard} notes, {hanging} hanging, "
        f"latest {1000 * latest:.1f} ms, {record.dropped if record else '?'} dropped; "
        f"memory {early:.1f} MiB, at the end {memory[-1]:.1f} ({growth:+.2%}); {share:.0%} of one core"
    )
    for line in band.said[1:]:
        print(f"  said: {line}")
    return growth < 0.01 and latest <= 0.03 and not hanging


def main() -> None:
    """Play on and on, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=8)
    parser.add_argument("--real", type=float, help="minutes in real time on JACK")
    parser.add_argument("--preset", default="pop")
    parser.add_argument("--toys", action="store_true", help="toy models in its place, in virtual time")
    parser.add_argument("--clock", choices=("midi", "internal"), default="midi")
    parser.add_argument("--take", action="store_true", help="record it, in virtual time")
    parser.add_argument(
        "--no-trace", dest="trace", action="store_false", help="real: time no note (a trace grows)"
    )
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(0 if (virtual(asked) if asked.real is None else real(asked)) else 1)


if __name__ == "__main__":
    main()
