"""A score's notes in beats, each counted from the start of its stretch, and put on time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.reading import kit
from bandmate.training.reading.metre import Stretch
from bandmate.training.reading.score import Floats, Score
from bandmate.training.reading.swing import TRIPLETS, Feel, feels
from bandmate.training.songs import BEATS_PER_BAR

ON_BEAT = 1 / 8
FEWEST_ON_BEAT = 8
LARGEST_OFFSET = 1 / 12
FINENESS = 96
CLOSE = 0.15 / STEPS_PER_BEAT
# By chance the share is .3. Written files and most players have .6 and more, loose drummers on a click .45.
FEWEST_CLOSE = 0.42
FAR_CLOSER = 0.25

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Beats:
    """Arrays of n notes: begin and end float64 in beats; pitch (of drums the class, 0 what is dropped) and
    velocity int16; track and stretch int64, their numbers from 0; compound: bool, whether a beat has three
    eighths there."""

    begin: Floats
    end: Floats
    pitch: NDArray[np.int16]
    velocity: NDArray[np.int16]
    track: Ints
    stretch: Ints
    compound: NDArray[np.bool_]

    def take(self, which: NDArray[np.bool_] | Ints) -> Beats:
        """Some of the notes."""
        return Beats(*(getattr(self, field)[which] for field in self.__dataclass_fields__))

    def onsets(self) -> Beats:
        """One note of each chord: of the notes that a track strikes at once, the first."""
        near = np.rint(self.begin * FINENESS).astype(np.int64)
        keys = np.stack([self.track, self.stretch, near])
        order = np.lexsort(keys[::-1])
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(keys[:, order]) != 0).any(0)
        return self.take(order[first])


def placed(score: Score, found: Sequence[Stretch]) -> Beats:
    """The notes of a score that lie in its stretches; one struck just before a stretch begins it."""
    rows = np.concatenate([track.notes for track in score.tracks])
    track = np.repeat(np.arange(len(score.tracks)), [len(t.notes) for t in score.tracks])
    pitch = rows[:, 2].astype(np.int16)
    drums = np.array([t.drums for t in score.tracks])[track]
    pitch[drums] = kit.classes(pitch[drums])
    starts = np.array([s.start for s in found])
    beat = np.array([s.beat for s in found])
    length = np.array([s.bars * BEATS_PER_BAR for s in found])
    stretch = np.maximum(np.searchsorted(starts - ON_BEAT * beat, rows[:, 0], "right") - 1, 0)
    begin = (rows[:, 0] - starts[stretch]) / beat[stretch]
    end = (rows[:, 1] - starts[stretch]) / beat[stretch]
    inside = (begin >= -ON_BEAT) & (begin < length[stretch] - ON_BEAT)
    velocity, compound = rows[:, 3].astype(np.int16), beat[stretch] > 1
    return Beats(begin, end, pitch, velocity, track, stretch, compound).take(inside)


def on_time(beats: Beats) -> Beats:
    """The notes without what their track is early or late by all the time: the median of its onsets within an
    eighth of a beat of one, a third of a 16th at most, where that brings its onsets closer to the 16ths."""
    early = np.zeros(int(beats.track.max(initial=0)) + 1)
    for track in np.unique(beats.track):
        at = beats.begin[beats.track == track]
        offs = at - np.rint(at)
        offs = offs[np.abs(offs) <= ON_BEAT]
        if len(offs) < FEWEST_ON_BEAT:
            continue
        offset = float(np.clip(np.median(offs), -LARGEST_OFFSET, LARGEST_OFFSET))
        if closeness(at - offset) > closeness(at):
            early[track] = offset
    moved = early[beats.track]
    return replace(beats, begin=beats.begin - moved, end=beats.end - moved)


def straight(beats: Beats) -> tuple[Beats, Feel]:
    """The notes on the straight grid, and the feel that they had: of the likely ones, that which brings them
    closest. Where a beat has three eighths, and in a file whose onsets are closer by far to the thirds of a
    beat, they swing by thirds."""
    onsets = beats.onsets()
    simple = onsets.begin[~onsets.compound]
    played = max(feels(simple), key=lambda likely: closeness(likely.straight(simple)))
    if closeness(simple, 3) - closeness(played.straight(simple)) > FAR_CLOSER:
        played = TRIPLETS
    begin, end = (
        np.where(beats.compound, TRIPLETS.straight(at), played.straight(at))
        for at in (beats.begin, beats.end)
    )
    return replace(beats, begin=begin, end=end), played


def closeness(at: Floats, parts: int = STEPS_PER_BEAT) -> float:
    """The share of positions in beats within .15 of a 16th of a beat's nearest n-th part; by chance .3."""
    return float(np.mean(np.abs(at - np.rint(at * parts) / parts) <= CLOSE)) if len(at) else 0.0
