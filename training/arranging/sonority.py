"""What a pianist makes of a chord symbol: a triad, or the four tones of a seventh chord."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache

from bandmate.models.harmony import NONE
from bandmate.training.chords import LABEL, triads

Tones = tuple[int, ...]
THIRDS = {"min": 3, "minmaj": 3, "hdim": 3, "dim": 3, "sus4": 5, "sus2": 2}
FIFTHS = {"hdim": 6, "dim": 6, "aug": 8}
SIGNS = {"b": -1, "": 0, "#": 1}
ROOT, FLAT_NINE, NINE, MAJOR_THIRD, FOURTH, SIXTH, SEVENTH, MAJOR_SEVENTH = 0, 1, 2, 4, 5, 9, 10, 11
_MAIN = re.compile(r"(minmaj|maj|min|hdim|dim|aug|sus2|sus4|)(\d*)(?:\(([^)]*)\))?")
_DEGREE = re.compile(r"([b#]?)(\d+)")


@lru_cache(maxsize=64)
def triad(chord: int) -> Tones:
    """Third, fifth and root, as pitch classes, of a chord's number; nothing for none."""
    if chord == NONE:
        return ()
    root = chord % 12
    return ((root + (3 if chord >= 12 else 4)) % 12, (root + 7) % 12, root)


def sonority(label: str, scale: Container[int] = ()) -> Tones:
    """The pitch classes of a label such as `Bb:min7` or `C:7(b9,13)`: nothing for `N`, a triad's third, fifth
    and root, or a seventh chord's third, fifth, seventh (or sixth) and ninth.

    A suspended chord has its fourth or second for a third; a thirteenth or eleventh stands for the fifth. A
    ninth that the label does not say is the scale's, where it has one, else the root stands for it.
    """
    match = LABEL.match(label)
    said = _MAIN.match((match.group(3) if match else "") or "maj")
    if not match or not said:
        return ()
    kind, number, given = said.groups("")
    root = triads([label])[0] % 12
    third, fifth = THIRDS.get(kind, MAJOR_THIRD), FIFTHS.get(kind, 7)
    degrees = {int(n): SIGNS[sign] for sign, n in _DEGREE.findall(f"{number},{given}")}
    seventh = _seventh(kind, number, degrees)
    if seventh is None:
        steps = [third, fifth, ROOT]
    else:
        usual = _ninth(kind, seventh, root, scale)
        steps = [
            third,
            _fifth(fifth, third, degrees),
            seventh,
            NINE + degrees[9] if 9 in degrees else usual,
            ROOT,
        ]
    return tuple((root + step) % 12 for step in list(dict.fromkeys(steps))[:4])


def _seventh(kind: str, number: str, degrees: dict[int, int]) -> int | None:
    if number == "6" or kind == "dim":
        return SIXTH
    if number in ("7", "9", "11", "13"):
        return MAJOR_SEVENTH if kind in ("maj", "minmaj") else SEVENTH
    return MAJOR_SEVENTH + degrees[7] if 7 in degrees else None


def _fifth(fifth: int, third: int, degrees: dict[int, int]) -> int:
    if 13 in degrees:
        return SIXTH + degrees[13]
    eleventh = FOURTH + degrees.get(11, FOURTH)
    return eleventh if 11 in degrees and eleventh - third > 1 else fifth


def _ninth(kind: str, seventh: int, root: int, scale: Container[int]) -> int:
    if kind in ("dim", "hdim"):
        return ROOT
    if (root + NINE) % 12 in scale:
        return NINE
    dominant = kind in ("", "aug") and seventh == SEVENTH
    return FLAT_NINE if dominant and (root + FLAT_NINE) % 12 in scale else ROOT


def guides(tones: Tones) -> Tones:
    """The two tones that say what a chord is: third and seventh, of a triad third and fifth."""
    return (tones[0], tones[2] if len(tones) > 3 else tones[1]) if tones else ()
