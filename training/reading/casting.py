"""Who plays what: each instrument's roles, and the five voices that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bandmate.training.lines import as_notes, hands, joined, monophonic, sounding, untangled
from bandmate.training.reading.parts import MELODY, Part
from bandmate.training.reading.sheet import Sheet
from bandmate.training.songs import STEPS_PER_BAR, VOICES, Notes


@dataclass(frozen=True)
class Casting:
    """players: for the melody and the four parts the numbers of the instruments, who has the word first;
    why: by number, in a few words, why an instrument plays what it does, or nothing; silent: roles that the
    user wants empty."""

    parts: tuple[Part, ...]
    players: tuple[tuple[int, ...], ...]
    why: Mapping[int, str]
    silent: frozenset[int] = frozenset()

    def roles(self, number: int) -> tuple[int, ...]:
        """What an instrument plays: 0 the melody, 1..4 the parts; two roles where its hands are parted."""
        return tuple(role for role, players in enumerate(self.players) if number in players)

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts that nobody plays and nobody wants silent."""
        roles = range(1, VOICES)
        return tuple(self.parts[r - 1].name for r in roles if not self.players[r] and r not in self.silent)


def voices(sheet: Sheet, casting: Casting) -> tuple[Notes | None, ...]:
    """The melody and the four parts; None where a part is missing. The melody and a part of the kind bass
    are one note at a time; where several instruments share one, it is handed on between them."""
    return tuple(_voice(sheet, casting, role) for role in range(VOICES))


def _voice(sheet: Sheet, casting: Casting, role: int) -> Notes | None:
    players = casting.players[role]
    if not players:
        return as_notes([]) if role in casting.silent else None
    notes = {instrument.number: instrument.notes for instrument in sheet.instruments}
    kind = casting.parts[role - 1].kind if role else MELODY
    pieces = []
    for number in players:
        shared = {casting.parts[each - 1].kind for each in casting.roles(number) if each}
        both = role and {"bass", "chords"} <= shared
        pieces.append(hands(notes[number])[0 if kind == "bass" else 1] if both else notes[number])
    if kind in (MELODY, "bass"):
        return monophonic(relay(pieces, sheet.bars * STEPS_PER_BAR), lowest=kind == "bass")
    return untangled(joined(pieces))


def relay(pieces: Sequence[Notes], steps: int) -> Notes:
    """Several voices as one that is handed on: the first, and of each other what is struck while those before
    it are silent."""
    line = pieces[0]
    for piece in pieces[1:]:
        taken = sounding(line, steps)
        line = joined([line, piece[~taken[np.clip(piece[:, 0], 0, steps - 1)]]])
    return line
