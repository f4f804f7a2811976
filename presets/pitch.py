"""Pitches as musicians write them: `E1`, `F#3`, `B♭2`; C4 is 60."""

from __future__ import annotations

import re

_SPELLED = re.compile(r"([A-Ga-g])([#♯b♭]?)(-?\d{1,2})")
_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_SHIFT = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}


def parse(name: str) -> int:
    """The pitch 0..127 of a note name. Raises ValueError when it is none, or out of range."""
    spelled = _SPELLED.fullmatch(name.strip())
    if spelled is None:
        raise ValueError(f"'{name}' is no note name such as E1, F#3 or Bb2")
    letter, accidental, octave = spelled.groups()
    pitch = _NATURAL[letter.upper()] + _SHIFT[accidental] + 12 * (int(octave) + 1)
    if not 0 <= pitch <= 127:
        raise ValueError(f"'{name}' is outside C-1..G9")
    return pitch


def spell(pitch: int) -> str:
    """The usual name of a pitch 0..127: the black keys are C#, Eb, F#, Ab and Bb."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"
