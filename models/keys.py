"""Keys: seven pitch classes and the triads among them, by name or by what was played.

The twelve major scales are also the natural minor ones and all church modes; which of them some music keeps
to is found by how much of it lies inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NAMES, NONE, TONES

MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
# The degree of the major scale, in semitones, on which each mode has its tonic.
MODES = {
    "major": 0,
    "ionian": 0,
    "dorian": 2,
    "phrygian": 4,
    "lydian": 5,
    "mixolydian": 7,
    "minor": 9,
    "aeolian": 9,
    "locrian": 11,
}
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_WRITTEN = re.compile(r"([A-Ga-g])\s*([#♯b♭]?)\s*-?\s*(m|[A-Za-z]*)")

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Key:
    """tonic 0..11; mode: one of MODES. A minor key's dominant may be major."""

    tonic: int
    mode: str = "major"

    @classmethod
    def parse(cls, text: str) -> Key:
        """The key that is written `G`, `F# minor`, `Bbm` or `D dorian`. Raises ValueError."""
        found = _WRITTEN.fullmatch(text.strip())
        mode = {"": "major", "m": "minor"}.get(found[3], found[3].lower()) if found else ""
        if found is None or mode not in MODES:
            raise ValueError(f"'{text}' is no key; write one as G, F# minor, Bbm or D dorian")
        sign = {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(found[2], 0)
        return cls((_LETTERS[found[1].upper()] + sign) % 12, mode)

    @classmethod
    def of(cls, weight: Floats) -> Key | None:
        """The major or minor key that holds most of a weight float[12] of pitch classes; None where there is
        none. Of two relative keys the one whose tonic triad weighs more."""
        scale = best_scale(np.asarray(weight, np.float64))
        if scale is None:
            return None
        minor = (scale + MODES["minor"]) % 12
        heavier = float(TONES[12 + minor] @ weight) > float(TONES[scale] @ weight)
        return cls(minor, "minor") if heavier else cls(scale)

    @property
    def name(self) -> str:
        """As musicians write it: `B♭ major`."""
        return f"{NAMES[self.tonic]} {self.mode}"

    @property
    def classes(self) -> NDArray[np.bool_]:
        """bool[12]: the pitch classes of its scale."""
        inside = np.zeros(12, bool)
        inside[(np.array(MAJOR_SCALE) + self.tonic - MODES[self.mode]) % 12] = True
        return inside

    @property
    def triad(self) -> int:
        """The triad on its tonic, numbered as in models/harmony; a diminished one counts as minor."""
        return self.tonic if self.classes[(self.tonic + 4) % 12] else 12 + self.tonic

    @property
    def triads(self) -> NDArray[np.bool_]:
        """bool[24]: the triads, numbered as in models/harmony, that belong to it."""
        inside = np.asarray(~(TONES[:NONE] > 0)[:, ~self.classes].any(1))
        if MODES[self.mode] == MODES["minor"]:
            inside[(self.tonic + 7) % 12] = True
        return inside


def best_scale(weight: NDArray[np.float64]) -> int | None:
    """The tonic 0..11 of the major scale that holds most of a weight float64[12] of pitch classes.

    Of scales that hold as much, the one whose tonic weighs most; none where nothing sounds.
    """
    if not weight.sum():
        return None
    inside = [(round(in_scale(weight, key), 9), float(weight[key])) for key in range(12)]
    return max(range(12), key=lambda key: inside[key])


def in_scale(weight: NDArray[np.float64], scale: int | None) -> float:
    """Share 0..1 of a weight float64[12] (note-steps of each pitch class) inside a major scale; not a
    number where nothing sounds. Source: scale consistency, Mogren, C-RNN-GAN, 2016."""
    if scale is None or not weight.sum():
        return float("nan")
    return float(weight[(np.array(MAJOR_SCALE) + scale) % 12].sum() / weight.sum())
