"""What a packaged band makes of free playing: scales, modulations, wrong notes; heard live, in virtual time.

    python tests/bench/free_playing.py [--preset pop] [--tunes 6] [--songs SONGS] [--limit 8] [--split valid]

Scales: written tunes of 16 bars in six keys. With SONGS, a folder of prepared songs (or of one such folder a
preset), 16 bars of each: a melody that goes on a semitone, a tone and a fourth higher from bar 9, beside the
same melody played in the new key from the start; and one note of bars 5 to 9 replaced by its neighbour
a semitone away, outside the scale.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import tunes
from numpy.typing import NDArray
from tunes import BAR, BEAT, SCALES, Heard, Musicians, Notes

from bandmate.models.keys import MAJOR_SCALE, best_scale
from bandmate.presets.load import Shelf
from bandmate.training import lines
from bandmate.training.judging import excerpt
from bandmate.training.judging.keys import weight_of
from bandmate.training.songs import read_all

KEYS = (0, 5, 2, 9, 7, 4)
BARS, TURN = 16, 8
SHIFTS = (1, 2, 5)
WRONG = range(4 * BAR, 9 * BAR)
AFTER = 4

Row = dict[str, float]


def of_scales(band: Musicians, count: int) -> dict[str, Row]:
    """Figures of so many tunes in each scale: in_scale, share of the band's time; in_harmony; clash."""
    table = {}
    for scale in SCALES:
        rows = []
        for seed, key in enumerate((KEYS * count)[:count]):
            heard = band.play(tunes.tune(scale, key, seed), seed=seed)
            inside = heard.inside(tunes.of_scale(scale, key), 1)
            rows.append({"in_scale": inside, "in_harmony": heard.in_harmony(), "clash": heard.clash()})
        table[scale] = mean(rows)
    return table


def of_modulation(band: Musicians, melodies: Sequence[Notes]) -> dict[str, Row]:
    """By shift and bars after the turn, how far it is from the same bars played in the new key throughout:
    in_harmony, in_scale (the new key's) and clash; and how many beats have another chord."""
    table: dict[str, Row] = {}
    for shift in SHIFTS:
        pairs = []
        for seed, melody in enumerate(melodies):
            new = transposed(melody, shift)
            turned = np.concatenate([melody[melody[:, 0] < TURN * BAR], new[new[:, 0] >= TURN * BAR]])
            pairs.append((band.play(lines.monophonic(turned), seed=seed), band.play(new, seed=seed)))
        for first, last in ((0, 1), (1, 2), (2, 4), (4, 8)):
            name = f"+{shift} bars {first + 1}-{last}" if last > first + 1 else f"+{shift} bar {last}"
            table[name] = mean(apart(*pair, TURN + first, TURN + last) for pair in pairs)
    return table


def apart(turned: Heard, steady: Heard, first: int, last: int) -> Row:
    """How bars first..last of two performances of the same notes differ."""
    scale = best_scale(weight_of(steady.melody))
    inside = np.isin((np.arange(12) - (scale or 0)) % 12, MAJOR_SCALE)
    both = [
        (one.in_harmony(first, last), one.inside(inside, first, last), one.clash(first, last))
        for one in (turned, steady)
    ]
    names = ("in_harmony", "in_scale", "clash")
    row = dict(zip(names, both[0], strict=True))
    row |= {f"{name}.apart": a - b for name, a, b in zip(names, *both, strict=True)}
    chords = [one.chords[BAR * first : BAR * last : BEAT] for one in (turned, steady)]
    return row | {"other_chords": float((chords[0] != chords[1]).mean())}


def of_wrong_notes(band: Musicians, melodies: Sequence[Notes]) -> dict[str, Row]:
    """One note replaced, by a neighbour outside the scale and by one inside it: the beats of another chord in
    the note's own beats and in the four bars after them, the last beat that has one, and what is changed in
    these bars."""
    table = {}
    for name, inside in (("wrong", False), ("another right", True)):
        rows = []
        for seed, melody in enumerate(melodies):
            changed = replaced(melody, inside, seed)
            if changed is not None:
                other, at = changed
                rows.append(disturbed(band.play(melody, seed=seed), band.play(other, seed=seed), melody[at]))
        table[name] = mean(rows) | {"notes": float(len(rows))}
    return table


