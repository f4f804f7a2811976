"""A lead sheet: chords and a melody, and what an arranger hears in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE, TONES
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.lines import line, monophonic, sounding
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Notes

PHRASE = 8
MAJOR = (0, 2, 4, 5, 7, 9, 11)
NO_CEILING = 127
SWELL = 8
Voice = NDArray[np.int16]


@dataclass(frozen=True)
class Lead:
    """name: the song's, from which everything that is drawn by lot follows; tempo: beats a minute;
    melody; chords: uint8[beats], numbered as in models/harmony (24 none), whole bars of four beats."""

    name: str
    tempo: float
    melody: Notes
    chords: NDArray[np.uint8]

    @cached_property
    def bars(self) -> int:
        """Bars of four beats."""
        return len(self.chords) // BEATS_PER_BAR

    def chord(self, beat: int) -> int:
        """The chord of a beat; none before the first beat and after the last."""
        return int(self.chords[beat]) if 0 <= beat < len(self.chords) else NONE

    def changes(self, beat: int) -> bool:
        """Whether a chord begins at the beat."""
        return self.chord(beat) not in (NONE, self.chord(beat - 1))

    def until(self, bar: int, cell: int) -> int:
        """The cell, up to 16, where the chord that a cell of the bar has ends, or the bar does."""
        beats = range(bar * BEATS_PER_BAR + cell // STEPS_PER_BEAT, (bar + 1) * BEATS_PER_BAR)
        after = next((beat for beat in beats if self.chord(beat) != self.chord(beats[0])), beats.stop)
        return after * STEPS_PER_BEAT - bar * STEPS_PER_BAR

    @cached_property
    def melody_pitch(self) -> Voice:
        """int16[steps]: what the melody sounds, -1 where it rests."""
        return line(monophonic(self.melody), len(self.chords) * STEPS_PER_BEAT)[0]

    @cached_property
    def resting(self) -> NDArray[np.bool_]:
        """bool[beats]: where the melody rests for the whole beat."""
        heard = sounding(self.melody, len(self.chords) * STEPS_PER_BEAT)
        return np.asarray(~heard.reshape(-1, STEPS_PER_BEAT).any(1))

    @cached_property
    def strikes(self) -> NDArray[np.int64]:
        """int64[bars]: notes that the melody strikes in each bar."""
        inside = self.melody[self.melody[:, 0] < self.bars * STEPS_PER_BAR, 0]
        return np.bincount(inside // STEPS_PER_BAR, minlength=self.bars)

    @cached_property
    def swell(self) -> list[int]:
        """How much louder or softer the whole band plays in each bar: a phrase has its own loudness, drawn by
        lot, and grows a little towards its end."""
        random = Random(f"{self.name} swell")
        levels = [random.randint(-SWELL, SWELL) for _ in range(0, self.bars, PHRASE)]
        return [levels[bar // PHRASE] + bar % PHRASE // 2 for bar in range(self.bars)]

    @cached_property
    def ceilings(self) -> Voice:
        """int16[beats]: two semitones under the melody's low notes (their lower quartile) in the bar and the
        bars beside it, 127 where it rests in all of them."""
        out = np.full(self.bars, NO_CEILING, np.int16)
        for bar in range(self.bars):
            first, last = max(bar - 1, 0) * STEPS_PER_BAR, (bar + 2) * STEPS_PER_BAR
            near = self.melody_pitch[first:last]
            if (near >= 0).any():
                out[bar] = int(np.percentile(near[near >= 0], 25)) - 2
        return np.repeat(out, BEATS_PER_BAR)

    @cached_property
    def scale(self) -> frozenset[int]:
        """The pitch classes of the major scale that holds most of the chords' and the melody's tones."""
        weight = TONES[self.chords].sum(0) * STEPS_PER_BEAT
        heard = self.melody_pitch[self.melody_pitch >= 0]
        weight = weight + np.bincount(heard % 12, minlength=12)
        best = max(range(12), key=lambda key: weight[[(key + degree) % 12 for degree in MAJOR]].sum())
        return frozenset((best + degree) % 12 for degree in MAJOR)
