"""A song made ready to learn from: a melody, four parts and their chords on a grid of 16ths in 4/4.

Songs are kept one to a file (.npz, nothing pickled). A song is in train, valid or test by its name
alone, so the split is by song and the same in every corpus and run.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS_PER_BAR = 16
BEATS_PER_BAR = 4
VOICES = 5
REAL, STYLE_PAIRED, ARRANGED, SILENT = range(4)
SPLITS = ("train", "valid", "test")

Notes = NDArray[np.int16]


class Rejected(Exception):
    """A piece that can't be used; the message is the reason, in a few words that can be counted."""


@dataclass(frozen=True)
class Song:
    """name: `pop909/001`; genre; split: `train`, `valid` or `test`.

    notes: five int16[n, 4] of (step, length, pitch, velocity 1..127), the melody and then the four
    parts in the genre's order; chords: uint8[beats], numbered as in models/harmony (24 none);
    provenance: uint8[bars, 5], for each bar and voice 0 real, 1 style-paired, 2 arranged, 3 silent.
    """

    name: str
    genre: str
    split: str
    notes: tuple[Notes, ...]
    chords: NDArray[np.uint8]
    provenance: NDArray[np.uint8]

    @property
    def bars(self) -> int:
        """Bars of four beats."""
        return len(self.provenance)

    @property
    def steps(self) -> int:
        """Steps of a 16th."""
        return self.bars * STEPS_PER_BAR


def split_of(name: str) -> str:
    """`train`, `valid` or `test` (80 to 10 to 10), from a stable hash of the song's name."""
    tenth = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % 10
    return "train" if tenth < 8 else SPLITS[tenth - 7]


def split_of_tune(title: str) -> str:
    """The split of whatever is made of a tune: its title's, of which only letters and digits count."""
    return split_of("tune/" + re.sub(r"[\W_]", "", title.lower()))


def save(song: Song, folder: Path) -> Path:
    """Writes one .npz into the folder, named after the song, and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (song.name.replace("/", "-") + ".npz")
    kept: dict[str, Any] = {f"notes{i}": notes for i, notes in enumerate(song.notes)}
    for field in ("name", "genre", "split", "chords", "provenance"):
        kept[field] = np.asarray(getattr(song, field))
    np.savez_compressed(path, **kept)
    return path


def load(path: Path) -> Song:
    """The song of one file that `save` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        return Song(
            name=str(kept["name"]),
            genre=str(kept["genre"]),
            split=str(kept["split"]),
            notes=tuple(kept[f"notes{i}"] for i in range(VOICES)),
            chords=kept["chords"],
            provenance=kept["provenance"],
        )


def read_all(folder: Path, split: str | None = None) -> list[Song]:
    """The songs of a folder by name, all of them or those of one split."""
    songs = [load(path) for path in sorted(folder.glob("*.npz"))]
    return [song for song in songs if split in (None, song.split)]
