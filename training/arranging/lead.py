"""A lead sheet: chords and a melody, and what an arranger hears in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from random import Random

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE, TONES
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.arranging.sonority import Tones, sonority, triad
from bandmate.training.lines import line, monophonic, sounding
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Notes

PHRASE = 8
MAJOR = (0, 2, 4, 5, 7, 9, 11)
NO_CEILING = 127
SWELL = 8
SPELL = 8
Voice = NDArray[np.int16]


@dataclass(frozen=True)
class Lead:
    """name: the song's, from which everything that is drawn by lot follows; tempo: beats a minute; melody.

    chords: uint8[beats], numbered as in models/harmony (24 none), whole bars of four beats; labels: of every
    beat, such as `Bb:min7`, where more than the triads is known.
    """

    name: str
    tempo: float
    melody: Notes
    chords: NDArray[np.uint8]
    labels: tuple[str, ...] = ()

    @cached_property
    def bars(self) -> int:
        """Bars of four beats."""
        return len(self.chords) // BEATS_PER_BAR

    def chord(self, beat: int) -> int:
        """The chord of a beat; none before the first beat and after the last."""
        return int(self.chords[beat]) if 0 <= beat < len(self.chords) else NONE

    @cached_property
    def sonorities(self) -> tuple[Tones, ...]:
        """What each beat's chord sounds as: nothing, a triad, or a seventh chord where its label is known.

        The ninth of a seventh chord gives way to the root where the melody dwells on that rather, for as long
        as the chord lasts, but two bars at most.
        """
        if not self.labels:
            return tuple(triad(chord) for chord in self.chords.tolist())
        out: list[Tones] = []
        for label, same in groupby(self.labels):
            beats = sum(1 for _ in same)
            tones = sonority(label, self.scale)
            for first in range(0, beats, SPELL):
                lasts = min(SPELL, beats - first)
                out += [self._suited(tones, len(out), lasts)] * lasts
        return tuple(out)

    def _suited(self, tones: Tones, beat: int, beats: int) -> Tones:
        """The tones with the root in the place of the ninth, if the melody asks for it in these beats."""
        if len(tones) < 4:
            return tones
        sung = self.melody_pitch[beat * STEPS_PER_BEAT : (beat + beats) * STEPS_PER_BEAT]
        weight = np.bincount(sung[sung >= 0] % 12, minlength=12).astype(float)
        suits = weight - (np.roll(weight, 1) + np.roll(weight, -1)) / 2
        root = self.chord(beat) % 12
        return (*tones[:3], root) if suits[root] > suits[tones[3]] else tones

    def tones(self, beat: int) -> Tones:
        """The pitch classes of a beat's chord, the third first; nothing before the first beat and after the
        last."""
        return self.sonorities[beat] if 0 <= beat < len(self.chords) else ()

    def changes(self, beat: int) -> bool:
        """Whether a chord begins at the beat."""
        return self.chord(beat) != NONE and not self._same(beat, beat - 1)

    def _same(self, beat: int, other: int) -> bool:
        return self.chord(beat) == self.chord(other) and self.tones(beat) == self.tones(other)

    def until(self, bar: int, cell: int) -> int:
        """The cell, up to 16, where the chord that a cell of the bar has ends, or the bar does."""
        beats = range(bar * BEATS_PER_BAR + cell // STEPS_PER_BEAT, (bar + 1) * BEATS_PER_BAR)
        after = next((beat for beat in beats if not self._same(beat, beats[0])), beats.stop)
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
