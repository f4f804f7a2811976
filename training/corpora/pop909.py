"""POP909 (Wang et al., ISMIR 2020): pop songs as melody, second melody and piano, with beats and chords.

The quarter notes of its MIDI files are not its beats: notes go from quarter notes to seconds by the tempo
map, and from seconds to beats by the file of beat times. The piano's lowest notes are the bass, the rest
the keys; the drums are style-paired; the strings are the second melody where it plays, else an arranged pad.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE
from bandmate.training.arranging.drums import Drummer
from bandmate.training.arranging.pad import pad
from bandmate.training.chords import triads
from bandmate.training.lines import (
    as_notes,
    between,
    hands,
    joined,
    monophonic,
    moved,
    provenance,
    sounding,
    untangled,
)
from bandmate.training.reading import midi
from bandmate.training.reading.score import Floats, Score
from bandmate.training.songs import (
    ARRANGED,
    BEATS_PER_BAR,
    REAL,
    STEPS_PER_BAR,
    STYLE_PAIRED,
    Notes,
    Rejected,
    Song,
    split_of,
)

PARTS = ("drums", "bass", "keys", "strings")
PAD = (55, 76)
PHRASE = 8
FEWEST_BARS = 16
DECIMALS = 6


def read(folder: Path, drummer: Drummer) -> Iterator[Song | Rejected]:
    """Every song of the data set's folder, or why it was rejected."""
    for file in sorted((folder / "POP909").glob("*/*.mid")):
        try:
            yield song(file.parent, drummer)
        except Rejected as reason:
            yield reason


def song(path: Path, drummer: Drummer) -> Song:
    """The song of one folder `NNN`. Raises Rejected."""
    beats = np.loadtxt(path / "beat_midi.txt", ndmin=2)
    if is_triple(beats[:, 1]):
        raise Rejected("triple metre")
    times = beats[:, 0]
    chords = chords_at(times, path / "chord_midi.txt")
    lead = (BEATS_PER_BAR - bar_phase(chords)) % BEATS_PER_BAR
    score = midi.read(path / f"{path.name}.mid")
    melody, bridge, piano = (on_grid(score, name, times, lead) for name in ("MELODY", "BRIDGE", "PIANO"))
    if not len(melody) or not len(piano):
        raise Rejected("no melody or no piano")
    voices, labels = _trimmed(
        [melody, bridge, piano], np.concatenate([np.full(lead, NONE, np.uint8), chords])
    )
    if len(labels) < FEWEST_BARS * BEATS_PER_BAR:
        raise Rejected(f"fewer than {FEWEST_BARS} bars")
    bpm = 60 / float(np.median(np.diff(times)))
    return _arranged(f"pop909/{path.name}", voices, labels, bpm, drummer)


def is_triple(marks: Floats) -> bool:
    """Whether bars have three beats; marks: 1 at the start of each small bar, else 0."""
    starts = np.flatnonzero(marks > 0.5)
    return len(starts) > 1 and bool(np.median(np.diff(starts)) == 3)


def chords_at(times: Floats, path: Path) -> NDArray[np.uint8]:
    """uint8[beats]: the triad in the middle of each beat, from lines of start, end, label."""
    rows = [row.split() for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]
    numbers = np.array([*triads(row[2] for row in rows), NONE], np.uint8)
    starts = np.array([float(row[0]) for row in rows])
    ends = np.array([float(row[1]) for row in rows])
    middle = times + np.diff(times, append=2 * times[-1] - times[-2]) / 2
    index = np.searchsorted(starts, middle, "right") - 1
    inside = (index >= 0) & (middle < ends[np.maximum(index, 0)])
    return numbers[np.where(inside, index, len(rows))]


def bar_phase(chords: NDArray[np.uint8]) -> int:
    """Which of the first four beats begins a bar: most chord changes are on its beat 1, some on its 3."""
    changes = np.flatnonzero(np.diff(chords.astype(int))) + 1
    count = np.bincount(changes % BEATS_PER_BAR, minlength=BEATS_PER_BAR)
    return int(np.argmax([count[p] + 0.3 * count[(p + 2) % BEATS_PER_BAR] for p in range(BEATS_PER_BAR)]))


def on_grid(score: Score, name: str, times: Floats, lead: int) -> Notes:
    """A track's notes in 16ths of the beats at `times`, `lead` beats later, those before step 0 left out.

    What lies halfway between two steps goes to the even one.
    """
    notes = score.notes(name)
    beat = [_beats(score.seconds(notes[:, column]), times) + lead for column in (0, 1)]
    # Else the last bits of the sums would choose for what lies halfway, here one way, there the other.
    start, end = (np.rint(np.round(4 * b, DECIMALS)) for b in beat)
    table = np.stack([start, np.maximum(end - start, 1), notes[:, 2], notes[:, 3]], 1)
    return untangled(as_notes(table[start >= 0]))


def _beats(seconds: Floats, times: Floats) -> Floats:
    """Seconds as beats; before the first and after the last beat the tempo goes on."""
    before, after = times[1] - times[0], times[-1] - times[-2]
    inside = np.interp(seconds, times, np.arange(len(times)))
    late = np.where(seconds > times[-1], (seconds - times[-1]) / after, 0)
    return np.asarray(inside + late + np.where(seconds < times[0], (seconds - times[0]) / before, 0))


def _trimmed(voices: list[Notes], chords: NDArray[np.uint8]) -> tuple[list[Notes], NDArray[np.uint8]]:
    """Whole bars from the first that sounds to the last that is struck."""
    struck = joined(voices)[:, 0]
    first, last = int(struck[0]) // STEPS_PER_BAR, int(struck[-1]) // STEPS_PER_BAR + 1
    cut = [between(v, first * STEPS_PER_BAR, last * STEPS_PER_BAR) for v in voices]
    beats = np.full(last * BEATS_PER_BAR, NONE, np.uint8)
    beats[: len(chords)] = chords[: len(beats)]
    return cut, beats[first * BEATS_PER_BAR :]


def _arranged(
    name: str, voices: list[Notes], chords: NDArray[np.uint8], bpm: float, drummer: Drummer
) -> Song:
    melody, bridge, piano = voices
    bars = len(chords) // BEATS_PER_BAR
    bass, keys = hands(piano)
    strings, codes = colour(bridge, chords)
    parts = (monophonic(melody), drummer.accompany(name, bpm, bars), bass, keys, strings)
    origin = np.full((bars, len(parts)), REAL, np.uint8)
    origin[:, 1], origin[:, 4] = STYLE_PAIRED, codes
    return Song(name, "pop", split_of(name), parts, chords, provenance(parts, origin))


def colour(bridge: Notes, chords: NDArray[np.uint8]) -> tuple[Notes, NDArray[np.uint8]]:
    """The strings, and a provenance code a bar: in each eight bars the second melody, if it sounds in a
    quarter of the steps or more, else a pad of the chords."""
    bars = len(chords) // BEATS_PER_BAR
    codes = np.full(bars, ARRANGED, np.uint8)
    pieces = []
    for bar in range(0, bars, PHRASE):
        last = min(bar + PHRASE, bars)
        piece = between(bridge, bar * STEPS_PER_BAR, last * STEPS_PER_BAR)
        if sounding(piece, (last - bar) * STEPS_PER_BAR).mean() >= 0.25:
            codes[bar:last] = REAL
        else:
            piece = pad(chords[bar * BEATS_PER_BAR : last * BEATS_PER_BAR], *PAD)
        pieces.append(moved(piece, bar * STEPS_PER_BAR))
    return joined(pieces), codes
