"""What changing the chord shall cost an ear, settled on songs that it was not taught on.

Bands play little but their plan, so a plan that is to sound as lively as the songs changes as often as what
is heard in them, which is more often than chord symbols do: parts pass through chords that nobody writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np

from bandmate.models import harmony
from bandmate.models.harmony import NONE, TONES, Reluctance
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.ear.score import Ints, Rehearsal
from bandmate.training.judging.movement import changes_a_bar
from bandmate.training.lines import chroma, line
from bandmate.training.songs import BEATS_PER_BAR, Song

PATIENT = Reluctance(first=0.05, middle=0.1, weak=0.7, revise=0.6, revise_weak=1.2)
EAGER = Reluctance(first=-0.15, middle=-0.1, weak=-0.1, revise=-0.2, revise_weak=0.0)
HALVINGS = 8


def settled(rehearsals: Sequence[Rehearsal], asked: float) -> Reluctance:
    """The prices, on the straight way from patient to eager ones, with which the chords change so many times
    a bar, or as nearly so as these allow: the more eager, the oftener."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if changes(rehearsals, between(middle)) < asked else (low, middle)
    return between((low + high) / 2)


def between(share: float) -> Reluctance:
    """Prices that lie such a share, 0..1, of the way from patient to eager ones."""
    pairs = zip(astuple(PATIENT), astuple(EAGER), strict=True)
    return Reluctance(*(round((1 - share) * one + share * other, 3) for one, other in pairs))


def changes(rehearsals: Sequence[Rehearsal], reluctance: Reluctance) -> float:
    """How often in a bar the chord changes from a beat to the next, decided as in play."""
    count = sum(np.count_nonzero(np.diff(decide(one, reluctance))) for one in rehearsals)
    return BEATS_PER_BAR * count / max(sum(len(one.song.chords) for one in rehearsals), 1)


def decide(of: Rehearsal, reluctance: Reluctance) -> Ints:
    """The chord int64[beats] of each beat, revised where the melody strikes a tone foreign to it at once."""
    pitch, struck = (each[::STEPS_PER_BEAT] for each in line(of.song.notes[0], of.song.steps))
    out = np.full(len(of.song.chords), NONE, np.int64)
    sounding = NONE
    for beat in range(len(out)):
        place = beat % BEATS_PER_BAR
        sounding = int(harmony.plan(of.fit(of.ahead, beat), sounding, place, reluctance)[0])
        if struck[beat] and not TONES[sounding, pitch[beat] % 12]:
            heard = 1 / STEPS_PER_BEAT
            sounding = int(harmony.plan(of.fit(of.later, beat), sounding, place, reluctance, heard)[0])
        out[beat] = sounding
    return out


def heard(songs: Sequence[Song], pitched: Sequence[int]) -> float:
    """How often in a bar the harmony changes that sounds in the songs, on average; pitched: the voices, 1..4,
    that are no drums. Not a number where nothing sounds in any."""
    found = [changes_a_bar(chroma([song.notes[voice] for voice in pitched], song.steps)) for song in songs]
    known = [value for value in found if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
