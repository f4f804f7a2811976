"""OpenScore Orchestra (MusicXML): symphonies as four parts and a melody that is handed from player to player.

The melody is where people have marked it. Low strings, upper strings, winds and brass play the rest; who only
doubles the melody or another part is left out of the bar. Singers have the melody or are not heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bandmate.training.chords import derive
from bandmate.training.corpora import scores, themes
from bandmate.training.corpora.sections import OCTAVE, calm, clear, folded, lowest, together, unlike, without
from bandmate.training.lines import joined, monophonic, provenance, sounding, untangled
from bandmate.training.reading import grid, notation
from bandmate.training.reading.casting import relay
from bandmate.training.reading.score import Score, Track
from bandmate.training.reading.sheet import Sheet
from bandmate.training.songs import (
    BEATS_PER_BAR,
    REAL,
    STEPS_PER_BAR,
    VOICES,
    Notes,
    Rejected,
    Song,
    split_of,
)

FEWEST_BARS = 8
LONGEST_REST = 4
LOWEST_MELODY = 57
MARKS = "marks of the melody"
STRINGS_AT_ONCE, WINDS_AT_ONCE, HORNS_AT_ONCE = 4, 3, 3
# Of the four parts, lowest and highest pitch; what lies beyond is brought in by octaves.
RANGES = ((36, 72), (48, 96), (52, 96), (40, 82))
# The first that a part's name matches; who is in none (harp, timpani, harpsichord) is left out.
SECTIONS = {
    "none": "drum|timpani|pauken|harp",
    "winds": "flute|traverso|piccolo|oboe|clarinet|english horn",
    "bassoons": "bassoon|sarrusophone",
    "horns": "horn|trumpet|tromba|trombone|tuba",
    "basses": "contrabass|violone",
    "cellos": "violoncello|continuo",
    "strings": "violin|viola",
    "voices": "soprano|alto|tenor|bass",
}
AN_OCTAVE_LOWER = re.compile("contrabass|violone|sarrusophone", re.IGNORECASE)

Voices = dict[int, Notes]


def read(folder: Path) -> Iterator[Song | Rejected]:
    """Every stretch of every movement, or why one was rejected."""
    for path in sorted(folder.glob("data/**/*.musicxml")):
        try:
            yield from movement(path, path.relative_to(folder / "data").parts[1])
        except Rejected as reason:
            yield reason


def movement(path: Path, work: str) -> list[Song]:
    """The stretches of a movement in which the melody does not rest for long, of at least eight bars each.

    work: what it belongs to, which decides the split. Raises Rejected.
    """
    score = notation.read(path)
    found = themes.marks(path)
    if not found:
        raise Rejected("nobody has marked the melody")
    songs: list[Song] = []
    for sheet in grid.lay(_with_marks(score, found), path.stem):
        for song in _songs(sheet, f"orchestra/{work}"):
            songs.append(replace(song, name=f"orchestra/{path.stem}/{len(songs):02d}"))
    if not songs:
        raise Rejected(f"fewer than {FEWEST_BARS} bars of 4/4 on end")
    return songs


def section(name: str) -> str:
    """The section that a part's name speaks of, a key of SECTIONS."""
    found = (key for key, words in SECTIONS.items() if re.search(words, name, re.IGNORECASE))
    return next(found, "none")


def _with_marks(score: Score, found: Sequence[themes.Mark]) -> Score:
    """The score with the marks as one more track, whose pitches are the numbers of the parts."""
    rows = [(mark.quarter, mark.quarter + 0.25, mark.part, 1.0) for mark in found]
    return replace(score, tracks=(*score.tracks, Track(MARKS, None, False, np.array(rows))))


def _songs(sheet: Sheet, work: str) -> Iterator[Song]:
    steps = sheet.bars * STEPS_PER_BAR
    players = {i.number: i.name for i in sheet.instruments if i.name != MARKS and section(i.name) != "none"}
    voices = {i.number: clear(i.notes) for i in sheet.instruments if i.number in players}
    marked = [i.notes for i in sheet.instruments if i.name == MARKS]
    if not marked:
        return
    led = _leads(marked[0], steps)
    melody, rest = _handed_on(voices, led)
    parts = _parts(rest, players, melody, sheet.bars)
    for first, last in _spans(_heard(melody, sheet.bars)):
        heard = [_within(notes, first, last) for notes in voices.values()]
        cut = [scores.accented(_within(notes, first, last)) for notes in (melody, *parts)]
        chords = derive(heard, (last - first) * BEATS_PER_BAR)
        origin = provenance(cut, np.full((last - first, VOICES), REAL, np.uint8))
        yield Song("", "symphony", split_of(work), tuple(cut), chords, origin)


