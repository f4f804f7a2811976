"""The parts of a band as a recipe names them, each with what it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bandmate.models.decoding import DRUMS
from bandmate.presets.document import suggest
from bandmate.training.reading.families import BY_NAME, FAMILIES, KINDS, Family, named

MELODY = "melody"
CENTRES = {"bass": 40, "chords": 60, "colour": 66}


@dataclass(frozen=True)
class Part:
    """name: as the recipe has it; kind: one of `families.KINDS`; family: the instruments it is named after,
    None where any of its kind will do; centre: the mean pitch it should have."""

    name: str
    kind: str
    family: Family | None
    centre: int


def part(name: str) -> Part:
    """What a part of that name is. Raises ValueError where nothing is known by it."""
    word = name.strip().lower()
    if word in KINDS:
        family = BY_NAME["bass"] if word == "bass" else None
        return Part(name, word, family, CENTRES.get(word, 0))
    family = named(word)
    if family is None:
        known = sorted({*KINDS, *(f.name for f in FAMILIES)})
        raise ValueError(
            f"the part '{name}' is unknown{suggest(word, known)}; name it after a kind ({', '.join(KINDS)}) "
            "or an instrument, such as keys, guitar, strings or horns"
        )
    if family.kind == DRUMS:
        raise ValueError(f"the part '{name}' is a drum kit; call it '{DRUMS}'")
    return Part(name, family.kind, family if family.programs or family.centre != 62 else None, family.centre)


def parts(names: Sequence[str]) -> tuple[Part, ...]:
    """The parts of a band. Raises ValueError where one is unknown, or named twice."""
    found = tuple(part(name) for name in names)
    if len({each.name.strip().lower() for each in found}) != len(found):
        raise ValueError(f"the parts {', '.join(names)} need names that differ")
    return found
