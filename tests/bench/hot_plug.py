"""How soon a port that was lost is played to again, what a killed band leaves sounding, what listing leaves.

A synthesizer on JACK is unplugged and plugged in again at random moments while the band plays to it; counted
are the seconds from when its port is there until it is told the first thing. Then the band is started again
and again, and ended by each signal at random moments: what sounds once the next is ready was left hanging.
Then ports are listed over and over while one is open.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[:2]]

from jackclient import Device, Playing, Server, sounding, until
from playing import server

from bandmate.bridge.clock import now
from bandmate.bridge.events import NoteOff, NoteOn
from bandmate.bridge.ports import Midi

FLAGS = ("--clock", "internal", "--tempo", "140", "--no-record", "--in", "Keys", "--out", "Synth")


def reconnections(losses: int, seed: int) -> list[float]:
    """The seconds that each return took; infinite where nothing was heard within 10 s."""
    dice, took = random.Random(seed), []
    synth, keys = Device("Synth"), Device("Keys")
    band = Playing(*FLAGS)
    if not band.says("is ready"):
        sys.exit("\n".join(band.said))
    keys.send(NoteOn(1, 67, 100))
    for _ in range(losses):
        until(lambda: False, dice.uniform(0.2, 1.5))
        synth.unplug()
        # Half of them are back before the next look.
        until(lambda: False, dice.choice((dice.uniform(0.01, 0.4), dice.uniform(0.5, 2))))
        synth = Device("Synth")
        begin = now()
        back = until(lambda: bool(synth.heard), 10)  # noqa: B023
        took.append(now() - begin if back else float("inf"))
        if not back:
            print("\n".join(band.said[-4:]))
    band.end()
    for device in (synth, keys):
        device.unplug()
    return took


def kills(starts: int, seed: int, running: Server) -> int:
    """How many notes hang, in all, after starts that follow an end by any signal at any moment."""
    dice, hanging = random.Random(seed), 0
    synth, keys = Device("Synth"), Device("Keys")
    how = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for _ in range(starts):
        band = Playing(*FLAGS)
        if not band.says("is ready", timeout=60):
            sys.exit("\n".join(band.said))
        until(lambda: not sounding(synth.heard), 1)
        hanging += len(sounding(synth.heard))
        synth.heard.clear()
        keys.send(NoteOn(1, 67, 100))
        until(lambda: False, dice.uniform(0, 3))
        keys.send(NoteOff(1, 67))
        band.end(dice.choice(how), timeout=30)
        # JACK stands still for some seconds when a client was killed, and refuses others meanwhile.
        running.clients()
    band = Playing(*FLAGS)
    band.says("is ready", timeout=60)
    until(lambda: not sounding(synth.heard), 1)
    hanging += len(sounding(synth.heard))
    band.end()
    for device in (synth, keys):
        device.unplug()
    return hanging


def polls(number: int, running: Server) -> dict[str, int]:
    """What is there more after so many listings: clients, files, threads, and KiB of memory."""
    midi = Midi()
    port = midi.open_output(None)

    def state() -> dict[str, int]:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return {
            "clients": len(running.clients()),
            "files": len(os.listdir("/proc/self/fd")),
            "threads": len(os.listdir("/proc/self/task")),
            "KiB": pages * os.sysconf("SC_PAGE_SIZE") // 1024,
        }

    for _ in range(100):
        midi.names()
    before = state()
    for _ in range(number):
        midi.names()
    after = state()
    port.close()
    midi.close()
    return {key: after[key] - before[key] for key in before}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--losses", type=int, default=20)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--polls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, server(sync=False) as running:
        os.environ["BANDMATE_HOME"] = home
        took = sorted(reconnections(asked.losses, asked.seed))
        within, middle = sum(each <= 2 for each in took), took[len(took) // 2]
        print(f"back within 2 s: {within} of {len(took)}; median {middle:.2f} s, worst {took[-1]:.2f} s")
        hanging = kills(asked.starts, asked.seed, running)
        print(f"left hanging after {asked.starts} ends by any signal and a start: {hanging} notes")
        more = polls(asked.polls, running)
    listed = ", ".join(f"{count} more {what}" for what, count in more.items())
    print(f"after {asked.polls} listings: {listed}")
    if asked.json:
        asked.json.write_text(
            json.dumps({"seconds": took, "hanging": hanging, "more": more}), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
