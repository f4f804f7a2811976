"""Drums from folders: the Groove MIDI Dataset, or anyone's drum files.

The data set (Gillick, Roberts, Engel, Eck, Bamman 2019) was played on an electronic kit; its info.csv says
the style, tempo and metre of each file. Elsewhere the names of files and folders say the style, `fill` and
`96 bpm`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from bandmate.training.arranging.drums import (
    FAR,
    FEWEST,
    Drummer,
    Groove,
    distance,
    drummer,
    groove,
    quantised,
    style_in,
)
from bandmate.training.lines import joined, moved
from bandmate.training.reading import midi
from bandmate.training.reading.metre import BEATS
from bandmate.training.reading.score import Score
from bandmate.training.songs import STEPS_PER_BAR, Rejected

INDEX = "info.csv"
SUFFIXES = (".mid", ".midi")
BPM = re.compile(r"(\d{2,3})\s*_?-?bpm", re.IGNORECASE)


def read(folder: Path, style: str = "pop") -> Drummer:
    """The drummer of a folder, in a style; files that can't be read are passed over.

    Raises ValueError where it has no drums in 4/4 to play from.
    """
    if (folder / INDEX).is_file():
        beats, fills = (list(_listed(folder, kind, style)) for kind in ("beat", "fill"))
    else:
        files = list(_named(folder))
        beats, fills = ([g for fill, g in files if fill == wanted] for wanted in (False, True))
    try:
        return drummer(beats, fills, style)
    except ValueError as error:
        raise ValueError(f"{folder}: {error}") from error


def _listed(folder: Path, kind: str, style: str) -> Iterator[Groove]:
    """The files of the data set's index that are of the kind, in 4/4, and of the style or near it."""
    with (folder / INDEX).open(encoding="utf-8", newline="") as table:
        rows = [r for r in csv.DictReader(table) if r["beat_type"] == kind and r["time_signature"] == "4-4"]
    for row in rows:
        path = folder / row["midi_filename"]
        if distance(style, row["style"]) >= FAR or not path.is_file():
            continue
        score = _score(path)
        made = score and groove(row["style"], float(row["bpm"]), quantised(score))
        if made:
            yield made


def _named(folder: Path) -> Iterator[tuple[bool, Groove]]:
    """Whether it is a fill, and the groove, of all drum files in 4/4; a loop is repeated to four bars."""
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES):
        score = _score(path)
        if not score or any(BEATS.get((m.numerator, m.denominator)) != 1 for m in score.metres):
            continue
        name = path.relative_to(folder).with_suffix("").as_posix()
        said = BPM.search(name)
        made = groove(style_in(name), float(said[1]) if said else score.tempos[0, 1], quantised(score))
        if made:
            fill = "fill" in path.stem.lower()
            yield fill, made if fill else _looped(made)


def _score(path: Path) -> Score | None:
    try:
        return midi.read(path)
    except (OSError, Rejected):
        return None


def _looped(made: Groove) -> Groove:
    times = -(-FEWEST // made.bars)
    copies = [moved(made.notes, k * made.bars * STEPS_PER_BAR) for k in range(times)]
    return Groove(made.style, made.bpm, joined(copies), times * made.bars, made.kind)
