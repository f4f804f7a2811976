"""How well the band fits melodies it was never taught, beside what it must beat.

    python tests/bench/fit.py SONGS --preset pop [--split test] [--bars 16] [--limit N] [--out DIR]

SONGS is a folder of songs that training has prepared. Each melody, at 120 bpm, is played through the engine
in live mode. `band` is melody-in-harmony: the share of the melody's steps whose pitch class sounds in a
pitched part within the same beat; beside it stand `real`, the same of the real accompaniment, `late`, of that
played a window (32 steps) late, and `tonic`, of the melody's tonic triad held on every bar. `changes` are
the chord plan's changes a bar. Targets: the band above `late` and `tonic`, the harmony moving (a change in
two bars or more), and no decision late. The exit status is 1 if one is missed.

With --out it writes, for other scorers, DIR/cases/PRESET/SONG.mid (the melody), the same ending in .real.mid
(with the real accompaniment), and DIR/rendered/PRESET/SONG.mid.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import measures
import mido
import numpy as np

from bandmate.daemon import song as songs
from bandmate.daemon.accompanist import Accompanist
from bandmate.daemon.catalogue import Catalogue
from bandmate.daemon.metre import Grid
from bandmate.daemon.render import MELODY_CHANNEL, Rendering, metre_of, render
from bandmate.daemon.settings import Settings
from bandmate.daemon.takes import MELODY
from bandmate.models.roll import WINDOW
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset
from bandmate.training import lines
from bandmate.training.songs import SPLITS, Notes, Song, read_all

DRUMS = "drums"
TICKS_PER_STEP = 120
LEAST_CHANGES = 0.5

Voice = tuple[str, int, Notes]


def write(voices: Sequence[Voice], path: Path) -> None:
    """Write voices (name, channel 1..16, notes) as a MIDI file at 120 bpm in 4/4."""
    file = mido.MidiFile(type=1, ticks_per_beat=4 * TICKS_PER_STEP)
    head = [mido.MetaMessage("set_tempo", tempo=500_000), mido.MetaMessage("time_signature")]
    file.tracks.append(mido.MidiTrack(head))
    for name, channel, notes in voices:
        events: list[tuple[int, int, mido.Message]] = []
        for step, length, pitch, velocity in notes.tolist():
            on = mido.Message("note_on", channel=channel - 1, note=pitch, velocity=velocity)
            off = mido.Message("note_off", channel=channel - 1, note=pitch)
            events += [(step * TICKS_PER_STEP, 1, on), ((step + length) * TICKS_PER_STEP, 0, off)]
        track, now = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), 0
        for tick, _, message in sorted(events, key=lambda event: event[:2]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)


def notes_of(rendering: Rendering, voice: int, grid: Grid) -> Notes:
    """What a voice of a take played, on the grid."""
    rows = []
    for tick, length, pitch, velocity in rendering.take.notes(voice):
        step = grid.step_of(tick)
        rows.append((step, grid.step_of(tick + length) - step, pitch, velocity))
    return lines.as_notes(rows)


def play(song: Song, preset: Preset, accompanist: Accompanist, out: Path, seed: int) -> dict[str, float]:
    """Play a song's melody to the band, write the files, and return the song's figures."""
    case = out / "cases" / preset.name / f"{song.name.replace('/', '-')}.mid"
    rendered = out / "rendered" / preset.name / case.name
    melody, real = song.notes[0], song.notes[1:]
    voices = [("melody", MELODY_CHANNEL, melody)]
    write(voices, case)
    voices += [(p.name, p.channel, notes) for p, notes in zip(preset.parts, real, strict=True)]
    write(voices, case.with_suffix(".real.mid"))
    heard = songs.read(case)
    rendering = render(heard, preset, accompanist, Settings(seed=seed, metre=metre_of(heard)))
    rendered.parent.mkdir(parents=True, exist_ok=True)
    rendering.take.write(rendered)
    played = [notes_of(rendering, MELODY + 1 + k, Grid(preset.swing)) for k in range(len(preset.parts))]
    return figures(melody, real, played, rendering, preset)


def figures(
    melody: Notes, real: Sequence[Notes], played: Sequence[Notes], rendering: Rendering, preset: Preset
) -> dict[str, float]:
    """The figures of one song, by name."""
    bars = measures.bars_of(melody)
    pitched = [k for k, part in enumerate(preset.parts) if part.name != DRUMS]
    late = [lines.moved(real[k], WINDOW) for k in pitched]
    out = {
        "band": measures.in_harmony(melody, [played[k] for k in pitched]),
        "real": measures.in_harmony(melody, [real[k] for k in pitched]),
        "late": measures.in_harmony(melody, late),
        "tonic": measures.in_harmony(melody, [measures.held(measures.tonic(melody), bars)]),
        "changes": max(len(rendering.take.markers) - 1, 0) / bars,
        "late answers": float(rendering.late),
    }
    for part, mine, true in zip(preset.parts, played, real, strict=True):
        out[f"{part.name} notes"] = measures.notes_a_bar(mine, bars)
        out[f"{part.name} notes real"] = measures.notes_a_bar(true, bars)
        out[f"{part.name} empty"] = measures.empty_bars(mine, bars)
        out[f"{part.name} empty real"] = measures.empty_bars(true, bars)
    return out


def report(means: dict[str, float], preset: Preset, count: int) -> None:
    """Print the means over all songs."""
    print(f"\nmeans of {count} songs")
    for name in ("band", "real", "late", "tonic"):
        print(f"  melody in harmony, {name:8} {means[name]:6.3f}")
    print(f"  chord changes a bar         {means['changes']:6.3f}")
    print(f"  late answers a song         {means['late answers']:6.3f}")
    print(f"\n{'part':10}{'notes a bar':>12}{'real':>8}{'empty bars':>12}{'real':>8}")
    for part in preset.parts:
        columns = zip(("notes", "notes real", "empty", "empty real"), (12, 8, 12, 8), strict=True)
        cells = "".join(f"{means[f'{part.name} {what}']:{width}.2f}" for what, width in columns)
        print(f"{part.name:10}{cells}")


def main() -> int:
    """Play all songs, print the table, and return 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("songs", type=Path, help="a folder of prepared songs")
    parser.add_argument("--preset", default="pop")
    parser.add_argument("--split", choices=SPLITS, default="test")
    parser.add_argument("--bars", type=int, default=16, help="leave out songs of fewer bars")
    parser.add_argument("--limit", type=int, help="so many songs only")
    parser.add_argument("--seed", type=int, default=1, help="of the first song; each has another")
    parser.add_argument("--out", type=Path, help="keep the MIDI files here")
    parser.add_argument("--json", type=Path, help="write the figures of every song here too")
    options = parser.parse_args()
    preset = Shelf(folder("presets")).get(options.preset)
    accompanist = Catalogue(folder("models")).accompanist(preset)
    whole = [song for song in read_all(options.songs, options.split) if song.bars >= options.bars]
    chosen = [song for song in whole if len(song.notes[0])][: options.limit]
    if not chosen:
        sys.exit(f"There are no songs of the split '{options.split}' in {options.songs}.")
    rows: dict[str, dict[str, float]] = {}
    columns = ("band", "real", "late", "tonic", "changes")
    print("".join([f"{'song':24}", *(f"{name:>9}" for name in columns)]))
    with tempfile.TemporaryDirectory() as name:
        for seed, song in enumerate(chosen, options.seed):
            row = rows[song.name] = play(song, preset, accompanist, options.out or Path(name), seed)
            print("".join([f"{song.name:24}", *(f"{row[column]:9.3f}" for column in columns)]), flush=True)
    means = {key: float(np.mean([row[key] for row in rows.values()])) for key in rows[chosen[0].name]}
    report(means, preset, len(rows))
    met = means["band"] > max(means["late"], means["tonic"]) and not means["late answers"]
    met = met and means["changes"] >= LEAST_CHANGES
    print(f"\ntargets {'met' if met else 'MISSED'}")
    if options.json:
        options.json.write_text(json.dumps({"songs": rows, "means": means, "met": met}, indent=1) + "\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
