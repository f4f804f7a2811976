"""The Weimar Jazz Database (Pfleiderer, Frieler, Abesser and others, 2017): solos with their bass and chords.

Improvised solos transcribed from records, with the chord symbol and the bass player's pitch on every beat.
The solo is the melody and the bass walks as it did on the record; drums are style-paired; piano and guitar
are arranged from the symbols. Nobody wrote down how loud a note was: velocities are accents and no more.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.arranging import bassline
from bandmate.training.arranging.drums import Drummer
from bandmate.training.arranging.fill import fill
from bandmate.training.arranging.lead import Lead
from bandmate.training.chords import triads
from bandmate.training.corpora import phrasing
from bandmate.training.corpora.changes import label
from bandmate.training.corpora.phrasing import VELOCITY, Row
from bandmate.training.lines import as_notes
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Notes, Rejected, Song, split_of_tune

# Drums, bass, piano and guitar; the guitar has guide tones and lines, as the piano has the chords.
ARRANGED_AS = ("drums", "bass", "piano", "colour")
STYLE = "jazz"
METRE = "'4/4'"
SWUNG = ("SWING", "TWOBEAT")
FEWEST_BARS = 8
FEWEST_CHORDS = 0.5
FORM = 4
TRUSTED = 1 / 3
OCTAVE = 12
PEAK = 8
HUMAN = 4


def read(folder: Path, drummer: Drummer) -> Iterator[Song | Rejected]:
    """Every solo of the data set's folder as a song, or why it was rejected."""
    beats, notes = (_by_solo(folder / f"wjd_{name}.csv") for name in ("beats", "notes"))
    for solo in _rows(folder / "wjd_solos.csv"):
        try:
            yield song(solo, beats[solo["melid"]], notes[solo["melid"]], drummer)
        except Rejected as reason:
            yield reason


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def _by_solo(path: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(path):
        found[row["melid"]].append(row)
    return found


def song(solo: Row, beats: Sequence[Row], notes: Sequence[Row], drummer: Drummer | None) -> Song:
    """One solo's song. Its split goes by the tune's title, since solos over a tune share its chords.

    Raises Rejected.
    """
    first, bars = stretch(beats, notes)
    inside = [beat for beat in beats if first <= int(beat["bar"]) < first + bars]
    name = "wjazzd/" + re.sub(r"\W+", "-", solo["id"].removesuffix(".sv").removesuffix("_FINAL")).strip("-")
    labels = tuple(label(beat["chord"]) for beat in inside)
    chords = np.array(triads(labels), np.uint8)
    if float(np.mean(chords != NONE)) < FEWEST_CHORDS:
        raise Rejected("few chord symbols")
    tempo = float(solo["avgtempo"])
    lead = Lead(name, tempo, phrasing.melody(notes, first, bars, solo["rhythmfeel"] in SWUNG), chords)
    sung = sounded(lead)
    bass = heard([int(beat["bass"] or 0) for beat in inside], chords)
    played = None if bass is None else bassline.touched(bass, lead)
    voices, origin = fill(
        [None, played, None, None], sung, chords, ARRANGED_AS, tempo, name, STYLE, drummer, labels
    )
    return Song(name, STYLE, split_of_tune(solo["title"]), (sung, *voices), chords, origin)


def stretch(beats: Sequence[Row], notes: Sequence[Row]) -> tuple[int, int]:
    """The first bar and how many: the longest run of whole bars of 4/4 in which the solo plays.

    Bars are numbered from the form's first, 1; the run is cut to begin with a group of four, so a pick-up is
    left out.
    Raises Rejected.
    """
    whole = [
        bar
        for bar, group in groupby(beats, lambda beat: int(beat["bar"]))
        if [(b["beat"], b["signature"]) for b in group] == [(str(k + 1), METRE) for k in range(BEATS_PER_BAR)]
    ]
    if not whole:
        raise Rejected("not in 4/4")
    struck = [int(note["bar"]) for note in notes]
    best = (0, 0)
    for run in _runs(whole):
        heard = [bar for bar in struck if run[0] <= bar <= run[-1]]
        if heard:
            begin = max(run[0], 1, heard[0] - (heard[0] - 1) % FORM)
            begin += (1 - begin) % FORM
            best = max(best, (begin, heard[-1] + 1 - begin), key=lambda found: found[1])
    if best[1] < FEWEST_BARS:
        raise Rejected(f"fewer than {FEWEST_BARS} bars in 4/4")
    return best


def _runs(bars: Iterable[int]) -> Iterator[list[int]]:
    """Bars that follow one another, run by run."""
    for _, run in groupby(enumerate(bars), lambda pair: pair[1] - pair[0]):
        yield [bar for _, bar in run]


def sounded(lead: Lead) -> Notes:
    """The melody with accents: it swells with the band, and a note above both its neighbours is louder."""
    touch = Random(f"{lead.name} melody touch")
    swell = np.array(lead.swell)
    out = lead.melody.copy()
    pitch = np.concatenate([[0], out[:, 2], [0]])
    peak = (pitch[1:-1] > pitch[:-2]) & (pitch[1:-1] > pitch[2:])
    human = [touch.randint(-HUMAN, HUMAN) for _ in out]
    out[:, 3] = VELOCITY + swell[out[:, 0] // STEPS_PER_BAR] + PEAK * peak + np.array(human, np.int64)
    return out


def heard(pitches: Sequence[int], chords: NDArray[np.uint8]) -> Notes | None:
    """The bass as the record has it, or None where its estimate can't be trusted.

    A program heard these pitches. Where a chord begins a bass plays its root more often than not; one that
    does so less than a third of the time was misheard, or the record is a semitone out of tune: then the
    bass is moved if that helps.
    """
    begins = np.flatnonzero(np.diff(chords, prepend=NONE) != 0)
    begins = begins[(chords[begins] != NONE) & (np.array(pitches)[begins] > 0)]
    above = (np.array(pitches)[begins] - chords[begins]) % OCTAVE
    roots = {shift: int(((above + shift) % OCTAVE == 0).sum()) for shift in (0, 1, -1)}
    best = max(roots, key=lambda shift: roots[shift])
    if not len(above) or roots[best] < TRUSTED * len(above):
        return None
    return walked([pitch + best if pitch else 0 for pitch in pitches])


def walked(pitches: Iterable[int]) -> Notes:
    """A bass of quarter notes from a pitch a beat, 0 for a rest: within its range, and of leaps wider than an
    octave, which are faults of the estimate, the other octave."""
    low, high = bassline.RANGE
    rows: list[tuple[int, int, int, int]] = []
    for beat, pitch in enumerate(pitches):
        if not pitch:
            continue
        octaves = [p for p in range(low, high + 1) if p % OCTAVE == pitch % OCTAVE]
        folded = min(octaves, key=lambda p: abs(p - pitch))
        if rows and abs(folded - rows[-1][2]) > OCTAVE:
            folded = min(octaves, key=lambda p: abs(p - rows[-1][2]))
        rows.append((beat * STEPS_PER_BEAT, STEPS_PER_BEAT, folded, bassline.VELOCITY))
    return as_notes(rows)
