"""The band measured on this machine: `bandmate play` as a process of its own, played to and heard through
real ports."""

from __future__ import annotations

import math
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bandmate.bridge.clock import now
from bandmate.bridge.events import Pulse
from bandmate.daemon.errors import SelftestError
from bandmate.daemon.selftest import exercise
from bandmate.daemon.selftest.exercise import Timed
from bandmate.daemon.selftest.lateness import Run, Tally, percentiles, phases
from bandmate.daemon.selftest.partner import Partner
from bandmate.daemon.selftest.verdict import Figures
from bandmate.daemon.stage import priority, trace
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf

OURS = ("bandmate in", "bandmate out")
WAIT = 120.0
LOOK_EVERY = 0.05
LEAD_IN = 0.5
FOUND = 8
"""Beats that a clock follower may take to find a tempo that it never heard of."""


@dataclass(frozen=True)
class Order:
    """What to measure: minutes of playing with a preset at a tempo; in_port and out_port are loops that both
    sides open by name, where a program can't make ports of its own."""

    minutes: float
    preset: str
    tempo: float
    in_port: str | None = None
    out_port: str | None = None


@dataclass(frozen=True)
class Usage:
    """What a process took while it played: seconds of CPU a second, MB, and whether it had real-time
    priority (None: unknown)."""

    cpu: float
    memory: float
    realtime: bool | None


def run(order: Order) -> Figures:
    """Play, listen and count. Raises SelftestError, or PortError where there is no MIDI."""
    hop = Shelf(folder("presets")).get(order.preset).hop
    partner = Partner()
    try:
        with tempfile.TemporaryDirectory() as name:
            _alone(partner, order)
            record, origin, sent, usage = _perform(partner, order, Path(name))
        return _figures(order, hop, partner, record, origin, sent, usage)
    finally:
        partner.close()


def resident(process: psutil.Process) -> float:
    """MB in memory, without what JACK's server shares with every client."""
    total = process.memory_info().rss
    if sys.platform == "linux":
        total -= sum(each.rss for each in process.memory_maps() if each.path.startswith("/dev/shm/jack"))
    return float(total) / 1e6


def _alone(partner: Partner, order: Order) -> None:
    """Another band's ports have the same names."""
    names = partner.names()
    there = [name for name in (*names.inputs, *names.outputs) if any(ours in name for ours in OURS)]
    if there and order.in_port is None:
        raise SelftestError(f"there is '{there[0]}' already; end the bandmate that plays, then test again")


def _perform(partner: Partner, order: Order, place: Path) -> tuple[trace.Record, float, list[Timed], Usage]:
    """The performance: its trace, when the first pulse was due, what was sent, what it took."""
    beats = max(round(order.minutes * order.tempo), FOUND + 4)
    lead = LEAD_IN
    score = exercise.merge(
        exercise.pulses(order.tempo, beats, lead),
        [Timed(lead + at, event) for at, event in exercise.tune(order.tempo, 60 * beats / order.tempo)],
    )
    file = place / "trace.tsv"
    with _daemon(order, place, file) as process:
        hears, plays = _ports(partner, process, order, place)
        partner.listen(plays)
        seen = psutil.Process(process.pid)
        began, cpu = now(), sum(seen.cpu_times()[:2])
        origin, sent = partner.play(hears, score, lambda: process.poll() is not None)
        if process.poll() is not None:
            raise SelftestError(f"the band ended by itself: {_words(place)}")
        share = (sum(seen.cpu_times()[:2]) - cpu) / (now() - began)
        realtime = None
        if sys.platform == "linux":
            realtime = any(priority.claimed(thread.id) for thread in seen.threads())
        usage = Usage(share, resident(seen), realtime)
    if not file.exists():
        raise SelftestError(f"the band left no trace: {_words(place)}")
    return trace.read(file), origin + lead, sent, usage


