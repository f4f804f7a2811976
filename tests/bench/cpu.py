"""How much of a core playing takes, and where it goes.

    python tests/bench/cpu.py [--minutes 1] [--preset pop] [--tempo 120] [--profile FILE] [--json FILE]

A tune of quavers is played to `bandmate play` on a JACK server of its own. User and system time of the daemon
are told as a share of one core; and beside them what it takes while nobody plays. --profile: py-spy's samples
of a minute of its own, as a flame graph, or as raw text if the name ends in .txt. Target: at most 15 % of a
core while playing. The exit status is 1 if it is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from threading import Event

import playing
import psutil
from jackclient import Client

from bandmate.bridge.clock import now
from bandmate.daemon.selftest.exercise import tune

LIMIT = 15.0
IDLE = 20.0


def spent(process: psutil.Process) -> float:
    """Seconds of work so far, user's and system's."""
    times = process.cpu_times()
    return float(times.user + times.system)


def measure(options: argparse.Namespace) -> dict[str, float]:
    """Play, and return the shares while nobody plays and while somebody does."""
    arguments = ["--preset", options.preset, "--clock", "internal", "--tempo", str(options.tempo)]
    client = Client("bench")
    with playing.daemon(playing.command(options.command, [*arguments, "--seed", "1"])) as daemon:
        playing.await_port(daemon, lambda: client.sees("bandmate in"))
        client.listen_to("bandmate out")
        client.play_to("bandmate in")
        process = psutil.Process(daemon.pid)
        Event().wait(5)  # all presets are loaded meanwhile
        work, begin = spent(process), now()
        Event().wait(IDLE)
        silent = 100 * (spent(process) - work) / (now() - begin)
        client.play(tune(options.tempo, 10))  # the band has come in
        work, begin = spent(process), now()
        client.play(tune(options.tempo, 60 * options.minutes))
        busy = 100 * (spent(process) - work) / (now() - begin)
        if options.profile:
            profile(daemon.pid, options, client)
        if not client.captured:
            sys.exit("The daemon sent nothing while the tune was played.")
    client.close()
    return {"silent": silent, "playing": busy}


def profile(pid: int, options: argparse.Namespace, client: Client) -> None:
    """A minute of samples while the tune is played."""
    kind = "raw" if options.profile.suffix == ".txt" else "flamegraph"
    line = [
        str(Path(sys.executable).with_name("py-spy")),
        "record",
        "--pid",
        str(pid),
        "--duration",
        "60",
        "--format",
        kind,
        "--threads",
        "--native",
    ]
    with subprocess.Popen([*line, "--output", str(options.profile)]):
        client.play(tune(options.tempo, 62))


def main() -> int:
    """Measure, print, and return 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--preset", default="pop")
    parser.add_argument("--tempo", type=float, default=120.0)
    parser.add_argument("--command", help="what to run in place of this environment's `bandmate play`")
    parser.add_argument("--profile", type=Path, help="where py-spy's samples go (pip install py-spy)")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    with playing.server():
        figures = measure(options)
    for when, share in figures.items():
        print(f"{when:10} {share:6.2f} % of a core")
    met = figures["playing"] <= LIMIT
    print(f"target {'met' if met else 'MISSED'}: at most {LIMIT:.0f} % of a core while playing")
    if options.json:
        options.json.write_text(json.dumps({"figures": figures, "met": met}, indent=1) + "\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
