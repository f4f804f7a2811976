"""Evidence for a role: each finding has a weight, and where it speaks for the role a phrase to show.

The weights were set by hand and checked on files whose tracks are named: with the names hidden, the melody
that is found should be the track called so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bandmate.training.reading.families import BY_PROGRAM, Family, named, tokens
from bandmate.training.reading.general_midi import sound
from bandmate.training.reading.parts import Part
from bandmate.training.reading.sheet import Instrument
from bandmate.training.reading.traits import Traits

LEAD = ("melod", "lead", "vocal", "vox", "voice", "gesang", "stimme", "canto", "chant", "singer", "tema")
SOLO = ("solo",)
BEHIND = (
    "echo",
    "harmon",
    "doubled",
    "backing",
    "backup",
    "bgv",
    "rhythm",
    "chord",
    "counter",
    "delay",
)
PATCH = re.compile(
    r"\b(?:square|saw\w*|fifths?|5ths?|chiff|charang|calliope|voice|synth|poly\w*|bass\s*(?:and|&|\+)?)"
    r"\s*(?:wave\s*)?lead\b|\b(?:lead|pad)\s*\d\s*[(\[][^)\]]*[)\]]|\bsolo vox\b|\bsynth\w*\s*vo(?:ice|x)\b"
    r"|\bvoice oo?hs?\b",
    re.IGNORECASE,
)
WANTED = 3.0
ALIKE = 1.6
UNLIKE = -1.5
ANYTHING = -0.2
NO_BASS = -4.0
SYNTHS = ("synth", "lead")


class Evidence(NamedTuple):
    """A finding: its weight, a phrase, empty where there is nothing to tell, and whether the name said it."""

    weight: float
    phrase: str = ""
    by_name: bool = False


class Witness(NamedTuple):
    """An instrument, its traits and its name, or no name where all its neighbours bear the same one."""

    instrument: Instrument
    traits: Traits
    name: str

    @property
    def program_family(self) -> Family | None:
        """The family of its sound; none where the file does not say."""
        program = self.instrument.program
        return None if program is None else BY_PROGRAM.get(program)

    @property
    def family(self) -> Family | None:
        """The family of its name, else that of its sound."""
        return named(PATCH.sub(" ", self.name)) or self.program_family


def ramp(value: float, low: float, high: float, weight: float) -> float:
    """0 at `low`, the weight at `high`, straight between them."""
    return weight * min(max((value - low) / (high - low), 0.0), 1.0)


def for_melody(of: Witness) -> list[Evidence]:
    """What speaks for and against an instrument as the melody."""
    t = of.traits
    single = ramp(t.single, 0.4, 0.85, 4.5) + ramp(t.single, 0.85, 1.0, 1.5) - 5.0
    register = ramp(t.mean, 46, 60, 3.5) - ramp(t.mean, 86, 96, 2.0) - 2.5
    span = ramp(t.high - t.low, 7, 19, 0.8) - ramp(t.high - t.low, 24, 40, 2.0)
    active = ramp(t.active, 0.05, 0.5, 2.0) + ramp(t.active, 0.5, 1.0, 0.8) - 1.5
    motion = ramp(t.variety, 0.0, 0.4, 2.5) + ramp(t.steps, 0.2, 0.6, 1.7) - ramp(t.steady, 0.6, 0.95, 0.5)
    pace = ramp(t.density, 1.5, 5.0, 1.5) - ramp(t.density, 9, 15, 1.0) - ramp(t.length, 4, 12, 2.7)
    return [
        *_lead_named(of),
        Evidence(0.7 * _sings(of), f"a leading sound, {sound(of.instrument.program)}"),
        Evidence(single, "one note at a time"),
        Evidence(ramp(t.top, 0.3, 0.9, 1.0), f"on top in {t.top:.0%} of its steps"),
        Evidence(active, f"plays in {t.active:.0%} of the bars"),
        Evidence(motion, "moves as a tune does"),
        Evidence(register + span + pace),
    ]


def _lead_named(of: Witness) -> list[Evidence]:
    name = PATCH.sub(" ", of.name).lower()
    words = tokens(PATCH.sub(" ", of.name))
    numbers = [int(word) for word in words if word.isdigit()]
    said = f"named '{of.name.strip()}'"
    if any(word in name for word in BEHIND):
        return [Evidence(-4.0)]
    second = bool(numbers) and 2 <= numbers[0] <= 9
    if any(word in name for word in LEAD):
        return [Evidence(3.0 if second else 6.0, said, True)]
    if any(word in name for word in SOLO):
        return [Evidence(3.0, said, True)]
    return []


def _sings(of: Witness) -> float:
    family, by_program = of.family, of.program_family
    if family is None:
        return 0.0
    return min(family.sings, by_program.sings) if by_program and by_program.sings <= -3 else family.sings


def for_part(of: Witness, part: Part) -> list[Evidence]:
    """What speaks for and against a pitched instrument as a part of the band."""
    t = of.traits
    return [
        *_belongs(of, part),
        *_behaves(t, part),
        Evidence(-min(abs(t.mean - part.centre) / 12, 3.0) * 0.8),
        Evidence(ramp(t.active, 0.05, 0.6, 2.0) - 1.0, f"plays in {t.active:.0%} of the bars"),
    ]


def _belongs(of: Witness, part: Part) -> list[Evidence]:
    """Name before sound: a track called `Piano` with the sound of a pad is a piano."""
    by_name, by_program = named(PATCH.sub(" ", of.name)), of.program_family
    found = []
    if by_name:
        found.append(Evidence(1.3 * _fit(by_name, part), f"named '{of.name.strip()}'"))
    if by_program and not (by_name and by_name.kind == "drums"):
        program = of.instrument.program
        found.append(Evidence(_fit(by_program, part), f"program {program} {sound(program)}"))
    return found


def _fit(family: Family, part: Part) -> float:
    if family.kind == "drums" or family.name == "hit":
        return -4.0
    if family == part.family:
        return WANTED
    if family.kind == part.kind:
        return ALIKE
    if "bass" in (family.kind, part.kind):
        return 0.0 if family.name in SYNTHS else NO_BASS
    return ANYTHING if part.family is None else UNLIKE


def _behaves(t: Traits, part: Part) -> Sequence[Evidence]:
    if part.kind == "bass":
        return (
            Evidence(ramp(t.bottom, 0.4, 0.9, 2.5), f"the lowest in {t.bottom:.0%} of its steps"),
            Evidence(ramp(t.single, 0.4, 0.9, 2.0) - 1.5, "one note at a time"),
            Evidence(-ramp(t.mean, 46, 60, 4.0)),
        )
    if part.kind == "chords":
        return (
            Evidence(ramp(t.voices, 1.2, 3.0, 1.5), f"{t.voices:.1f} notes at a time"),
            Evidence(ramp(t.density, 1.0, 4.0, 0.7), f"{t.density:.0f} onsets a bar"),
        )
    return (
        Evidence(ramp(t.length, 3, 10, 1.5), "long notes"),
        Evidence(ramp(t.voices, 1.2, 3.0, 0.7), f"{t.voices:.1f} notes at a time"),
    )


def why(found: Sequence[Evidence], most: int = 2) -> str:
    """The weightiest findings that speak for the role, in words."""
    telling = sorted((e for e in found if e.phrase and e.weight > 0.4), key=lambda e: -e.weight)
    return ", ".join(e.phrase for e in telling[:most]) or "what is left"
