"""Presets judged on held-out songs, live through the engine: what `bandmate train judge` does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from typing import NamedTuple

from bandmate.models.catalogue import Catalogue
from bandmate.presets import home
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset
from bandmate.training import audition, lines, publication, whole
from bandmate.training.judging import cardtext, heldout, inference
from bandmate.training.judging.performance import Figures
from bandmate.training.judging.scorecard import Judge, Scorecard, scorecard
from bandmate.training.runs import midi
from bandmate.training.runs.progress import Progress
from bandmate.training.songs import Song, read_all

Echo = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What to judge, and how.

    songs: a folder that holds one of prepared songs for each preset, by its name; presets: their names, all
    packaged ones with songs if there are none; rivals: presets or runs to stand beside those that have the
    same parts; split: `valid`, `test`, or `all`; limit: so many songs of each at most, evenly drawn; bars:
    shorter melodies are left out; markdown, figures: files for the tables and for programs; midi: a folder
    for what was played.
    """

    songs: Path
    presets: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    split: str = "test"
    limit: int = 40
    bars: int = 16
    seed: int = 1
    markdown: Path | None = None
    figures: Path | None = None
    midi: Path | None = None

    @property
    def command(self) -> str:
        """The command that asks for the same figures, the folder of songs called SONGS."""
        words = [
            "bandmate train judge SONGS",
            f"--split {self.split} --limit {self.limit} --bars {self.bars}",
        ]
        words += [f"--seed {self.seed}", *(f"--preset {name}" for name in self.presets)]
        words += [f"--against {name}" for name in self.rivals]
        return " ".join(words + ([f"--markdown {_shown(self.markdown)}"] if self.markdown else []))


class Band(NamedTuple):
    """A preset, and the folders in which it and its models are looked for."""

    preset: Preset
    place: Path

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its parts, in order."""
        return tuple(part.name for part in self.preset.parts)

    def file(self, stem: str) -> bytes:
        """One of its models. Raises ModelError."""
        return Catalogue(self.place / "models").data(stem)


def judge(order: Order, echo: Echo) -> list[Scorecard]:
    """Judges the presets one after the other, tells each one's card, and writes the files that are asked for.

    Raises ValueError, PresetError or ModelError, before anything is played where it can.
    """
    bands = [_band(name, home.folder()) for name in _names(order)]
    rivals = _rivals(order, bands)
    material = [_songs(order, band) for band in bands]
    cards = []
    for band, songs in zip(bands, material, strict=True):
        cards.append(_card(band, [rival for rival in rivals if rival.parts == band.parts], songs, order))
        echo(cardtext.text(cards[-1]))
    if order.markdown:
        whole.write(order.markdown, cardtext.markdown(cards, order.command))
    if order.figures:
        whole.write(order.figures, json.dumps({card.name: _known(card) for card in cards}, indent=1) + "\n")
    return cards


def _shown(path: Path) -> str:
    """A path as a page may tell it: nothing of this machine's folders."""
    return path.name if path.is_absolute() else path.as_posix()


def _names(order: Order) -> tuple[str, ...]:
    """The presets to judge: those that were named, or else the packaged ones that there are songs for."""
    names = order.presets or tuple(n for n in Shelf(None).names() if (order.songs / n).is_dir())
    missing = [name for name in names if not (order.songs / name).is_dir()]
    if missing or not names:
        wanted = missing[0] if missing else Shelf(None).names()[0]
        raise ValueError(
            f"{order.songs} has no folder '{wanted}' of prepared songs; each preset needs one by its name"
        )
    return names


def _band(name: str, place: Path) -> Band:
    return Band(Shelf(place / "presets").get(name), place)


def _rivals(order: Order, bands: Sequence[Band]) -> list[Band]:
    """Who stands beside the presets. Raises ValueError for one that could stand beside none."""
    rivals = [_band(name, publication.place_of(name)) for name in order.rivals]
    names = ", ".join(band.preset.name for band in bands)
    for rival in rivals:
        if rival.preset.name in {band.preset.name for band in bands}:
            raise ValueError(f"'{rival.preset.name}' can't stand beside itself; leave it out of --against")
        if rival.parts not in {band.parts for band in bands}:
            raise ValueError(f"'{rival.preset.name}' has other parts than {names}; leave it out of --against")
    return rivals


def _songs(order: Order, band: Band) -> list[Song]:
    """The held-out songs of a preset, cut to the span of their melody. Raises ValueError without any."""
    folder = order.songs / band.preset.name
    kept = read_all(folder, None if order.split == "all" else order.split)
    long = [song for song in map(heldout.span, kept) if song.bars >= order.bars]
    if not long:
        raise ValueError(
            f"{folder} holds no songs of the split '{order.split}' with melodies of {order.bars} bars; "
            "prepare more songs, or ask for another split or for fewer bars"
        )
    number = min(order.limit, len(long))
    return [long[k * len(long) // number] for k in range(number)]


def _card(band: Band, rivals: Sequence[Band], songs: list[Song], order: Order) -> Scorecard:
    systems, more = {}, {}
    for each in (band, *rivals):
        name = each.preset.name
        systems[name], more[name] = _heard(each, songs, order)
    training = read_all(order.songs / band.preset.name, "train")
    judge = Judge(songs, band.parts, training)
    if order.midi:
        _keep(order.midi, band, judge, systems[band.preset.name])
    return scorecard(band.preset.name, judge, systems, more)


def _heard(band: Band, songs: list[Song], order: Order) -> tuple[list[Song], Figures]:
    """What a band plays to the songs live, and its figures that are not of the music."""
    name = band.preset.name
    ear, generator_file = band.file(band.preset.ear), band.file(band.preset.band)
    with Progress(f"playing {name} to {len(songs)} songs", 100, "%") as progress:
        heard = audition.play(
            name,
            songs,
            presets=band.place / "presets",
            models=band.place / "models",
            seed=order.seed,
            progress=lambda share: progress.reach(round(100 * share), 100),
        )
    found = {
        "late_decisions": float(sum(heard.late)),
        "inference.hop_ms": inference.hop_p99(ear, generator_file),
        "inference.largest_mb": max(len(ear), len(generator_file)) / 1e6,
    }
    return heard.songs, found


def _keep(folder: Path, band: Band, judge: Judge, played: Sequence[Song]) -> None:
    """Writes, for other scorers, cases/PRESET/SONG.mid (the melody), the same ending in .real.mid (with the
    real parts), and rendered/PRESET/SONG.mid."""
    name, silence = band.preset.name, lines.as_notes([])
    for song, real, mine in zip(judge.songs, judge.people, played, strict=True):
        file = f"{song.name.replace('/', '-')}.mid"
        case = folder / "cases" / name / file
        melody = replace(song, notes=(song.notes[0], *[silence] * len(band.parts)))
        midi.write(case, melody, band.parts)
        midi.write(case.with_suffix(".real.mid"), real, band.parts)
        midi.write(folder / "rendered" / name / file, mine, band.parts)


def _known(card: Scorecard) -> dict[str, Figures]:
    """The columns without what is not a number, for which JSON has no sign."""
    return {
        system: {figure: value for figure, value in column.items() if not isnan(value)}
        for system, column in card.columns.items()
    }
