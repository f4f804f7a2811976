"""What a part's name says of its sound: a General MIDI program, the range it is played in, how loud it is."""

from __future__ import annotations

from typing import NamedTuple

from bandmate.models.decoding import DRUMS
from bandmate.presets.pitch import parse
from bandmate.training.reading.families import KINDS, named


class Sound(NamedTuple):
    """program 1..128 (None for a kit); low and high, MIDI pitches; level 0..1."""

    program: int | None
    low: int
    high: int
    level: float


# Program, lowest and highest note: where the instrument is usually written in a band, not all it can reach.
_KINDS = {"bass": (34, "E1", "G3"), "chords": (1, "C3", "C6"), "colour": (49, "G2", "G5")}
_LEVELS = {"drums": 0.85, "bass": 0.9, "chords": 0.75, "colour": 0.65}
_FAMILIES = {
    "cello": (43, "C2", "A4"),
    "contrabass": (44, "E1", "G3"),
    "tuba": (59, "D1", "F4"),
    "bassoon": (71, "Bb1", "Eb5"),
    "mallets": (12, "F3", "F6"),
    "bells": (9, "C4", "C7"),
    "organ": (17, "C3", "C6"),
    "accordion": (22, "F3", "C6"),
    "harmonica": (23, "C4", "C7"),
    "guitar": (26, "E2", "E5"),
    "plucked": (106, "C3", "C6"),
    "harp": (47, "C3", "C6"),
    "violin": (41, "G3", "E6"),
    "viola": (42, "C3", "E5"),
    "choir": (53, "G2", "G5"),
    "soprano": (53, "C4", "A5"),
    "alto": (53, "F3", "D5"),
    "tenor": (53, "C3", "G4"),
    "hit": (48, "D2", "C4"),
    "trumpet": (57, "E3", "Bb5"),
    "trombone": (58, "E2", "F4"),
    "horn": (61, "B1", "F5"),
    "brass": (62, "G2", "G5"),
    "sax": (66, "C#3", "Ab5"),
    "oboe": (69, "Bb3", "G6"),
    "clarinet": (72, "D3", "Bb6"),
    "flute": (74, "C4", "C7"),
    "lead": (82, "C4", "C6"),
    "pad": (90, "G2", "G5"),
    "synth": (91, "C3", "C6"),
    "bagpipe": (110, "G4", "A5"),
    "counter": (49, "G3", "C6"),
}


def sound_of(part: str) -> Sound:
    """The sound of a part by its name, which is a kind (`colour`) or speaks of an instrument; chords on a
    piano where it says nothing."""
    if part.lower() == DRUMS:
        return Sound(None, 0, 127, _LEVELS[DRUMS])
    family = named(part)
    kind = part.lower() if part.lower() in KINDS else family.kind if family else "chords"
    program, low, high = _FAMILIES.get(family.name if family else "", _KINDS.get(kind, _KINDS["chords"]))
    return Sound(program, parse(low), parse(high), _LEVELS[kind])
