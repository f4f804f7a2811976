"""One file heard: its stretches on the grid, who plays what in each, and why one can't be used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bandmate.models.decoding import DRUMS
from bandmate.training.chords import derive
from bandmate.training.gathering.corrections import Correction, resolved
from bandmate.training.gathering.files import MIDI, File
from bandmate.training.gathering.filters import Filters
from bandmate.training.lines import joined, sounding
from bandmate.training.reading import grid, midi, roles
from bandmate.training.reading.casting import Casting, voices
from bandmate.training.reading.parts import MELODY, Part
from bandmate.training.reading.score import Score
from bandmate.training.reading.sheet import Instrument, Sheet
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Notes, Rejected

PLAYED = 0.1


@dataclass(frozen=True)
class Task:
    """A file to hear; corrections: by the name of its song or of one stretch; fill: whether what is missing
    may be arranged."""

    file: File
    parts: tuple[Part, ...]
    filters: Filters
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    fill: bool = True


@dataclass(frozen=True)
class Piece:
    """A stretch of a file. reason: why it can't be used, empty if it can, and then voices (None for a part
    that is missing) and chords, uint8[beats], are there; mark: the same for the same notes in any key."""

    sheet: Sheet
    casting: Casting | None = None
    reason: str = ""
    voices: tuple[Notes | None, ...] = ()
    chords: NDArray[np.uint8] | None = None
    mark: str = ""


@dataclass(frozen=True)
class Heard:
    """What came of a file: its pieces, or why there are none; faults: of the corrections, by line."""

    pieces: tuple[Piece, ...] = ()
    reason: str = ""
    faults: tuple[tuple[int, str], ...] = ()


def hear(task: Task) -> Heard:
    """Reads a file and casts its stretches; whatever is wrong with it is said, never raised."""
    try:
        sheets = grid.lay(score(task.file.path), task.file.name)
        return _cast(task, sheets)
    except Rejected as error:
        return Heard(reason=str(error))
    except Exception as error:
        return Heard(reason=f"can't be read ({type(error).__name__})")


def score(path: Path) -> Score:
    """The score of a MIDI or a notation file. Raises Rejected."""
    if path.suffix.lower() in MIDI:
        return midi.read(path)
    from bandmate.training.reading import notation  # its library takes a second to load

    return notation.read(path)


def _cast(task: Task, sheets: list[Sheet]) -> Heard:
    everyone = {i.number: i for sheet in sheets for i in sheet.instruments}
    pieces, faults = [], []
    general = task.corrections.get(task.file.name, Correction())
    for sheet in sheets:
        special = task.corrections.get(sheet.name) if sheet.name != task.file.name else None
        correction = special.over(general) if special else general
        wishes, wrong = resolved(correction, tuple(everyone.values()), _kits(task.parts))
        faults += wrong
        pieces.append(_piece(task, sheet, wishes, correction.skip))
    gone = set(task.corrections) - {task.file.name, *(sheet.name for sheet in sheets)}
    faults += [
        (min(task.corrections[song].lines.values(), default=1), f"{song}: its file has no such stretch")
        for song in sorted(gone)
    ]
    return Heard(tuple(pieces), "", tuple(dict.fromkeys(faults)))


def _kits(parts: tuple[Part, ...]) -> frozenset[str]:
    return frozenset(part.name for part in parts if part.kind == DRUMS)


def _piece(task: Task, sheet: Sheet, wishes: Mapping[str, tuple[int, ...]], skip: bool) -> Piece:
    names = (MELODY, *(part.name for part in task.parts))
    casting = roles.find(sheet, task.parts, {names.index(role): who for role, who in wishes.items()})
    played = voices(sheet, casting)
    reason = "left out by your corrections" if skip else task.filters.refuse_sheet(sheet)
    reason = reason or _too_little(task, sheet, casting, played)
    if reason:
        return Piece(sheet, casting, reason)
    chords = sheet.chords
    if chords is None:
        pitched = [i.notes for i in sheet.instruments if not i.drums]
        chords = derive(pitched, sheet.bars * BEATS_PER_BAR)
    return Piece(sheet, casting, "", played, chords, mark(sheet.instruments))


def _too_little(task: Task, sheet: Sheet, casting: Casting, played: tuple[Notes | None, ...]) -> str:
    """Why a stretch is too thin to learn from, or empty."""
    real = [notes is not None and _active(notes, sheet.bars) >= PLAYED for notes in played]
    if not real[0]:
        return "no melody"
    if sum(real[1:]) < task.filters.fewest_parts:
        return f"fewer than {task.filters.fewest_parts} parts"
    if casting.missing and not task.fill:
        return "no " + " and no ".join(casting.missing)
    return ""


def _active(notes: Notes, bars: int) -> float:
    """The share of bars in which they sound."""
    return float(sounding(notes, bars * STEPS_PER_BAR).reshape(bars, STEPS_PER_BAR).any(1).mean())


def mark(instruments: tuple[Instrument, ...]) -> str:
    """A digest of what is struck when, the same in every key and at every loudness."""
    pitched = joined([i.notes for i in instruments if not i.drums])[:, [0, 2]]
    kit = joined([i.notes for i in instruments if i.drums])[:, [0, 2]]
    if len(pitched):
        pitched = pitched - [0, pitched[:, 1].min()]
    rows = [np.unique(each, axis=0).astype(np.int16).tobytes() for each in (pitched, kit)]
    return hashlib.sha256(b"/".join(rows)).hexdigest()
