"""The parts that a song lacks: arranged from its chords, or drums from a drum corpus, all marked as such."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE
from bandmate.training.arranging.bassline import bassline
from bandmate.training.arranging.comping import comping
from bandmate.training.arranging.countermelody import countermelody
from bandmate.training.arranging.drums import Drummer
from bandmate.training.arranging.lead import PHRASE, Lead, Voice
from bandmate.training.arranging.pad import held, pad
from bandmate.training.arranging.patterns import STYLES, Style, named
from bandmate.training.arranging.sonority import guides
from bandmate.training.lines import as_notes, between, joined, line, monophonic, moved, provenance, sounding
from bandmate.training.reading.parts import Part, part
from bandmate.training.songs import (
    ARRANGED,
    REAL,
    STEPS_PER_BAR,
    STYLE_PAIRED,
    Notes,
)

LOWEST_BASS = 28
SINGLE = frozenset(
    {"violin", "viola", "cello", "soprano", "alto", "tenor", "flute", "oboe", "clarinet", "sax", "trumpet"}
)
PAD_VELOCITY = 58
RESTS, PAD, LINE, GUIDES = "rest", "pad", "line", "guides"


def fill(
    voices: Sequence[Notes | None],
    melody: Notes,
    chords: NDArray[np.uint8],
    parts: tuple[str, ...],
    tempo: float,
    name: str,
    style: str,
    drummer: Drummer | None,
    labels: tuple[str, ...] = (),
) -> tuple[tuple[Notes, ...], NDArray[np.uint8]]:
    """The four parts of a song, and where each bar of the melody and of each part came from, uint8[bars, 5].

    voices: the parts as played, None (or no note) for one that the song lacks; chords: uint8[beats], whole
    bars; parts: the four names, as `reading.parts` knows them; tempo: beats a minute; name: the song's, from
    which all that is drawn by lot follows; style: as in `patterns`; labels: of every beat's chord, where more
    than the triads is known. A part that was played is left as it is, its rests too. Without
    a drummer, drums that lack stay silent. Raises ValueError at an unknown part.
    """
    lead = Lead(name, tempo, melody, chords, labels)
    band = [part(each) for each in parts]
    out: list[Notes] = [as_notes([]) if given is None else given for given in voices]
    codes = np.full((lead.bars, 1 + len(band)), REAL, np.uint8)
    lacking = [i for i, given in enumerate(out) if not len(given)]
    for index in lacking:
        if band[index].kind == "drums":
            out[index] = _drums(lead, out, drummer)
            codes[:, 1 + index] = STYLE_PAIRED
        else:
            others = [
                line(monophonic(o), len(chords) * 4)[0] for o, p in zip(out, band, strict=True) if _sings(p)
            ]
            out[index] = _arranged(lead, band[index], STYLES[named(style)], others, band[:index])
            codes[:, 1 + index] = ARRANGED
    return tuple(out), provenance((melody, *out), codes)


def _sings(part: Part) -> bool:
    return part.kind == "colour" or (part.family is not None and part.family.name in SINGLE)


def _drums(lead: Lead, voices: Sequence[Notes], drummer: Drummer | None) -> Notes:
    """The drummer's drums in the bars where there is a chord or anyone plays."""
    if drummer is None:
        return as_notes([])
    drums = drummer.accompany(lead.name, lead.tempo, lead.bars)
    steps = lead.bars * STEPS_PER_BAR
    heard = np.logical_or.reduce([sounding(v, steps) for v in (lead.melody, *voices)])
    alive = heard.reshape(lead.bars, -1).any(1) | (lead.chords != NONE).reshape(lead.bars, -1).any(1)
    kept: Notes = drums[alive[drums[:, 0] // STEPS_PER_BAR]]
    return kept


def _arranged(lead: Lead, part: Part, style: Style, others: Sequence[Voice], before: Sequence[Part]) -> Notes:
    """A part from the chords: the first bass plays the bass line, chords comp, others hold or move."""
    if part.kind == "bass" and not any(p.kind == "bass" for p in before):
        low = max(part.centre - 12, LOWEST_BASS)
        return bassline(lead, style, part.name, low, low + 24)
    if part.kind == "chords":
        return comping(lead, style, part.name, part.centre - 10, part.centre + 14)
    if _sings(part) and part.family is not None and part.family.name in SINGLE:
        return countermelody(lead, part.centre - 10, part.centre + 12, part.name, others)
    return colour(lead, part, style, others)


def colour(lead: Lead, part: Part, style: Style, others: Sequence[Voice] = ()) -> Notes:
    """In each phrase of eight bars a pad, two guide tones, a line under the melody, or nothing, by lot."""
    low, high = part.centre - 10, part.centre + 12
    lot = Random(f"{lead.name} {part.name} colour")
    drawn = [lot.choice(style.colour) for _ in range(0, lead.bars, PHRASE)]
    kinds = {
        PAD: lambda: swelling(lead, pad(lead.chords, low, high, PAD_VELOCITY, lead.ceilings)),
        GUIDES: lambda: swelling(lead, _guides(lead, low, high)),
        LINE: lambda: countermelody(lead, low, high, part.name, others),
    }
    made = {kind: kinds[kind]() for kind in set(drawn) & kinds.keys()}
    pieces = []
    for phrase, kind in enumerate(drawn):
        first = phrase * PHRASE * STEPS_PER_BAR
        if kind != RESTS:
            pieces.append(moved(between(made[kind], first, first + PHRASE * STEPS_PER_BAR), first))
    return joined(pieces)


def _guides(lead: Lead, low: int, high: int) -> Notes:
    tones = [guides(each) for each in lead.sonorities]
    return held(tones, low, high, PAD_VELOCITY, lead.ceilings, STEPS_PER_BAR)


def swelling(lead: Lead, notes: Notes) -> Notes:
    """The notes, louder or softer with the band."""
    out = notes.copy()
    out[:, 3] += np.array(lead.swell, np.int16)[out[:, 0] // STEPS_PER_BAR]
    return out
