"""Who plays what: each instrument's roles, and the five voices that come of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bandmate.training.lines import as_notes, hands, joined, monophonic, sounding, untangled
from bandmate.training.reading.parts import Part
from bandmate.training.reading.sheet import Sheet
from bandmate.training.songs import STEPS_PER_BAR, VOICES, Notes

LEAD = 0


@dataclass(frozen=True)
class Take:
    """What an instrument was taken for. roles: 0 the melody, 1..4 the parts, none where it is left out, two
    where its hands are parted; why: a short phrase."""

    number: int
    roles: tuple[int, ...]
    why: str


@dataclass(frozen=True)
class Casting:
    """takes: one for each instrument of the sheet, in its order; silent: roles that the user wants empty."""

    parts: tuple[Part, ...]
    takes: tuple[Take, ...]
    silent: frozenset[int] = frozenset()

    def numbers(self, role: int) -> tuple[int, ...]:
        """The instruments that play a role."""
        return tuple(take.number for take in self.takes if role in take.roles)

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts that nobody plays and nobody wants silent."""
        roles = range(1, VOICES)
        return tuple(self.parts[r - 1].name for r in roles if not self.numbers(r) and r not in self.silent)


def voices(sheet: Sheet, casting: Casting) -> tuple[Notes | None, ...]:
    """The melody and the four parts; None where a part is missing. The melody and a part of the kind bass
    are one note at a time; where several instruments share one, it is handed on between them."""
    return tuple(_voice(sheet, casting, role) for role in range(VOICES))


def _voice(sheet: Sheet, casting: Casting, role: int) -> Notes | None:
    takes = [take for take in casting.takes if role in take.roles]
    if not takes:
        return as_notes([]) if role in casting.silent else None
    notes = {instrument.number: instrument.notes for instrument in sheet.instruments}
    kind = casting.parts[role - 1].kind if role else "melody"
    pieces = []
    for take in takes:
        mine = notes[take.number]
        shared = {casting.parts[each - 1].kind for each in take.roles if each}
        if role and {"bass", "chords"} <= shared:
            mine = hands(mine)[0 if kind == "bass" else 1]
        pieces.append(mine)
    if kind in ("melody", "bass"):
        return monophonic(relay(pieces, sheet.bars * STEPS_PER_BAR), lowest=kind == "bass")
    return untangled(joined(pieces))


def relay(pieces: list[Notes], steps: int) -> Notes:
    """Several voices as one that is handed on: the one with most notes has the word, of the others what is
    struck while those before are silent."""
    ordered = sorted(pieces, key=len, reverse=True)
    line = ordered[0]
    for piece in ordered[1:]:
        taken = sounding(line, steps)
        at = np.clip(piece[:, 0], 0, steps - 1)
        line = joined([line, piece[~taken[at]]])
    return line
