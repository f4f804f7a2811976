"""Tunes in any scale, and a packaged band heard live along with them, in virtual time.

Used by the tests through the fixtures of conftest.py, and by tests/bench/. Notes are int16[n,4] of (step,
length, pitch, velocity); four steps to the beat, four beats to the bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bandmate.daemon.answering import loading
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage.render import render
from bandmate.daemon.offstage.song import MelodyFile, SongNote
from bandmate.models.catalogue import Catalogue
from bandmate.models.decoding import DRUMS
from bandmate.models.harmony import NONE, TONES
from bandmate.presets.load import Shelf
from bandmate.training import lines
from bandmate.training.judging.excerpt import by_beat
from bandmate.training.judging.harmony_metrics import clash, in_harmony

BEAT, BAR = 4, 16
SPLIT = 55
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole tones": (0, 2, 4, 6, 8, 10),
    "chromatic": tuple(range(12)),
}
RHYTHMS = ((4, 4, 4, 4), (4, 2, 2, 8), (6, 2, 4, 4), (2, 2, 4, 4, 4), (8, 4, 4))
CLOSES = ((4, 12), (4, 4, 8), (2, 2, 12))
LEAPS = 0.3

Notes = NDArray[np.int16]
Floats = NDArray[np.float64]
Chords = NDArray[np.int_]


def tune(scale: str, tonic: int, seed: int, bars: int = 16) -> Notes:
    """A melody in a scale on a tonic 0..11: phrases of four bars that begin on a tone of the tonic's chord
    and close on a long one, by steps of the scale and now and then by a leap to one of its tones. The rhythm
    of a phrase comes again in the next."""
    dice = np.random.default_rng([seed, tonic, len(scale)])
    steps = SCALES[scale]
    home = [k for k, step in enumerate(steps) if step in (0, 3, 4, 7)]
    rhythm = [RHYTHMS[dice.integers(len(RHYTHMS))] for _ in range(3)] + [CLOSES[dice.integers(len(CLOSES))]]
    degree, rows, step = 0, [], 0
    for bar in range(bars):
        lengths = rhythm[bar % 4]
        for k, length in enumerate(lengths):
            ends = bar % 4 == 3 and k == len(lengths) - 1
            if (bar % 4 == 0 and k == 0) or ends or dice.random() < LEAPS:
                goals = [tone + octave for tone in home for octave in (-len(steps), 0, len(steps))]
                near = sorted(goals, key=lambda goal: abs(goal - degree))[: 1 if ends else 3]
                degree = int(dice.choice(near))
            else:
                degree += int(dice.choice((-1, 1)))
            degree = max(min(degree, len(steps) + len(steps) // 2), -(len(steps) // 2))
            pitch = 62 + tonic + 12 * (degree // len(steps)) + steps[degree % len(steps)]
            rows.append((step, length, pitch, 80))
            step += length
    return lines.as_notes(rows)


MANNERS = ("held", "short", "broken")


def left_hand(chords: Chords, manner: str = "held", low: int = 36) -> Notes:
    """Triads in root position from C2 up, below SPLIT, on the chords int[beats]: `held` while the chord is
    the same; struck anew in every bar and `short`, an eighth long; or `broken`, in eighths."""
    new = np.concatenate([[True], chords[1:] != chords[:-1]])
    if manner != "held":
        new[::4] = True
    begins = np.flatnonzero(np.concatenate([new, [True]]))
    rows = []
    for begin, end in zip((BEAT * begins[:-1]).tolist(), (BEAT * begins[1:]).tolist(), strict=True):
        chord = int(chords[begin // BEAT])
        root, third, fifth = (low + chord % 12 + k for k in (0, 3 if chord >= 12 else 4, 7))
        if chord == NONE:
            continue
        if manner == "broken":
            rows += [
                (step, 2, (root, fifth, third, fifth)[k % 4], 80)
                for k, step in enumerate(range(begin, end, 2))
            ]
        else:
            rows += [
                (begin, end - begin if manner == "held" else 2, pitch, 80) for pitch in (root, third, fifth)
            ]
    return lines.as_notes(rows)


@dataclass(frozen=True)
class Heard:
    """A melody, what the band's pitched parts played to it, and the chords int[steps] committed."""

    melody: Notes
    parts: tuple[Notes, ...]
    chords: Chords

    @cached_property
    def line(self) -> NDArray[np.int16]:
        """The melody's pitch int16[steps], -1 where it is silent."""
        return lines.line(self.melody, len(self.chords))[0]

    @cached_property
    def chroma(self) -> Floats:
        """float64[steps, 12]: how many notes of each pitch class sound."""
        return lines.chroma(self.parts, len(self.chords))

    @cached_property
    def beats(self) -> Floats:
        """float64[beats, 12]: the band's steps of each pitch class in each beat."""
        return by_beat(self.chroma)

    def in_harmony(self, first: int = 0, last: int | None = None) -> float:
        """The melody's time in harmony in bars first..last."""
        at = slice(BAR * first, None if last is None else BAR * last)
        return in_harmony(self.line[at], self.chroma[at])

    def clash(self, first: int = 0, last: int | None = None) -> float:
        """The share of the band, in bars first..last, a semitone from the melody."""
        at = slice(BAR * first, None if last is None else BAR * last)
        return clash(self.line[at], self.chroma[at])

    def inside(self, classes: NDArray[np.bool_], first: int = 0, last: int | None = None) -> float:
        """The share of the band's time, in bars first..last, spent on some pitch classes bool[12]."""
        weight = self.chroma[BAR * first : None if last is None else BAR * last].sum(0)
        return float(weight[classes].sum() / weight.sum()) if weight.any() else float("nan")


