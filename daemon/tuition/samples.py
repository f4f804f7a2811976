"""What a run played at its epochs, as it lies in the run's folder; places are listed, never made of names."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from bandmate.daemon.tuition.errors import TuitionError
from bandmate.daemon.tuition.record import figures

REAL = "real"
NOTE = "sample.json"
EPOCH = re.compile(r"epoch-\d{1,9}\.\d{1,4}")
SONG = re.compile(r"(\d{1,3})-(.{1,80})\.mid")
MOST = 1000


@dataclass(frozen=True)
class Sample:
    """place: its folder's name; epoch, step: None where the songs were really played; figures: of it; songs:
    their names, in order."""

    place: str
    epoch: float | None
    step: int | None
    figures: dict[str, float]
    songs: tuple[str, ...]


def listed(folder: Path) -> list[Sample]:
    """The samples in a run's folder `samples`, from the first epoch to the last, then the real one. One that
    is being written, or can't be understood, is left out."""
    found = [sample for path in _places(folder) if (sample := _read(path)) is not None]
    return sorted(found, key=lambda sample: float("inf") if sample.step is None else sample.step)


def file(folder: Path, place: str, number: int) -> Path:
    """The MIDI file of a sample's song, counted from 0. Raises TuitionError."""
    for path in _places(folder):
        if path.name == place:
            songs = _songs(path)
            if 0 <= number < len(songs):
                return songs[number]
    raise TuitionError("this sample is not kept any more; look at the others")


def _places(folder: Path) -> list[Path]:
    try:
        paths = [path for path in folder.iterdir() if path.name == REAL or EPOCH.fullmatch(path.name)]
        return sorted(path for path in paths if path.is_dir() and not path.is_symlink())[:MOST]
    except OSError:
        return []


def _songs(path: Path) -> list[Path]:
    try:
        files = [file for file in path.iterdir() if SONG.fullmatch(file.name) and not file.is_symlink()]
    except OSError:
        return []
    return sorted(files, key=lambda file: int(file.name.split("-")[0]))


def _read(path: Path) -> Sample | None:
    try:
        note = json.loads((path / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    songs = tuple(SONG.sub(r"\2", file.name) for file in _songs(path))
    if not isinstance(note, dict) or not songs:
        return None
    told = figures(note)
    if path.name == REAL:
        return Sample(REAL, None, None, {}, songs)
    if "epoch" not in told or "step" not in told:
        return None
    return Sample(path.name, told["epoch"], int(told["step"]), figures(note.get("figures")), songs)
