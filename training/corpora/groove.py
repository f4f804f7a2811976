"""Drums for songs that have none: grooves of a like style and tempo, quantised to 16ths.

Played on an electronic kit for the Groove MIDI Dataset (Gillick, Roberts, Engel, Eck, Bamman 2019). They were
not recorded with the song, so a song's provenance calls them style-paired.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from bandmate.training.lines import as_notes, between, joined, moved
from bandmate.training.reading import smf
from bandmate.training.songs import STEPS_PER_BAR, Notes

PHRASE = 8
STYLES = {"pop": 1.0, "soul": 1.1, "rock": 1.2}
FILL_SHARE = 0.6
CHOICE = 5
KIT = {
    36: (35, 36),
    38: (37, 38, 39, 40),
    42: (22, 42, 44, 54),
    46: (26, 46),
    45: (41, 43, 58),
    47: (45, 47),
    50: (48, 50),
    49: (49, 52, 55, 57),
    51: (51, 53, 59),
}
CLASS = {pitch: kept for kept, pitches in KIT.items() for pitch in pitches}


@dataclass(frozen=True)
class Groove:
    """style; bpm; notes on the grid, from the first bar that is struck; bars that are whole."""

    style: str
    bpm: float
    notes: Notes
    bars: int

    def bar(self, bar: int) -> Notes:
        """The notes of a bar, taken round the groove's end."""
        first = bar % self.bars * STEPS_PER_BAR
        return between(self.notes, first, first + STEPS_PER_BAR)


def quantised(score: smf.Score) -> Notes:
    """The hits of a file, the loudest of a class and step, a step long, in nine General MIDI pitches."""
    loudest: dict[tuple[int, int], int] = {}
    for track in score.tracks:
        for start, _, pitch, velocity in track.notes.tolist():
            if pitch in CLASS:
                key = (round(4 * start / score.ticks_per_beat), CLASS[pitch])
                loudest[key] = max(velocity, loudest.get(key, 0))
    return as_notes([(step, 1, pitch, velocity) for (step, pitch), velocity in loudest.items()])


def usable(notes: Notes) -> bool:
    """Whether a bar is a beat: it has a kick and a snare, 6 to 34 hits, and no tumble of toms."""
    kinds = set(notes[:, 2].tolist())
    toms = int(np.isin(notes[:, 2], (45, 47, 50)).sum())
    return {36, 38} <= kinds and 6 <= len(notes) <= 34 and 3 * toms <= len(notes)


@dataclass(frozen=True)
class Library:
    """The grooves and the fills of a folder."""

    beats: tuple[Groove, ...]
    fills: tuple[Groove, ...]

    def accompany(self, name: str, bpm: float, bars: int) -> Notes:
        """The drums of a song, from step 0; the same for the same name, tempo and length.

        It is a continuous excerpt of one groove as long as its bars are usable; eight bars may end in a fill.
        """
        random = Random(name)
        groove = random.choice(_nearest(self.beats, bpm)[:CHOICE])
        good = [bar for bar in range(groove.bars) if usable(groove.bar(bar))]
        alike = [f for f in self.fills if f.style == groove.style]
        fills = _nearest(alike or list(self.fills), bpm)[: 4 * CHOICE]
        pieces = []
        place = random.choice(good)
        for bar in range(bars):
            place = place + 1 if usable(groove.bar(place + 1)) else random.choice(good)
            last = bar % PHRASE == PHRASE - 1
            fill = last and fills and random.random() < FILL_SHARE
            pieces.append(
                moved(random.choice(fills).bar(0) if fill else groove.bar(place), bar * STEPS_PER_BAR)
            )
        return joined(pieces)


def _nearest(grooves: list[Groove] | tuple[Groove, ...], bpm: float) -> list[Groove]:
    """Nearest tempo first; a style further from pop counts as a further tempo."""
    return sorted(grooves, key=lambda g: abs(math.log(g.bpm / bpm)) + math.log(STYLES[g.style]))


def read(folder: Path) -> Library:
    """The 4/4 grooves of pop, rock and soul; those with fewer than four usable bars are left out."""
    beats = tuple(g for g in _files(folder, "beat") if sum(usable(g.bar(b)) for b in range(g.bars)) >= 4)
    fills = tuple(g for g in _files(folder, "fill") if 4 <= len(g.bar(0)) <= 40)
    return Library(beats, fills)


def _files(folder: Path, kind: str) -> Iterator[Groove]:
    with (folder / "info.csv").open(encoding="utf-8", newline="") as table:
        rows = [r for r in csv.DictReader(table) if r["beat_type"] == kind and r["time_signature"] == "4-4"]
    for row in rows:
        style, path = row["style"].split("/")[0], folder / row["midi_filename"]
        if style not in STYLES or not path.is_file():
            continue
        notes = quantised(smf.read(path))
        if not len(notes):
            continue
        first = int(notes[0, 0]) // STEPS_PER_BAR * STEPS_PER_BAR
        notes = notes[notes[:, 0] >= first]
        notes = moved(notes, -first)
        whole = (int(notes[-1, 0]) + 3) // STEPS_PER_BAR
        yield Groove(style, float(row["bpm"]), notes, max(whole, 1))