class Musicians:
    """A packaged preset's players, who hear nothing of the performance before."""

    def __init__(self, preset: str, models: Path = Path("no-folder")) -> None:
        """models: a folder looked into before the packaged models."""
        self.preset = Shelf(None).get(preset)
        self.accompanist = loading.accompanist(Catalogue(models), self.preset)

    def play(self, melody: Notes, left: Notes | None = None, seed: int = 1, tempo: float = 120.0) -> Heard:
        """What they play live to a melody, and chords of the left hand below SPLIT if there are any."""
        grid = Grid(self.preset.swing)
        hands = melody if left is None else np.concatenate([melody, left])
        notes = []
        for step, length, pitch, velocity in hands.tolist():
            tick = grid.tick_of(step)
            notes.append(SongNote(tick, grid.tick_of(step + length) - tick, pitch, velocity))
        song = MelodyFile(tuple(sorted(notes)), ((0.0, tempo),), ((0.0, 4, 4),), "melody")
        settings = Settings(seed=seed, split=0 if left is None else SPLIT)
        rendering = render(song, self.preset, self.accompanist.afresh(), settings)
        parts = []
        for k, part in enumerate(self.preset.parts):
            rows = []
            for tick, length, pitch, velocity in rendering.take.notes(1 + k):
                step = grid.step_of(tick)
                rows.append((step, max(grid.step_of(tick + length) - step, 1), pitch, velocity))
            if part.name != DRUMS:
                parts.append(lines.as_notes(sorted(rows)))
        return Heard(melody, tuple(parts), rendering.chords)


def of_scale(scale: str, tonic: int) -> NDArray[np.bool_]:
    """bool[12]: the pitch classes of a scale on a tonic."""
    return np.isin((np.arange(12) - tonic - 62) % 12, SCALES[scale])


def agreement(chords: Chords, wanted: Chords) -> float:
    """The share of the chords' tones that lie in those wanted, over the beats int[beats] that have both."""
    both = (chords != NONE) & (wanted != NONE)
    return float((TONES[chords[both]] * TONES[wanted[both]]).sum() / (3 * both.sum()))


def in_chord(line: NDArray[np.int16], chords: Chords) -> float:
    """The share of a melody's steps whose pitch class is in the chord int[steps] of the step."""
    sung = np.flatnonzero(line >= 0)
    return float(TONES[chords[sung], line[sung] % 12].mean())