def disturbed(right: Heard, wrong: Heard, note: NDArray[np.int16]) -> Row:
    """See `of_wrong_notes`."""
    first, after = int(note[0]) // BEAT, -(-int(note[0] + note[1]) // BEAT)
    chords = [one.chords[::BEAT] for one in (right, wrong)]
    other = chords[0] != chords[1]
    later = other[after : after + BEAT * AFTER]
    at = slice(BEAT * after, BEAT * after + BAR * AFTER)
    figures = [
        (tunes.in_harmony(one.line[at], one.chroma[at]), tunes.clash(one.line[at], one.chroma[at]))
        for one in (right, wrong)
    ]
    return {
        "beats_in_note": float(other[first:after].sum()),
        "beats_after": float(later.sum()),
        "last_beat": float(np.flatnonzero(later).max(initial=-1) + 1),
        "in_harmony.apart": figures[1][0] - figures[0][0],
        "clash.apart": figures[1][1] - figures[0][1],
    }


def replaced(melody: Notes, inside: bool, seed: int) -> tuple[Notes, int] | None:
    """The melody with one note, a beat long or so, moved: by a semitone out of its scale, or by a step within
    it; and that note's place. None where there is no such note."""
    dice = np.random.default_rng([seed, 7])
    scale = best_scale(weight_of(melody))
    member = np.isin((np.arange(12) - (scale or 0)) % 12, MAJOR_SCALE)
    long = (melody[:, 1] >= 2) & (melody[:, 1] <= 8) & member[melody[:, 2] % 12]
    for at in dice.permutation(np.flatnonzero(long & np.isin(melody[:, 0], WRONG))).tolist():
        for move in dice.permutation((-2, -1, 1, 2) if inside else (-1, 1)).tolist():
            if bool(member[(melody[at, 2] + move) % 12]) == inside:
                other = melody.copy()
                other[at, 2] += move
                return other, int(at)
    return None


def transposed(melody: Notes, shift: int) -> Notes:
    """The melody so many semitones higher."""
    out = melody.copy()
    out[:, 2] += shift
    return out


def melodies_of(folder: Path, split: str, limit: int) -> list[Notes]:
    """The melodies of some songs of a split, spread over them, from their first bar, 16 bars of each."""
    songs = [song for song in read_all(folder, split) if len(song.notes[0])]
    chosen = [songs[k] for k in np.linspace(0, len(songs) - 1, min(limit, len(songs))).astype(int)]
    out = []
    for song in chosen:
        begin = BAR * excerpt.first_bar(song.notes[0])
        notes = lines.monophonic(lines.between(song.notes[0], begin, begin + BAR * BARS))
        if (notes[:, 0] >= BAR * TURN).any() and (notes[:, 0] < BAR * TURN).any():
            out.append(notes)
    return out


def mean(rows: Iterable[Row]) -> Row:
    """The mean of each figure over the rows that have it."""
    found = list(rows)
    return {name: float(np.nanmean([row[name] for row in found])) for name in found[0]}


def show(title: str, table: dict[str, Row]) -> None:
    """Print a table in Markdown."""
    names = list(next(iter(table.values())))
    print(f"\n| {title} | " + " | ".join(f"`{name}`" for name in names) + " |")
    print("| --- |" + " ---: |" * len(names))
    for name, row in table.items():
        print(f"| {name} | " + " | ".join(f"{row[column]:.3f}" for column in names) + " |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--preset", action="append", help="this one only; may be given again")
    parser.add_argument("--tunes", type=int, default=6, help="tunes in each scale; 0 leaves them out")
    parser.add_argument("--songs", type=Path, help="a folder of prepared songs, or of one for each preset")
    parser.add_argument("--split", default="valid", help="of the songs")
    parser.add_argument("--limit", type=int, default=8, help="songs")
    options = parser.parse_args()
    for name in options.preset or Shelf(None).names():
        band = Musicians(name)
        if options.tunes:
            show(f"{name}: scales", of_scales(band, options.tunes))
        if options.songs is not None:
            folder = options.songs / name
            melodies = melodies_of(folder if folder.is_dir() else options.songs, options.split, options.limit)
            show(f"{name}: modulation", of_modulation(band, melodies))
            show(f"{name}: one note replaced", of_wrong_notes(band, melodies))


if __name__ == "__main__":
    main()
