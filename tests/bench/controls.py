"""What density, variation and energy move, and whether they move it one way.

    python tests/bench/controls.py [--preset pop] [--seeds 2] [--json FILE]

The four bundled melodies are played to every preset, or the one that is named, through the engine in virtual
time, with one control after the other at five places, as a player's controllers would have it, the others
untouched. Density: notes a bar, of the whole band and of each part. Variation: how much of what each part
strikes in a bar it struck two bars before as well (Jaccard, mean over parts). Energy: the mean velocity.
The exit status is 1 where a figure does not go one way from each place to the next, but for a hundredth.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn
from bandmate.daemon import sample
from bandmate.daemon.accompanist import Accompanist
from bandmate.daemon.catalogue import Catalogue
from bandmate.daemon.controls import ControlMap
from bandmate.daemon.engine import Engine
from bandmate.daemon.rehearsal import Cue, perform
from bandmate.daemon.settings import Settings
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

PLACES = (0, 32, 64, 95, 127)
TICKS = 24
BAR = 4 * TICKS
BPM = 100.0
SECONDS = 60 / BPM / TICKS
LAST = 32

Struck = list[tuple[float, NoteOn]]


def play(preset: Preset, accompanist: Accompanist, melody: str, seed: int, number: int, value: int) -> Struck:
    """What the band struck, by tick, in a melody's first bars, a controller standing at a value."""
    song = sample.open(melody)
    bars = min(int(song.end // BAR), LAST)
    events: list[tuple[float, Event]] = [(0.0, Control(1, number, value))]
    for note in song.notes:
        events.append((note.tick, NoteOn(1, note.pitch, note.velocity)))
        events.append((note.tick + note.length - 0.5, NoteOff(1, note.pitch)))
    engine = Engine(replace(preset, fills=0.0), Settings(bpm=BPM, seed=seed))
    engine.run(0.0)
    cues = [
        Cue(tick * SECONDS, partial(engine.receive, event))
        for tick, event in sorted(events, key=lambda e: e[0])
    ]
    struck: Struck = []

    def send(event: Event, now: float) -> None:
        if isinstance(event, NoteOn):
            struck.append((now / SECONDS, event))

    perform(engine, accompanist.afresh().answer, cues, bars * BAR * SECONDS, send)
    return struck


def repetition(struck: Struck, channels: list[int]) -> float:
    """The share of a bar's onsets, by place and pitch, found two bars before as well; mean over all bars."""
    shares = []
    for channel in channels:
        bars: dict[int, set[tuple[int, int]]] = {}
        for tick, note in struck:
            if note.channel == channel:
                bars.setdefault(int(tick // BAR), set()).add((round(tick % BAR), note.pitch))
        shares += [len(b & bars[k - 2]) / len(b | bars[k - 2]) for k, b in bars.items() if k - 2 in bars]
    return float(np.mean(shares)) if shares else float("nan")


def figures(preset: Preset, seeds: int) -> dict[str, list[float]]:
    """By figure, its values at the five places of the control that moves it."""
    accompanist = Catalogue(folder("models")).accompanist(preset)
    melodies = [(name, seed) for name in sample.names() for seed in range(seeds)]
    numbers = ControlMap()
    channels = [part.channel for part in preset.parts]
    found: dict[str, list[float]] = {}
    for control in ("density", "variation", "energy"):
        for value in PLACES:
            takes = [play(preset, accompanist, *m, getattr(numbers, control), value) for m in melodies]
            notes = [note for take in takes for _, note in take]
            if control == "variation":
                found.setdefault("repetition", []).append(
                    float(np.mean([repetition(t, channels) for t in takes]))
                )
            elif control == "energy":
                found.setdefault("velocity", []).append(float(np.mean([note.velocity for note in notes])))
            else:
                bars = seeds * sum(min(sample.open(name).end // BAR, LAST) for name in sample.names())
                found.setdefault("notes", []).append(len(notes) / bars)
                for part in preset.parts:
                    own = sum(note.channel == part.channel for note in notes)
                    found.setdefault(f"notes of {part.name}", []).append(own / bars)
    return found


def one_way(figure: str, values: list[float]) -> bool:
    """Whether values rise from each place to the next, or fall as repetition should, but for a hundredth."""
    steps = np.diff(values) * (-1 if figure == "repetition" else 1)
    return bool((steps >= -0.01 * max(map(abs, values))).all())


def main() -> int:
    """Print the table; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--preset", help="only this one")
    parser.add_argument("--seeds", type=int, default=2, help="performances of each melody (2)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    shelf = Shelf(folder("presets"))
    names = [options.preset] if options.preset else list(shelf.names())
    table = {name: figures(shelf.get(name), options.seeds) for name in names}
    sound = True
    for name, rows in table.items():
        print(f"\n| {name} | " + " | ".join(map(str, PLACES)) + " | one way |")
        print("| --- |" + " ---: |" * len(PLACES) + " --- |")
        for figure, values in rows.items():
            good = one_way(figure, values)
            sound &= good
            print(
                f"| {figure} | " + " | ".join(f"{v:.2f}" for v in values) + f" | {'yes' if good else 'NO'} |"
            )
    if options.json:
        options.json.write_text(json.dumps(table, indent=1), encoding="utf-8")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
