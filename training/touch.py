"""The touch of a band, kept in its file: what its velocities lack of those that people played.

The band plays live to some songs, without a touch; what varies less in it than in songs of people is what is
drawn from then on. Velocities that nobody played tell nothing: those of notation, which are one number, or
one for each mark of loudness, and those that reading or arranging gave.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bandmate.models.decoding import DRUMS
from bandmate.models.generator import Generator
from bandmate.models.touch import FARTHEST, Touch
from bandmate.presets import write
from bandmate.presets.preset import Preset
from bandmate.training import audition, lines, whole
from bandmate.training.fitting import export
from bandmate.training.judging.velocities import Dynamics
from bandmate.training.runs import played
from bandmate.training.songs import REAL, STEPS_PER_BAR, STYLE_PAIRED, Notes, Song

SONGS, BARS = 16, 32
ROUNDS = 2
WRITTEN = frozenset({"wjazzd", "openewld", "chorales", "quartets", "orchestra"})
"""Data sets of notation: their velocities are accents that reading them gave."""
# What was played in a song: so many notes and loudnesses at least, and neighbours seldom alike.
NOTES, LOUDNESSES, ALIKE = 64, 16, 0.4
# A part of which fewer songs tell takes the usual: what the players of 716 pop songs do, in round numbers.
FEW = 5
# The fewer songs tell, the less accents are believed: by half, where there are so many.
DOUBT = 20
LINE = Dynamics(bar=0.07, onset=0.1)
CHORDS = Dynamics(bar=0.07, onset=0.1, note=0.09, top=0.03)


class Heard(NamedTuple):
    """The dynamics of each part: of people, with 0 songs where the usual is taken; of the band without a
    touch, and with the one that its file has now."""

    people: list[Dynamics]
    before: list[Dynamics]
    after: list[Dynamics]


def learned(
    preset: Preset,
    models: Path,
    shown: Sequence[Song],
    like: Sequence[Song],
    tempo: float,
    tell: Callable[[int, int], None],
) -> Heard:
    """Write the touch of a preset's band into its file, and into nothing else of it.

    models: the folder of its files; shown: the songs to play to; like: those whose players it is to have the
    touch of; tell: hears how many of `ROUNDS` are done. Raises ModelError, or ValueError where no song has
    two bars of melody.
    """
    path = models / f"{preset.band}.onnx"
    data = path.read_bytes()
    card = Generator(data, path.name).card
    given = played.excerpts(shown, SONGS, BARS)
    places = enumerate(preset.parts, 1)
    people = [_people(like, k, part.name, part.voices, given[0].bars) for k, part in places]
    found: list[list[Dynamics]] = []
    for turn in range(ROUNDS):
        touch = touch_of(people, found[0]) if found else None
        whole.write(path, export.restated(data, replace(card, touch=touch)))
        heard = audition.play(write.text(preset), given, presets=models, models=models, tempo=tempo)
        parts = enumerate(preset.parts, 1)
        found.append([Dynamics.of([s.notes[k] for s in heard.songs], part.name) for k, part in parts])
        tell(turn + 1, ROUNDS)
    return Heard(people, *found)


def table(parts: Sequence[str], heard: Heard) -> str:
    """In Markdown, what people do, the band without a touch, and the band with one."""
    rows = [
        "| part | who | songs | sd | from bar to bar | onset | note | highest |",
        "|---|---|" + "---:|" * 6,
    ]
    for part, *three in zip(parts, *heard, strict=True):
        for who, each in zip(heard._fields, three, strict=True):
            shares = " | ".join(f"{share:.3f}" for share in (each.bar, each.onset, each.note, each.top))
            rows.append(f"| {part} | {who} | {each.songs} | {each.sd:.1f} | {shares} |")
    return "\n".join(rows)


def touch_of(people: Sequence[Dynamics], band: Sequence[Dynamics]) -> Touch:
    """What has to be drawn for a band to vary as people do; a part that was not heard, or that varies more,
    gets none. What people never told, accents of the usual, is left as the band has it."""
    pairs = list(zip(people, band, strict=True))
    return Touch(
        bar=tuple(_lacking(a.bar, b.bar, b.songs) for a, b in pairs),
        onset=tuple(_lacking(a.onset, b.onset, b.songs) for a, b in pairs),
        note=tuple(_lacking(a.note, b.note, b.songs) for a, b in pairs),
        top=tuple(_share(a.top - b.top) if b.songs else 0.0 for a, b in pairs),
        accent=tuple(
            tuple(_accent(x - y, a.songs) for x, y in zip(a.accent, b.accent, strict=True)) for a, b in pairs
        ),
    )


def _lacking(wanted: float, there: float, songs: int) -> float:
    """The standard deviation that makes up for one that is too small."""
    return _share(math.sqrt(max(wanted**2 - there**2, 0.0))) if songs else 0.0


def _accent(more: float, songs: int) -> float:
    """What an accent lacks, by as much as so many songs are to be believed; nothing where it is not known."""
    return 0.0 if math.isnan(more) else _share(more * songs / (songs + DOUBT))


def _share(value: float) -> float:
    return round(min(max(value, -FARTHEST), FARTHEST), 4)


def _people(songs: Sequence[Song], voice: int, part: str, voices: int, bars: int) -> Dynamics:
    """How people played a part, in stretches of so many bars; the usual, where too few did."""
    found = []
    for song in songs:
        notes = performed(song, voice, part)
        for first in range(0, song.bars - bars + 1, bars):
            step = notes[:, 0] // STEPS_PER_BAR
            found.append(notes[(first <= step) & (step < first + bars)])
    heard = Dynamics.of(found, part)
    if heard.songs >= FEW:
        return heard
    return LINE if voices == 1 else CHORDS


def performed(song: Song, voice: int, part: str) -> Notes:
    """The notes of a voice with the velocities of who played them; none where nobody did."""
    notes = song.notes[voice]
    bar = np.minimum(notes[:, 0] // STEPS_PER_BAR, song.bars - 1)
    codes, written = song.provenance[bar, voice], song.name.split("/")[0] in WRITTEN
    kept: Notes = notes[(codes == STYLE_PAIRED) | ((codes == REAL) & (not written))]
    many = len(kept) >= NOTES and len(np.unique(kept[:, 3])) >= LOUDNESSES
    return kept if many and _alike(kept, part) <= ALIKE else lines.as_notes([])


def _alike(notes: Notes, part: str) -> float:
    """The share of onsets that are exactly as loud as the one before; of a kit, drum by drum."""
    kit = notes[:, 2] if part == DRUMS else np.zeros(len(notes), np.int16)
    same: list[bool] = []
    for drum in np.unique(kit):
        own = notes[kit == drum]
        _, first = np.unique(own[:, 0], return_index=True)
        same += (np.diff(own[first][:, 3]) == 0).tolist()
    return float(np.mean(same)) if same else 1.0
