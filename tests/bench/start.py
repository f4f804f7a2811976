"""How soon `bandmate play` has its ports open, and how much memory it takes while it plays.

    python tests/bench/start.py [--starts 5] [--seconds 30] [--json FILE]

Targets: ports open within 1.5 s of the start of the process, and at most 200 MB resident after 30 s of
playing. The JACK server's shared memory, which every client maps whole and which is there without us, is
counted apart. The exit status is 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

import playing
import psutil
import rtmidi
from jackclient import Client

from bandmate.bridge.clock import now
from bandmate.daemon.selftest.exercise import tune


def start_time(line: list[str]) -> float:
    """Return the seconds from the start of the process until both its ports are listed."""
    inputs = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="bench inputs")
    outputs = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="bench outputs")

    def listed() -> bool:
        hears = any("bandmate in" in name for name in outputs.get_ports())
        return hears and any("bandmate out" in name for name in inputs.get_ports())

    started = now()
    with playing.daemon(line) as process:
        playing.await_port(process, listed)
        taken = now() - started
    for client in (inputs, outputs):
        client.delete()
    return taken


def memory(line: list[str], seconds: float, tempo: float) -> tuple[float, float]:
    """Return the MB resident in the daemon and its children after `seconds` of playing, without and of JACK's
    shared memory."""
    client = Client("bench")
    with playing.daemon(line) as process:
        playing.await_port(process, lambda: client.sees("bandmate in"))
        client.play_to("bandmate in")
        client.play(tune(tempo, seconds))
        root = psutil.Process(process.pid)
        maps = [m for each in [root, *root.children(recursive=True)] for m in each.memory_maps()]
        shared = sum(m.rss for m in maps if m.path.startswith("/dev/shm/jack-"))
        total = sum(m.rss for m in maps)
    client.close()
    return (total - shared) / 1e6, shared / 1e6


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--starts", type=int, default=5, help="how often to start")
    parser.add_argument("--seconds", type=float, default=30.0, help="to play before memory is read")
    parser.add_argument("--preset", default="pop")
    parser.add_argument("--tempo", type=float, default=120.0)
    parser.add_argument("--command", help="what to run in place of this environment's `bandmate play`")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    arguments = ["--preset", options.preset, "--clock", "internal", "--tempo", str(options.tempo)]
    line = playing.command(options.command, [*arguments, "--no-record", "--seed", "1"])
    with playing.server():
        starts = [start_time(line) for _ in range(options.starts)]
        megabytes, shared = memory(line, options.seconds, options.tempo)
    middle = statistics.median(starts)
    print(f"ports open after {middle:.2f} s: the median of {len(starts)}, the worst {max(starts):.2f} s")
    print(f"resident after {options.seconds:.0f} s: {megabytes:.0f} MB; JACK's shared memory {shared:.0f} MB")
    met = middle <= 1.5 and megabytes <= 200
    print(f"targets {'met' if met else 'MISSED'}")
    if options.json:
        figures = {"starts": starts, "median": middle, "megabytes": megabytes, "jack": shared, "met": met}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
