"""A score onto the grid: its stretches in 4/4 as sheets, every note on a 16th.

The beats are the file's own. What a track is early or late by all the time is taken away, then the swing, and
then onsets and ends are rounded. A file whose onsets are far from the 16ths even so was not played to its own
beat, and is of no use.
"""

from __future__ import annotations

import numpy as np

from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.chords import triads
from bandmate.training.lines import as_notes, untangled
from bandmate.training.reading import kit
from bandmate.training.reading.beats import FEWEST_CLOSE, Beats, closeness, on_time, placed, straight
from bandmate.training.reading.metre import FEWEST_BARS, TOO_SHORT, Stretch, stretches
from bandmate.training.reading.score import Floats, Score, Track
from bandmate.training.reading.sheet import Instrument, Sheet
from bandmate.training.reading.swing import TRIPLETS
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Rejected

NEAR = 0.01
STEP = 1 / STEPS_PER_BEAT


def lay(score: Score, name: str) -> list[Sheet]:
    """The sheets of a score, one for each stretch in 4/4, from its first bar with an onset to its last; the
    second is called `name#2`, and so on. Raises Rejected."""
    if not any(len(track.notes) for track in score.tracks):
        raise Rejected("no notes")
    last = max(float(track.notes[:, 0].max(initial=0)) for track in score.tracks)
    found = stretches(score.metres, last + STEP)
    beats, played = straight(on_time(placed(score, found)))
    if closeness(beats.onsets().begin) < FEWEST_CLOSE:
        raise Rejected("not played to its own beat")
    sheets: list[Sheet] = []
    for number, stretch in enumerate(found):
        swing = TRIPLETS.swing if stretch.compound else played.swing
        label = f"{name}#{len(sheets) + 1}" if sheets else name
        sheets += _sheet(score, stretch, beats.take(beats.stretch == number), swing, label)
    if not sheets:
        raise Rejected(TOO_SHORT)
    return sheets


def _sheet(score: Score, stretch: Stretch, beats: Beats, swing: float, name: str) -> list[Sheet]:
    """A stretch from its first bar with an onset to its last, if that is long enough."""
    steps = int(stretch.bars) * STEPS_PER_BAR
    heard = beats.take(beats.pitch > 0)
    begin = np.clip(np.rint(STEPS_PER_BEAT * heard.begin), 0, steps - 1)
    end = np.clip(np.rint(STEPS_PER_BEAT * heard.end), begin + 1, steps)
    if not len(begin):
        return []
    first, last = int(begin.min()) // STEPS_PER_BAR, int(begin.max()) // STEPS_PER_BAR + 1
    if last - first < FEWEST_BARS:
        return []
    begin, end = begin - first * STEPS_PER_BAR, np.minimum(end, last * STEPS_PER_BAR) - first * STEPS_PER_BAR
    rows = np.stack([begin, end - begin, heard.pitch, heard.velocity], 1)
    parts = [_instrument(n, track, rows[heard.track == n]) for n, track in enumerate(score.tracks)]
    counted = np.arange(first * BEATS_PER_BAR, last * BEATS_PER_BAR, dtype=np.float64)
    at = stretch.start + stretch.beat * counted
    instruments = tuple(part for part in parts if len(part.notes))
    tempo, labels = _tempo(score, stretch, at), _labels(score, at)
    chords = np.array(triads(labels), np.uint8) if labels else None
    dropped = len(beats.pitch) - len(heard.pitch)
    return [Sheet(name, last - first, stretch.metre, tempo, swing, instruments, chords, dropped, labels)]


def _instrument(number: int, track: Track, rows: Floats) -> Instrument:
    notes = kit.hits(as_notes(rows)) if track.drums else untangled(as_notes(rows))
    return Instrument(number + 1, track.name, track.program, track.drums, notes)


def _tempo(score: Score, stretch: Stretch, at: Floats) -> float:
    """The median of the beats a minute at some quarter notes."""
    index = np.searchsorted(score.tempos[:, 0], at + NEAR, "right") - 1
    return float(np.median(score.tempos[np.maximum(index, 0), 1])) / stretch.beat


def _labels(score: Score, at: Floats) -> tuple[str, ...]:
    """The symbol that holds at each of some quarter notes, `N` before the first; nothing without symbols."""
    if not score.symbols:
        return ()
    starts = np.array([symbol.start for symbol in score.symbols])
    index = np.searchsorted(starts, at + NEAR, "right")
    labels = ["N", *(symbol.label for symbol in score.symbols)]
    return tuple(labels[i] for i in index)