@contextmanager
def _daemon(order: Order, place: Path, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A band of its own, with the user's presets and models and nothing else of theirs, until the end."""
    home = place / "home"
    for name in ("presets", "models"):
        if folder(name).is_dir():
            shutil.copytree(folder(name), home / name)
    flags = ["--preset", order.preset, "--tempo", str(order.tempo), "--no-record", "--seed", "1"]
    for flag, port in (("--in", order.in_port), ("--out", order.out_port)):
        flags += [flag, port] if port is not None else []
    line = [sys.executable, "-m", "bandmate.daemon", "play", *flags, "--trace", str(file)]
    environment = {**os.environ, "BANDMATE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    environment.pop("NOTIFY_SOCKET", None)
    group = 0
    if sys.platform == "win32":
        group = subprocess.CREATE_NEW_PROCESS_GROUP
    with (place / "said.txt").open("wb") as said:
        process = subprocess.Popen(line, env=environment, stdout=said, stderr=said, creationflags=group)
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a band as a user does, and after 15 s as nobody should."""
    wanted = signal.SIGINT
    if sys.platform == "win32":
        wanted = signal.CTRL_BREAK_EVENT
    if process.poll() is None:
        process.send_signal(wanted)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ports(partner: Partner, process: subprocess.Popen[bytes], order: Order, place: Path) -> tuple[str, str]:
    """The ports by which the band hears and plays, when it is ready."""
    hears, plays = order.in_port or OURS[0], order.out_port or OURS[1]
    deadline = now() + WAIT
    while "is ready" not in _words(place):
        if process.poll() is not None:
            raise SelftestError(f"the band does not start: {_words(place)}")
        if now() > deadline:
            raise SelftestError(f"the band was not ready within {WAIT:.0f} s")
        threading.Event().wait(LOOK_EVERY)
    return hears, plays


def _words(place: Path) -> str:
    """What the band said."""
    said = (place / "said.txt").read_text(encoding="utf-8", errors="replace")
    return " ".join(said.split()) or "it said nothing"


def _figures(
    order: Order,
    hop: int,
    partner: Partner,
    record: trace.Record,
    first: float,
    sent: list[Timed],
    usage: Usage,
) -> Figures:
    beat = 60 / order.tempo
    pulses = [timed.at for timed in sent if isinstance(timed.event, Pulse)]
    own = [1000 * (at - first - k * beat / exercise.PULSES) for k, at in enumerate(pulses)]
    tally = Tally()
    heard = list(partner.heard)
    tally.add(Run(record.sent, heard, sent[0].at, sent[-1].at))
    late = tally.figures()
    left = percentiles(tally.left)
    phase = [1000 * each for each in phases(heard, first, beat, range(FOUND, len(pulses) // 24))]
    offset = statistics.median(phase) if phase else math.nan
    spread = percentiles([abs(each - offset) for each in phase])
    inference = percentiles([1000 * each.seconds for each in record.decisions])
    return Figures(
        system=partner.system,
        cores=os.cpu_count() or 1,
        minutes=order.minutes,
        preset=order.preset,
        tempo=order.tempo,
        noteons=int(late["noteons"]),
        late_p50_ms=late["p50"],
        late_p95_ms=late["p95"],
        late_p99_ms=late["p99"],
        late_max_ms=late["max"],
        sent_p50_ms=left[0],
        sent_p95_ms=left[1],
        sent_p99_ms=left[2],
        sent_max_ms=left[3],
        lost=int(late["lost"]),
        strange=int(late["strange"]),
        clock_notes=len(phase),
        clock_offset_ms=offset,
        clock_p50_ms=spread[0],
        clock_p95_ms=spread[1],
        clock_p99_ms=spread[2],
        clock_max_ms=spread[3],
        clock_own_p99_ms=percentiles(own, (0.99,))[0],
        clock_own_max_ms=max(own, default=math.nan),
        decisions=len(record.decisions),
        inference_p50_ms=inference[0],
        inference_p95_ms=inference[1],
        inference_p99_ms=inference[2],
        inference_max_ms=inference[3],
        late_answers=record.late,
        dropped_notes=record.dropped,
        lead_ms=1000 * record.decisions[-1].lead if record.decisions else math.nan,
        hop_ms=1000 * beat * hop / 4,
        cpu_share=usage.cpu,
        memory_mb=usage.memory,
        machine_mb=psutil.virtual_memory().total / 1e6,
        realtime=usage.realtime,
    )
