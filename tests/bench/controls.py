"""What density, variation and energy move, and whether they move it one way.

    python tests/bench/controls.py [--preset pop] [--control energy] [--seeds 2] [--json FILE]

The first eight bars of the four bundled melodies are played twice to every preset, or the one that is named,
through the engine in virtual time, with one control after the other at five places, as a player's controllers
would have it, the others untouched. Density: notes a bar, of the whole band and of each part. Variation: how
much of what each part struck the first time it strikes the second time as well (Jaccard, mean of parts, from
the third bar on, when the band has built up). Energy: the mean velocity.
The exit status is 1 where a figure does not go one way from each place to the next, but for a hundredth or
the standard error of the difference between the same performances.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn
from bandmate.daemon.answering import loading
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap
from bandmate.daemon.offstage import sample
from bandmate.daemon.offstage.rehearsal import Cue, perform
from bandmate.models.catalogue import Catalogue
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

CONTROLS = ("density", "variation", "energy")
PLACES = (0, 32, 64, 95, 127)
TICKS = 24
BAR = 4 * TICKS
PHRASE = 8 * BAR
BPM = 100.0
SECONDS = 60 / BPM / TICKS

Struck = list[tuple[float, NoteOn]]


def play(preset: Preset, accompanist: Accompanist, melody: str, seed: int, number: int, value: int) -> Struck:
    """What the band struck, by tick, while a melody's phrase was played twice and a controller stood so."""
    events: list[tuple[float, Event]] = [(0.0, Control(1, number, value))]
    for begin in (0, PHRASE):
        for note in sample.open(melody).notes:
            if note.tick < PHRASE:
                end = min(note.tick + note.length, PHRASE) - 0.5
                events.append((begin + note.tick, NoteOn(1, note.pitch, note.velocity)))
                events.append((begin + end, NoteOff(1, note.pitch)))
    engine = Engine(replace(preset, fills=0.0), Settings(bpm=BPM, seed=seed))
    engine.run(0.0)
    in_order = sorted(events, key=lambda each: each[0])
    cues = [Cue(tick * SECONDS, partial(engine.receive, event)) for tick, event in in_order]
    struck: Struck = []

    def send(event: Event, now: float) -> None:
        if isinstance(event, NoteOn):
            struck.append((now / SECONDS, event))

    perform(engine, accompanist.afresh().answer, cues, 2 * PHRASE * SECONDS, send)
    return struck


def likeness(struck: Struck, channels: list[int]) -> float:
    """The share of what was struck in either phrase, by place and pitch, that was struck in both; of a part
    that struck nothing there is none."""
    shares = []
    for channel in channels:
        times: tuple[set[tuple[int, int]], set[tuple[int, int]]] = (set(), set())
        for tick, note in struck:
            place = round(tick % PHRASE)
            if note.channel == channel and place >= 2 * BAR:
                times[int(tick >= PHRASE)].add((place, note.pitch))
        if either := times[0] | times[1]:
            shares.append(len(times[0] & times[1]) / len(either))
    return float(np.mean(shares))


def figures(preset: Preset, controls: Sequence[str], seeds: int) -> dict[str, list[list[float]]]:
    """By figure, at the five places of the control that moves it its values in all performances, in the same
    order; of these controls."""
    accompanist = loading.accompanist(Catalogue(folder("models")), preset)
    melodies = [(name, seed) for name in sample.names() for seed in range(seeds)]
    found: dict[str, list[list[float]]] = {}
    for control in controls:
        for value in PLACES:
            number = getattr(ControlMap(), control)
            takes = [play(preset, accompanist, *melody, number, value) for melody in melodies]
            rows = [told(take, control, preset) for take in takes]
            for name in rows[0]:
                found.setdefault(name, []).append([row[name] for row in rows])
    return found


def told(struck: Struck, control: str, preset: Preset) -> dict[str, float]:
    """The figures of a performance that a control moves."""
    if control == "variation":
        return {"likeness": likeness(struck, [part.channel for part in preset.parts])}
    if control == "energy":
        return {"velocity": float(np.mean([note.velocity for _, note in struck]))}
    bars = 2 * PHRASE / BAR
    own = {part.name: sum(n.channel == part.channel for _, n in struck) / bars for part in preset.parts}
    return {"notes": len(struck) / bars} | {f"notes of {name}": many for name, many in own.items()}


def one_way(figure: str, values: list[list[float]]) -> bool:
    """Whether the means rise from each place to the next, or fall as likeness should, but for a hundredth or
    the standard error of what the same performances differ by."""
    steps = np.diff(np.array(values), axis=0) * (-1 if figure == "likeness" else 1)
    error = steps.std(1) / np.sqrt(max(steps.shape[1] - 1, 1))
    back = np.maximum(0.01 * np.abs(np.mean(values, 1)).max(), error)
    return bool((steps.mean(1) >= -back).all())


def main() -> int:
    """Print the table; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--preset", help="only this one")
    parser.add_argument("--control", choices=CONTROLS, help="only this one")
    parser.add_argument("--seeds", type=int, default=2, help="performances of each melody (2)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    shelf = Shelf(folder("presets"))
    names = [options.preset] if options.preset else list(shelf.names())
    controls = [options.control] if options.control else CONTROLS
    table = {name: figures(shelf.get(name), controls, options.seeds) for name in names}
    sound = True
    for name, rows in table.items():
        print(f"\n| {name} | " + " | ".join(map(str, PLACES)) + " | one way |")
        print("| --- |" + " ---: |" * len(PLACES) + " --- |")
        for figure, values in rows.items():
            good = one_way(figure, values)
            sound &= good
            means = " | ".join(f"{np.mean(each):.2f}" for each in values)
            print(f"| {figure} | {means} | {'yes' if good else 'NO'} |")
    if options.json:
        options.json.write_text(json.dumps(table, indent=1), encoding="utf-8")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
