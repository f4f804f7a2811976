"""What a run played at chosen epochs, kept by epoch: MIDI files, piano rolls, and the songs themselves.

samples/epoch-0001.50/ holds, for each fixed melody, 1-NAME.mid, .png and .npz, and sample.json;
samples/real/ the same of what the parts really played.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from bandmate.training import songs as kept_songs
from bandmate.training import whole
from bandmate.training.runs import midi, page
from bandmate.training.songs import Song

NOTE = "sample.json"
REAL = "real"
MOST_LOSSES = 8


@dataclass(frozen=True)
class Point:
    """Where a run was: updates and epochs done, its losses then, and figures of what it plays."""

    step: int = 0
    epoch: float = 0.0
    losses: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"epoch {self.epoch:.2f}"

    @property
    def caption(self) -> str:
        """The update, losses and figures as a line."""
        known = {**dict(list(self.losses.items())[:MOST_LOSSES]), **self.figures}
        return "   ".join([f"update {self.step}", *(f"{name} {value:.3g}" for name, value in known.items())])


@dataclass(frozen=True)
class Sample:
    """What was played at a point: the fixed melodies, each with its parts. point: None for the real ones."""

    point: Point | None
    songs: tuple[Song, ...]


def write(folder: Path, sample: Sample, parts: tuple[str, ...], tempo: float = 120.0) -> Path:
    """Writes a sample into its own folder in this one, in place of one of the same epoch; its path.

    tempo: beats a minute. The folder appears whole or not at all.
    """
    name = f"epoch-{sample.point.epoch:07.2f}" if sample.point else REAL
    new, place = folder / f".{name}", folder / name
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for number, song in enumerate(sample.songs, 1):
        stem = new / f"{number}-{_plain(song.name)}"
        midi.write(stem.with_suffix(".mid"), song, parts, tempo)
        picture(sample, number - 1, parts).save(stem.with_suffix(".png"), optimize=True)
        kept_songs.save(song, new).replace(stem.with_suffix(".npz"))
    whole.write(new / NOTE, json.dumps(_note(sample.point)))
    shutil.rmtree(place, ignore_errors=True)
    new.replace(place)
    return place


def picture(sample: Sample, number: int, parts: tuple[str, ...]) -> Image.Image:
    """The large piano roll of one of a sample's songs, counted from 0."""
    song, point = sample.songs[number], sample.point
    title = f"{point.title if point else 'as really played'}: {song.name}"
    return page.draw(song, parts, title, point.caption if point else "")


def read(folder: Path) -> list[Sample]:
    """All samples by epoch, from the first to the last, without the real ones.

    Raises ValueError if one can't be read.
    """
    found = [_read(path) for path in _folders(folder)]
    return sorted(found, key=lambda sample: sample.point.step if sample.point else 0)


def real(folder: Path) -> Sample | None:
    """What the parts really played, if it was kept. Raises ValueError if it can't be read."""
    return _read(folder / REAL) if (folder / REAL / NOTE).is_file() else None


def cut(folder: Path, step: int) -> None:
    """Forgets the samples of later updates than this one."""
    for path in _folders(folder):
        sample = _read(path)
        if sample.point and sample.point.step > step:
            shutil.rmtree(path)


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("epoch-*") if (path / NOTE).is_file())


def _read(path: Path) -> Sample:
    try:
        note = json.loads((path / NOTE).read_text(encoding="utf-8"))
        point = Point(**note) if note else None
        files = sorted(path.glob("*.npz"), key=lambda file: int(file.name.split("-")[0]))
        return Sample(point, tuple(kept_songs.load(file) for file in files))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"the sample {path} can't be read ({error}); remove its folder") from error


def _note(point: Point | None) -> dict[str, object]:
    if point is None:
        return {}
    return {
        "step": point.step,
        "epoch": point.epoch,
        "losses": _finite(point.losses),
        "figures": _finite(point.figures),
    }


def _finite(values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if math.isfinite(value)}


def _plain(name: str) -> str:
    """A song's name as part of a file's."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "song"


def thinned(samples: Sequence[Sample], most: int) -> list[Sample]:
    """At most so many of the samples, evenly, the first and the last among them."""
    count = min(most, len(samples))
    places = {round(k * (len(samples) - 1) / max(count - 1, 1)) for k in range(count)}
    return [samples[place] for place in sorted(places)]
