"""The preset of a taught genre: worked out from its songs, and put where a running band finds it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bandmate.models.catalogue import SUFFIX, Catalogue, packaged
from bandmate.models.contract import Card
from bandmate.models.decoding import DRUMS
from bandmate.presets import write as written
from bandmate.presets.load import Shelf, read
from bandmate.presets.preset import Part, Preset
from bandmate.training import whole
from bandmate.training.runs.shelf import NAME
from bandmate.training.songs import Notes, Song
from bandmate.training.sounds import sound_of

DRUM_CHANNEL, FIRST_CHANNEL = 10, 2
PROGRAMS = 128
SWINGS = (0.5, 0.75)
MOST_VOICES = 8
KIT_VOICES = 4
_SIGNED = "# written by 'bandmate train', "


def of(
    name: str,
    card: Card,
    songs: Sequence[Song],
    shelf: Shelf,
    *,
    ear: str,
    swing: float = 0.5,
    programs: Mapping[str, int] | None = None,
) -> Preset:
    """A genre's preset. Its band's file is called as the genre is; the parts are those of the band's card.

    songs: those it was taught on, for ranges and voices; shelf: all presets there are: one of this name
    passes its program number on, else the lowest that is free is taken; ear: the ear's file stem; swing: the
    songs' median, kept within .5 to .75; programs: by part, the commonest General MIDI program 1..128 of the
    corpus, where it is known. Raises ValueError where no number is free.
    """
    channels = (channel for channel in count(FIRST_CHANNEL) if channel != DRUM_CHANNEL)
    parts = [
        _part(
            part,
            [song.notes[1 + place] for song in songs],
            DRUM_CHANNEL if part == DRUMS else next(channels),
            (programs or {}).get(part),
        )
        for place, part in enumerate(card.parts)
    ]
    swing = round(min(max(swing, SWINGS[0]), SWINGS[1]), 2)
    return Preset(name, _number(name, shelf), ear=ear, band=name, parts=tuple(parts), swing=swing)


def _number(name: str, shelf: Shelf) -> int:
    if name in shelf.names():
        return shelf.get(name).program
    taken = {shelf.get(other).program for other in shelf.names()}
    free = set(range(1, PROGRAMS + 1)) - taken
    if not free:
        raise ValueError(f"all {PROGRAMS} program numbers are given to presets; remove one you don't need")
    return min(free)


def _part(name: str, played: Sequence[Notes], channel: int, program: int | None) -> Part:
    """A part of this name as the songs have it: 98 of 100 of their notes and its usual range lie within its
    own, and at 9 of 10 of their strikes no more notes sound than its voices."""
    sound = sound_of(name)
    notes = [each for each in played if len(each)]
    voices = _voices(notes)
    if name == DRUMS:
        return Part(name, channel, level=sound.level, voices=max(voices, KIT_VOICES))
    pitches = np.concatenate([each[:, 2] for each in notes]) if notes else np.array([sound.low])
    low, high = np.percentile(pitches, [1, 99])
    return Part(
        name,
        channel,
        program=sound.program if program is None else program,
        level=sound.level,
        low=min(int(np.floor(low)), sound.low),
        high=max(int(np.ceil(high)), sound.high),
        voices=voices,
    )


def _voices(notes: Sequence[Notes]) -> int:
    """Notes that sound together, at the 90th percentile of all steps at which one is struck; what no song
    plays has the usual 4."""
    together = [_sounding(each) for each in notes]
    if not together:
        return Part.voices
    return min(int(np.ceil(np.percentile(np.concatenate(together), 90))), MOST_VOICES)


def _sounding(notes: Notes) -> NDArray[np.int64]:
    """int[n]: how many of the notes sound at each of the n steps at which one is struck."""
    begin, end = notes[:, 0].astype(np.int64), notes[:, 0].astype(np.int64) + notes[:, 1]
    steps = np.unique(begin)
    begun, ended = (np.searchsorted(np.sort(edge), steps, "right") for edge in (begin, end))
    return np.asarray(begun - ended)


def write(
    preset: Preset, home: Path, models: Mapping[str, bytes], *, heading: str = "", force: bool = False
) -> Path:
    """Puts the models, and then the preset, into the user's folder, each whole or not at all; its path.

    models: ONNX files by stem: the preset's ear or band, or both. A preset that its user has edited is kept
    as NAME.yaml.bak (then .bak2 and so on). Raises ValueError, before anything is written, where the name
    can't be a file's, is a packaged preset's or model's and `force` is not given, or a model is missing.
    """
    text = _signed(written.text(preset, heading))
    path = home / "presets" / f"{preset.name}.yaml"
    _check(preset, home, models, force)
    read(text, path.name)
    for stem, data in models.items():
        whole.write(home / "models" / f"{stem}{SUFFIX}", data)
    if path.exists() and _edited(path):
        shutil.copy2(path, _spare(path))
    whole.write(path, text)
    return path


def is_packaged(name: str) -> bool:
    """Whether a preset or a model of this name comes with bandmate."""
    return name in {*packaged(), *Shelf(None).names()}


def _check(preset: Preset, home: Path, models: Mapping[str, bytes], force: bool) -> None:
    for name in (preset.name, *models):
        if not NAME.fullmatch(name):
            raise ValueError(f"'{name}' can't be a preset's name; use letters, digits, - and _ (64 at most)")
    ours = [name for name in (preset.name, *models) if is_packaged(name)]
    if ours and not force:
        raise ValueError(f"'{ours[0]}' is packaged with bandmate; choose another name, or use --force")
    known = {*Catalogue(home / "models").names(), *models}
    for stem in (preset.ear, preset.band):
        if stem not in known:
            raise ValueError(f"there is no model '{stem}' for the preset {preset.name}; export it too")


def _signed(text: str) -> str:
    """The text with a last line that shows whether the rest is still as it was written."""
    return f"{text}{_SIGNED}{hashlib.sha256(text.encode()).hexdigest()[:12]}\n"


def _edited(path: Path) -> bool:
    """Whether somebody else wrote a file, or changed it."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return True
    body, signed, _ = text.rpartition(_SIGNED)
    return not signed or _signed(body) != text


def _spare(path: Path) -> Path:
    """NAME.yaml.bak or, where that is taken, the next of its kind: an old one is never lost."""
    names = (path.with_name(f"{path.name}.bak{number if number > 1 else ''}") for number in count(1))
    return next(name for name in names if not name.exists())
