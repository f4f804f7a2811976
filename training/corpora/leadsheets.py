"""Lead sheets as songs: the melody and the chords are as written, and the whole band is arranged.

OpenEWLD (Simonetta 2018) is a folder of MusicXML files with an INDEX.tsv that says each one's genres, the
most frequent first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bandmate.models.harmony import NONE
from bandmate.training.arranging.drums import Drummer
from bandmate.training.arranging.fill import fill
from bandmate.training.lines import monophonic
from bandmate.training.reading import grid, notation
from bandmate.training.reading.sheet import Sheet
from bandmate.training.songs import Rejected, Song, split_of_tune

INDEX = "INDEX.tsv"
FEWEST_CHORDS = 0.5


def read(
    folder: Path, parts: tuple[str, ...], style: str, drummer: Drummer | None, genre: str = ""
) -> Iterator[Song | Rejected]:
    """The songs of a folder with an index, or why each was rejected.

    parts: the band's four; style: in which it is arranged, and the songs' genre; genre: only those whose most
    frequent label it is, all if empty.
    """
    with (folder / INDEX).open(encoding="utf-8", newline="") as table:
        index = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        rows = [row for row in index if _labelled(row["genres"], genre)]
    for row in rows:
        path = folder / row["path"]
        if not path.is_file():
            yield Rejected("in the index, but not in the folder")
            continue
        try:
            for sheet in grid.lay(notation.read(path), f"{folder.name}/{path.stem}"):
                yield song(sheet, parts, style, drummer, split_of_tune(path.stem))
        except Rejected as reason:
            yield reason


def _labelled(genres: str, genre: str) -> bool:
    return not genre or genres.split(":")[0].lower() == genre.lower()


def song(sheet: Sheet, parts: tuple[str, ...], style: str, drummer: Drummer | None, split: str) -> Song:
    """The song of a sheet: its first instrument sings, its chord symbols are the plan. Raises Rejected."""
    if sheet.chords is None or float(np.mean(sheet.chords != NONE)) < FEWEST_CHORDS:
        raise Rejected("few chord symbols")
    melody = monophonic(sheet.instruments[0].notes)
    voices, origin = fill(
        [None] * 4, melody, sheet.chords, parts, sheet.tempo, sheet.name, style, drummer, sheet.labels
    )
    return Song(sheet.name, style, split, (melody, *voices), sheet.chords, origin)
