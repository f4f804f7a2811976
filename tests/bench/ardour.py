"""How near Ardour's 16ths the band plays, as Ardour records it while it is clock master.

    python tests/bench/ardour.py [--minutes 5] [--tempo 120] [--presets pop,symphony] [--json FILE]

JACK runs with 64 frames. A player hears Ardour's clock, plays a tune to `bandmate play` (inference every
beat) and asks for the next preset every 16 bars; presets that swing would leave the 16ths and can't be asked
for. Ardour records the band, and beside it the player's own plain clock follower, a note with every sixth
pulse as it comes. Lateness is the distance of a recorded note-on from the nearest 16th of Ardour's timeline,
less its median, which is the constant offset; Ardour writes times in 1920ths of a quarter note, 0.26 ms at
120 bpm. Targets for the band: p50 at most 1 ms, p99 at most 3 ms. The exit status is 1 if one is missed, and
2 where JACK lost more than a millisecond a second, so that Ardour's own time stood still: then nothing is
measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import playing
from ardourclient import STEPPED, Ardour, Player, Struck, lateness, program
from jackclient import Playing

from bandmate.daemon.selftest.lateness import percentiles
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

P50, P99 = 1.0, 3.0
SLOWEST = 0.001


def chosen(names: str) -> list[Preset]:
    """The presets of these names; the benchmark ends if one swings."""
    shelf = Shelf(None)
    presets = [shelf.get(name) for name in names.split(",")]
    for preset in presets:
        if preset.swing != 0.5:
            sys.exit(f"{preset.name} swings: its notes are not meant for the 16ths.")
    return presets


class Heard(NamedTuple):
    """What Ardour recorded of the band and of the plain follower; cycles that JACK lost, and by what share
    that made Ardour slower than real time."""

    band: list[Struck]
    plain: list[Struck]
    xruns: int
    slow: float


def record(presets: list[Preset], tempo: float, minutes: float, folder: Path) -> Heard:
    """Play, and have it recorded."""
    os.environ["BANDMATE_HOME"] = str(folder / "home")
    band = Playing("--preset", presets[0].name, "--clock", "midi", "--seed", "1", "--no-record")
    if not band.says("is ready"):
        sys.exit(f"The daemon opened no port within 20 s: {band.said}")
    channels = sorted({part.channel for preset in presets for part in preset.parts})
    player = Player([preset.program for preset in presets], every=16)
    tracks = [(f"channel {channel}", channel, "bandmate out") for channel in channels]
    ardour = Ardour(folder, [*tracks, ("plain", STEPPED, "stepped out")])
    try:
        ardour.tempo(tempo)
        ardour.send_clock("bandmate in")
        player.follow("bandmate in")
        take = ardour.take(0, round(minutes * tempo))
        xruns, (slow,) = ardour.xruns, player.slowness([tempo])
    finally:
        ardour.close()
        band.end()
        player.close()
    plain = take.pop("plain", [])
    return Heard([note for notes in take.values() for note in notes], plain, xruns, slow)


def figures(notes: list[Struck], tempo: float) -> dict[str, float]:
    """The constant offset, and percentiles of the distance from the 16ths without it, in ms."""
    late = lateness(notes, tempo)
    (offset,) = percentiles(late, (0.5,))
    p50, p95, p99, worst = percentiles([abs(value - offset) for value in late])
    return {"offset": offset, "p50": p50, "p95": p95, "p99": p99, "max": worst, "noteons": len(notes)}


def main() -> int:
    """Play, print the table, and return 1 if a target is missed, 2 if nothing can be said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--tempo", type=float, default=120.0)
    parser.add_argument("--presets", default="pop,symphony,rock,songwriter", help="taken in turn")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    if program() is None:
        sys.exit("This benchmark needs Ardour: install ardour.")
    presets = chosen(options.presets)
    with playing.server(), tempfile.TemporaryDirectory() as name:
        heard = record(presets, options.tempo, options.minutes, Path(name))
    table = {"band": figures(heard.band, options.tempo), "plain": figures(heard.plain, options.tempo)}
    playing.report(table)
    kept = table["band"]["p50"] <= P50 and table["band"]["p99"] <= P99
    steady = heard.slow < SLOWEST
    verdict = ("met" if kept else "MISSED") if steady else "not judged: JACK lost too much time"
    print(f"{heard.xruns} xruns, Ardour {heard.slow:.3%} slower than real time    targets {verdict}")
    if options.json:
        whole = {**table, "xruns": heard.xruns, "slow": heard.slow, "met": kept and steady}
        options.json.write_text(json.dumps(whole, indent=1) + "\n")
    return (0 if kept else 1) if steady else 2


if __name__ == "__main__":
    sys.exit(main())