def _leads(marks: Notes, steps: int) -> NDArray[np.int16]:
    """int16[steps]: the number of the instrument that leads at each step; the first from the start."""
    at = np.searchsorted(marks[:, 0], np.arange(steps), "right") - 1
    return np.asarray(marks[np.maximum(at, 0), 2])


def _handed_on(voices: Voices, led: NDArray[np.int16]) -> tuple[Notes, Voices]:
    """The melody, one note at a time, and what each instrument plays while others lead."""
    turn = np.cumsum(np.diff(led, prepend=led[:1]) != 0)
    line, rest = [], {}
    for number, notes in voices.items():
        leading = led[notes[:, 0]] == number
        own, rest[number] = notes[leading], calm(notes[~leading])
        turns = turn[own[:, 0]]
        line += [_raised(own[turns == each]) for each in np.unique(turns)]
    return monophonic(joined(line)), rest


def _raised(notes: Notes) -> Notes:
    """A low instrument's melody, octaves higher until half of it is at A3 or above."""
    out = notes.copy()
    while len(out) and np.median(out[:, 2]) < LOWEST_MELODY:
        out[:, 2] += OCTAVE
    return out


def _parts(rest: Voices, names: Mapping[int, str], melody: Notes, bars: int) -> tuple[Notes, ...]:
    """Low strings, upper strings, winds and horns. Where all of them would only double the melody, the low
    strings do."""

    def of(key: str, others: Sequence[Notes] = ()) -> list[Notes]:
        here = [rest[n] for n in rest if section(names[n]) == key]
        return [without(unlike(notes, melody, bars), others, bars) for notes in here]

    steps = bars * STEPS_PER_BAR
    below = [_as_written(rest[n], names[n]) for n in rest if section(names[n]) in ("basses", "cellos")]
    doubling = lowest(joined(below), steps)
    low = unlike(doubling, melody, bars)
    low = lowest(relay([low, lowest(joined(of("bassoons")), steps)], steps), steps)
    strings = together(of("strings", [low]), STRINGS_AT_ONCE)
    winds = together(of("winds", [strings]), WINDS_AT_ONCE)
    horns = together(of("horns", [low, strings, winds]), HORNS_AT_ONCE)
    alone = ~_heard(joined([low, strings, winds, horns]), bars)
    low = monophonic(joined([low, doubling[alone[doubling[:, 0] // STEPS_PER_BAR]]]), lowest=True)
    return tuple(
        folded(part, *reach) for part, reach in zip((low, strings, winds, horns), RANGES, strict=True)
    )


def _as_written(notes: Notes, name: str) -> Notes:
    """The notes; of an instrument that sounds an octave lower than it is written, as it is written."""
    if not AN_OCTAVE_LOWER.search(name):
        return notes
    out = notes.copy()
    out[:, 2] += OCTAVE
    return out


def _spans(heard: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """From bar to bar, eight or more, that begin and end with the melody and in which it rests four on end at
    most. heard: bool[bars], whether the melody sounds."""
    bars = np.flatnonzero(heard)
    for run in np.split(bars, np.flatnonzero(np.diff(bars) > LONGEST_REST + 1) + 1):
        if len(run) and run[-1] + 1 - run[0] >= FEWEST_BARS:
            yield int(run[0]), int(run[-1]) + 1


def _heard(notes: Notes, bars: int) -> NDArray[np.bool_]:
    """bool[bars]: where anything sounds."""
    return np.asarray(sounding(notes, bars * STEPS_PER_BAR).reshape(bars, STEPS_PER_BAR).any(1))


def _within(notes: Notes, first: int, last: int) -> Notes:
    """The notes that sound from one bar to another, those that began before struck there anew."""
    begin, end = first * STEPS_PER_BAR, last * STEPS_PER_BAR
    until = np.minimum(notes[:, 0] + notes[:, 1], end)
    inside = (notes[:, 0] < end) & (until > begin)
    out = notes[inside].copy()
    out[:, 0] = np.maximum(out[:, 0], begin) - begin
    out[:, 1] = until[inside] - begin - out[:, 0]
    return untangled(out)
