"""How a packaged band follows chords held by the left hand: heard live, in virtual time.

    python tests/bench/left_hand.py SONGS [--preset pop] [--limit 12] [--bars 32] [--split valid]

SONGS holds prepared songs, or a folder of them for each preset. Their chords are played below the split
point: held, struck short in every bar, or broken in eighths. `in_real`: share of the plan's chord tones that
lie in the real chord; `melody_in`: share of the melody's time in the plan's chord; each as planned before
a beat begins and as it stands at the beat's end. `in_harmony` and `clash`: what sounded.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import tunes
from tunes import BAR, BEAT, SPLIT, Chords, Heard, Musicians, Notes

from bandmate.presets.load import Shelf
from bandmate.training import lines
from bandmate.training.judging import excerpt
from bandmate.training.songs import read_all

HIGHEST = 108

Row = dict[str, float]


def songs_of(folder: Path, split: str, limit: int, bars: int) -> list[tuple[Notes, Chords]]:
    """Melody and chords int[beats] of some songs of a split, spread over them, from their first bar, as many
    bars of each; the melody is raised by octaves until none of it is below the split point."""
    songs = [song for song in read_all(folder, split) if len(song.notes[0])]
    out = []
    for song in (songs[k] for k in np.linspace(0, len(songs) - 1, min(limit, len(songs))).astype(int)):
        bar = excerpt.first_bar(song.notes[0])
        notes = lines.monophonic(lines.between(song.notes[0], BAR * bar, BAR * (bar + bars)))
        notes[:, 2] += 12 * max(-(-(SPLIT - int(notes[:, 2].min())) // 12), 0)
        last = excerpt.bars_of(notes)
        if notes[:, 2].max() <= HIGHEST:
            out.append((notes, song.chords[BEAT * bar : BEAT * (bar + last)].astype(np.int_)))
    return out


def figures(heard: Heard, real: Chords) -> Row:
    """See the module; chords are compared beat by beat, the melody's steps with their beat's chord."""
    beats = min(len(heard.chords) // BEAT, len(real))
    row = {}
    for name, step in (("ahead", 0), ("revised", BEAT - 1)):
        chords = heard.chords[step::BEAT][:beats]
        row[f"in_real.{name}"] = tunes.agreement(chords, real[:beats])
        row[f"melody_in.{name}"] = tunes.in_chord(heard.line[: BEAT * beats], np.repeat(chords, BEAT))
    return row | {"in_harmony": heard.in_harmony(), "clash": heard.clash()}


def measure(band: Musicians, songs: list[tuple[Notes, Chords]]) -> dict[str, Row]:
    """Means over the songs, by who plays."""
    rows: dict[str, list[Row]] = {"melody alone": []} | {f"chords {how}": [] for how in tunes.MANNERS}
    for seed, (melody, chords) in enumerate(songs):
        rows["melody alone"].append(figures(band.play(melody, seed=seed), chords))
        for how in tunes.MANNERS:
            both = band.play(melody, tunes.left_hand(chords, how), seed=seed)
            rows[f"chords {how}"].append(figures(both, chords))
    return {
        who: {name: float(np.mean([r[name] for r in each])) for name in each[0]} for who, each in rows.items()
    }


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("songs", type=Path, metavar="SONGS")
    parser.add_argument("--preset", action="append", help="this one only; may be given again")
    parser.add_argument("--limit", type=int, default=12, help="songs")
    parser.add_argument("--bars", type=int, default=32, help="of each song")
    parser.add_argument("--split", default="valid", help="of the songs")
    options = parser.parse_args()
    header = ""
    for name in options.preset or Shelf(None).names():
        folder = options.songs / name
        folder = folder if folder.is_dir() else options.songs
        table = measure(Musicians(name), songs_of(folder, options.split, options.limit, options.bars))
        names = list(table["melody alone"])
        if not header:
            header = "| preset | | " + " | ".join(f"`{figure}`" for figure in names) + " |"
            print(header + "\n| --- | --- |" + " ---: |" * len(names))
        for who, row in table.items():
            print(
                f"| {name} | {who} | " + " | ".join(f"{value:.3f}" for value in row.values()) + " |",
                flush=True,
            )


if __name__ == "__main__":
    main()
