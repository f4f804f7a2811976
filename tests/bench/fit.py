"""How well the band fits melodies it was never taught, beside what it must beat.

    python tests/bench/fit.py SONGS --preset pop [--split test] [--bars 16] [--limit N] [--out DIR]

SONGS is a folder of songs that training has prepared. Each melody, at 120 bpm, is played through the engine
in live mode. `band` is melody-in-harmony: the share of the melody's steps whose pitch class sounds in a
pitched part within the same beat; beside it stand `real`, the same of the real accompaniment, `late`, of that
played a window (32 steps) late, and `tonic`, of the melody's tonic triad held on every bar. `changes` are
the chord changes a bar, from beat to beat. Targets: the band above `late` and `tonic`, the harmony moving (a
change in two bars or more), and no decision late. The exit status is 1 if one is missed.

With --out it writes, for other scorers, DIR/cases/PRESET/SONG.mid (the melody), the same ending in .real.mid
(with the real accompaniment), and DIR/rendered/PRESET/SONG.mid.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import mido
import numpy as np

from bandmate.models.roll import WINDOW
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset
from bandmate.training import audition, lines
from bandmate.training.judging import keys
from bandmate.training.judging.excerpt import bars_of
from bandmate.training.judging.harmony_metrics import melody_in_harmony
from bandmate.training.judging.texture import empty_bars, notes_a_bar
from bandmate.training.songs import BEATS_PER_BAR, SPLITS, Notes, Song, read_all

DRUMS = "drums"
MELODY_CHANNEL = 1
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


def keep(song: Song, played: Song, preset: Preset, out: Path) -> None:
    """Write a song's melody, that with its real accompaniment, and that with what the band played."""
    case = out / "cases" / preset.name / f"{song.name.replace('/', '-')}.mid"
    melody = ("melody", MELODY_CHANNEL, song.notes[0])
    write([melody], case)
    for path, parts in (
        (case.with_suffix(".real.mid"), song.notes[1:]),
        (out / "rendered" / preset.name / case.name, played.notes[1:]),
    ):
        voices = [(p.name, p.channel, notes) for p, notes in zip(preset.parts, parts, strict=True)]
        write([melody, *voices], path)


def figures(song: Song, heard: Song, late_answers: int, preset: Preset) -> dict[str, float]:
    """The figures of one song, by name; heard: the song as the band played it, with so many late answers."""
    (melody, *real), played = song.notes, heard.notes[1:]
    bars = bars_of(melody)
    every = np.ones(bars, bool)
    pitched = [k for k, part in enumerate(preset.parts) if part.name != DRUMS]
    late = [lines.moved(real[k], WINDOW) for k in pitched]
    chords = heard.chords[: bars * BEATS_PER_BAR]
    out = {
        "band": melody_in_harmony(melody, [played[k] for k in pitched]),
        "real": melody_in_harmony(melody, [real[k] for k in pitched]),
        "late": melody_in_harmony(melody, late),
        "tonic": melody_in_harmony(melody, [keys.held(keys.tonic(melody), bars)]),
        "changes": float((chords[1:] != chords[:-1]).sum()) / bars,
        "late answers": float(late_answers),
    }
    for part, mine, true in zip(preset.parts, played, real, strict=True):
        out[f"{part.name} notes"] = notes_a_bar(mine, every)
        out[f"{part.name} notes real"] = notes_a_bar(true, every)
        out[f"{part.name} empty"] = empty_bars(mine, every)
        out[f"{part.name} empty real"] = empty_bars(true, every)
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
    presets, models = folder("presets"), folder("models")
    preset = Shelf(presets).get(options.preset)
    whole = [song for song in read_all(options.songs, options.split) if song.bars >= options.bars]
    chosen = [song for song in whole if len(song.notes[0])][: options.limit]
    if not chosen:
        sys.exit(f"There are no songs of the split '{options.split}' in {options.songs}.")
    rows: dict[str, dict[str, float]] = {}
    columns = ("band", "real", "late", "tonic", "changes")
    print("".join([f"{'song':24}", *(f"{name:>9}" for name in columns)]), flush=True)
    heard = audition.play(options.preset, chosen, presets=presets, models=models, seed=options.seed)
    for song, played, late in zip(chosen, *heard, strict=True):
        if options.out:
            keep(song, played, preset, options.out)
        row = rows[song.name] = figures(song, played, late, preset)
        print("".join([f"{song.name:24}", *(f"{row[column]:9.3f}" for column in columns)]))
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
