"""How late note-ons leave, against their own schedule, as another JACK client hears them.

    python tests/bench/timing.py [--minutes 3] [--rounds 1] [--json FILE]

A round plays a tune to `bandmate play` (inference every beat) and captures the band; then a plain mido player
plays the very same events, captured in the same way. Lateness is arrival less due time, so it holds the
JACK period too (0 to 1.33 ms). Targets: p99 of the daemon at most 3 ms and at most 1.5 times that of the
plain player, and no note-on lost. The exit status is 1 if one is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import mido
import playing
from jackclient import Client

from bandmate.bridge import codec
from bandmate.bridge.clock import now
from bandmate.daemon.selftest.exercise import tune
from bandmate.daemon.selftest.lateness import Run, Tally
from bandmate.daemon.stage import trace as traces
from bandmate.daemon.stage.trace import Sent


def play_daemon(options: argparse.Namespace, seconds: float, folder: Path) -> Run:
    """Play the tune to the daemon, and listen."""
    trace = folder / "daemon.tsv"
    trace.unlink(missing_ok=True)
    arguments = ["--preset", options.preset, "--clock", "internal", "--tempo", str(options.tempo)]
    arguments += ["--trace", str(trace), "--no-record", "--seed", "1"]
    client = Client("bench")
    with playing.daemon(playing.command(options.command, arguments)) as process:
        playing.await_port(process, lambda: client.sees("bandmate in"))
        client.listen_to("bandmate out")
        client.play_to("bandmate in")
        first = now()
        client.play(tune(options.tempo, seconds))
        last = now()
    client.close()
    return Run(traces.read(trace).sent, client.captured, first, last)


def play_plain(run: Run, folder: Path) -> Run:
    """Play what the daemon played with a plain mido player, and listen."""
    song, trace = folder / "band.mid", folder / "plain.tsv"
    write_song([line for line in run.trace if run.first <= line.sent <= run.last], song)
    script = Path(__file__).with_name("plainplayer.py")
    line = [sys.executable, str(script), str(song), str(trace)]
    client = Client("bench")
    with subprocess.Popen(line, stdin=subprocess.PIPE) as player:
        client.listen_to("plain out", 30)
        player.communicate(b"go\n")
    client.close()
    return Run(traces.read(trace).sent, client.captured, 0.0, float("inf"))


def write_song(score: Sequence[Sent], path: Path) -> None:
    """Write events at their due times as a MIDI file of one track; a tick is 52 µs."""
    song = mido.MidiFile(type=0, ticks_per_beat=9600)
    track = song.add_track()
    origin, ticks = score[0].due, 0
    for due, _, event in sorted(score, key=lambda line: line.due):
        tick = round((due - origin) * 19200)
        message = codec.to_message(event)
        message.time = tick - ticks
        track.append(message)
        ticks = tick
    song.save(path)


def main() -> int:
    """Play, print the table, and return 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=3.0, help="of each player in each round")
    parser.add_argument("--rounds", type=int, default=1, help="daemon and plain player in turn")
    parser.add_argument("--preset", default="pop")
    parser.add_argument("--tempo", type=float, default=120.0)
    parser.add_argument("--command", help="what to run in place of this environment's `bandmate play`")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    tallies = {"daemon": Tally(), "plain": Tally()}
    with playing.server(), tempfile.TemporaryDirectory() as name:
        for _ in range(options.rounds):
            run = play_daemon(options, 60 * options.minutes, Path(name))
            tallies["daemon"].add(run)
            if not tallies["daemon"].left:
                sys.exit("The daemon sent no note while the tune was played.")
            tallies["plain"].add(play_plain(run, Path(name)))
    figures = {player: tally.figures() for player, tally in tallies.items()}
    playing.report(figures)
    daemon, plain = figures["daemon"], figures["plain"]
    ratio = daemon["p99"] / plain["p99"]
    kept = daemon["p99"] <= 3 and ratio <= 1.5 and daemon["lost"] == 0 and daemon["strange"] == 0
    print(f"daemon / plain, p99: {ratio:.2f}    targets {'met' if kept else 'MISSED'}")
    if options.json:
        options.json.write_text(json.dumps({**figures, "ratio": ratio, "met": kept}, indent=1) + "\n")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
