"""The measures of a piano-roll picture: which pitches, drums and bars there are, and where each is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from bandmate.daemon.clock.timeline import TICKS_PER_STEP
from bandmate.daemon.pictures.canvas import Colour

BARS_PER_ROW = 8
STEP_WIDTH = 13
LEFT, RIGHT, HEADER, FOOT = 96, 28, 92, 20
NUMBERS, CHORDS, GAP, DRUM_HEIGHT = 20, 32, 10, 16
LEAST_WIDTH, ROLL_HEIGHT = 900, 380

MELODY: Colour = (213, 94, 0)
DRUMS: Colour = (84, 88, 98)
PITCHED: tuple[Colour, ...] = ((0, 114, 178), (0, 158, 115), (204, 121, 167), (86, 180, 233))

# General MIDI percussion, top to bottom as a drummer's chart has it.
_KIT = (
    ("cymbal", (49, 52, 55, 57)),
    ("ride", (51, 53, 59)),
    ("hat open", (46,)),
    ("hat", (42, 44)),
    ("tom", (41, 43, 45, 47, 48, 50)),
    ("clap", (39,)),
    ("rim", (37,)),
    ("snare", (38, 40)),
    ("kick", (35, 36)),
)
_OTHER = "other"


class Tone(NamedTuple):
    """A note: first tick, length in ticks, pitch 0..127, velocity 1..127."""

    tick: float
    length: float
    pitch: int
    velocity: int


class Voice(NamedTuple):
    """A part and what it played; drums are drawn on a lane of their own."""

    name: str
    notes: Sequence[tuple[float, float, int, int]]
    drums: bool = False


@dataclass(frozen=True)
class Page:
    """What every row shares: the notes by colour, the drums there are, the chords that differ from the one
    before, the pitches from low to high, and the measures."""

    pitched: list[tuple[str, Colour, list[Tone]]]
    drums: list[Tone]
    kit: list[str]
    chords: list[tuple[float, str]]
    low: int
    high: int
    bars: int
    bar_ticks: int

    @classmethod
    def of(cls, voices: Sequence[Voice], chords: Sequence[tuple[float, str]], steps_per_bar: int) -> Page:
        colours = iter(PITCHED * (1 + len(voices) // len(PITCHED)))
        pitched = [
            (voice.name, next(colours) if place else MELODY, [Tone(*note) for note in voice.notes])
            for place, voice in enumerate(voice for voice in voices if not voice.drums)
        ]
        drums = [Tone(*note) for voice in voices if voice.drums for note in voice.notes]
        struck = {drum(tone.pitch) for tone in drums}
        tones = [tone for _, _, each in pitched for tone in each]
        low, high = _range([tone.pitch for tone in tones])
        end = max((tone.tick + tone.length for tone in [*tones, *drums]), default=1)
        bar_ticks = steps_per_bar * TICKS_PER_STEP
        kit = [name for name in [*(name for name, _ in _KIT), _OTHER] if name in struck]
        bars = max(1, -(-int(end) // bar_ticks))
        plan = [next(same) for _, same in groupby(chords, key=lambda chord: chord[1])]
        return cls(pitched, drums, kit, plan, low, high, bars, bar_ticks)

    @property
    def legend(self) -> list[tuple[str, Colour]]:
        return [(name, colour) for name, colour, _ in self.pitched] + [("drums", DRUMS)] * bool(self.drums)

    @property
    def semitone(self) -> float:
        return ROLL_HEIGHT / (self.high - self.low + 1)

    @property
    def tick(self) -> float:
        return STEP_WIDTH / TICKS_PER_STEP

    @property
    def width(self) -> int:
        bars = min(self.bars, BARS_PER_ROW)
        return max(LEFT + round(bars * self.bar_ticks * self.tick) + RIGHT, LEAST_WIDTH)

    @property
    def drums_top(self) -> int:
        return NUMBERS + CHORDS + ROLL_HEIGHT + GAP

    @property
    def row_height(self) -> int:
        return self.drums_top + len(self.kit) * DRUM_HEIGHT + 3 * GAP

    def y(self, pitch: int) -> float:
        """The top of a pitch's line in its row."""
        return NUMBERS + CHORDS + (self.high - pitch) * self.semitone


def _range(pitches: list[int]) -> tuple[int, int]:
    """Pitches with a little air, three octaves at least."""
    low, high = (min(pitches) - 2, max(pitches) + 2) if pitches else (48, 83)
    missing = max(0, 36 - (high - low))
    return max(0, low - missing // 2), min(127, high + (missing + 1) // 2)


def drum(pitch: int) -> str:
    return next((name for name, pitches in _KIT if pitch in pitches), _OTHER)
