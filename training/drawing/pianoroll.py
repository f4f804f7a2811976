"""A song as a piano roll: a colour a part, the melody on top, drums beneath, the chords above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from PIL import Image, ImageDraw

from bandmate.models.harmony import NONE, symbol
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.drawing import ink
from bandmate.training.songs import REAL, STEPS_PER_BAR, Notes, Song

BLACK_KEYS = {1, 3, 6, 8, 10}
# General MIDI percussion, top to bottom as a drummer's chart has it; what is in none goes with the toms.
CHART = (
    ("crash", (49, 52, 55, 57)),
    ("ride", (51, 53, 59)),
    ("open hat", (46,)),
    ("hat", (42, 44)),
    ("toms", (41, 43, 45, 47, 48, 50)),
    ("rim, clap", (37, 39)),
    ("snare", (38, 40)),
    ("kick", (35, 36)),
)
TOMS = 4
AIR = 4
WIDEST, BARS_PER_LINE = 1600, 4

Mark = tuple[int, int, int, ink.Colour]


@dataclass(frozen=True)
class Look:
    """Pixels of a step across, and down of a semitone, of a drum's line and of chord symbols (0 for none);
    lines: steps from one line to the next."""

    step: float
    semitone: int
    drum: int
    letters: int
    lines: int

    @property
    def head(self) -> int:
        """Pixels above the roll."""
        return self.letters + 5 if self.letters else 0

    def x(self, step: int) -> int:
        """Where a step begins, in pixels from the left edge."""
        return int(step * self.step)


LARGE = Look(5, 7, 10, 13, STEPS_PER_BEAT)
MIDDLE = Look(3, 3, 4, 11, STEPS_PER_BAR)
SMALL = Look(2, 3, 3, 9, STEPS_PER_BAR)
STRAYS = 0.003


@dataclass(frozen=True)
class Reach:
    """Pitches that are drawn, from low to high."""

    low: int
    high: int

    def top(self, pitch: int, look: Look) -> int:
        """The first row of a pitch, in pixels from the upper edge of the roll."""
        return (self.high - pitch) * look.semitone

    def height(self, look: Look) -> int:
        return (self.high - self.low + 1) * look.semitone


def reach(songs: Iterable[Song], parts: tuple[str, ...], strays: float = 0.0) -> Reach:
    """The pitches of all the songs with a little air, three octaves at least; of the lowest and of the
    highest notes that share is not looked at."""
    drawn = [notes[:, 2] for song in songs for notes in pitched(song, parts)]
    pitches = np.concatenate([np.zeros(0, np.int16), *drawn])
    ends = np.quantile(pitches, (strays, 1 - strays)) if len(pitches) else (49, 82)
    low, high = int(ends[0]) - 1, int(ends[1]) + 1
    missing = max(0, 35 - (high - low))
    return Reach(max(0, low - missing // 2), min(127, high + (missing + 1) // 2))


def pitched(song: Song, parts: tuple[str, ...]) -> list[Notes]:
    """The melody, and the parts but for a kit."""
    names = ("melody", *parts)
    return [notes for name, notes in zip(names, song.notes, strict=True) if name != "drums"]


def size(song: Song, parts: tuple[str, ...], within: Reach, look: Look) -> tuple[int, int]:
    """Width and height of a roll in pixels."""
    drums = (len(CHART) * look.drum + max(look.letters // 2, AIR)) if "drums" in parts else 0
    return look.x(song.steps) + 1, look.head + within.height(look) + drums


def draw(song: Song, parts: tuple[str, ...], within: Reach, look: Look) -> Image.Image:
    """The roll alone, without letters but for the chords'; notes out of reach lie on its edge."""
    width, height = size(song, parts, within, look)
    image = Image.new("RGB", (width, height), ink.PAPER)
    brush = ImageDraw.Draw(image)
    rows = lanes(parts, within, look, height)
    _ground(brush, within, look, width, rows)
    _bars(brush, song, look, rows)
    if look.letters:
        _plan(brush, song, look)
    for voice, (name, colour) in reversed([*enumerate(ink.legend(parts))]):
        if name == "drums":
            _kit(brush, _marks(song, voice, colour), look, rows[-1][0])
        else:
            _voice(brush, _marks(song, voice, colour), within, look, int(name == "melody"))
    return image


def overview(song: Song, parts: tuple[str, ...]) -> Image.Image:
    """The roll of a whole song, at most 1600 pixels wide: a line every four bars, and no chords."""
    look = Look(min(3.0, (WIDEST - 1) / song.steps), 3, 4, 0, BARS_PER_LINE * STEPS_PER_BAR)
    return draw(song, parts, reach([song], parts), look)


def lanes(parts: tuple[str, ...], within: Reach, look: Look, height: int) -> list[tuple[int, int]]:
    """First and last row of the roll and, where there is one, of the kit."""
    first = look.head
    roll = [(first, first + within.height(look) - 1)]
    return [*roll, (height - len(CHART) * look.drum, height - 1)] if "drums" in parts else roll


def _ground(
    brush: ImageDraw.ImageDraw, within: Reach, look: Look, width: int, rows: list[tuple[int, int]]
) -> None:
    for top, bottom in rows:
        brush.rectangle((0, top, width - 1, bottom), ink.GROUND)
    first = rows[0][0]
    for pitch in range(within.low, within.high + 1):
        top = first + within.top(pitch, look)
        if pitch % 12 in BLACK_KEYS:
            brush.rectangle((0, top, width - 1, top + look.semitone - 1), ink.SHADE)
        if pitch % 12 == 0:
            brush.line((0, top + look.semitone - 1, width - 1, top + look.semitone - 1), ink.BEAT)
    for line in range(0, len(CHART) if len(rows) > 1 else 0, 2):
        top = rows[1][0] + line * look.drum
        brush.rectangle((0, top, width - 1, top + look.drum - 1), ink.SHADE)


def _bars(brush: ImageDraw.ImageDraw, song: Song, look: Look, rows: list[tuple[int, int]]) -> None:
    for step in range(0, song.steps + 1, look.lines):
        for top, bottom in rows:
            colour = ink.BEAT if step % STEPS_PER_BAR else ink.BAR
            brush.line((look.x(step), top, look.x(step), bottom), colour)


def _plan(brush: ImageDraw.ImageDraw, song: Song, look: Look) -> None:
    """A plate a chord, with its symbol where there is room."""
    beat = 0
    for chord, beats in groupby(song.chords.tolist()):
        left, beat = look.x(STEPS_PER_BEAT * beat) + 1, beat + len(list(beats))
        right = look.x(STEPS_PER_BEAT * beat) - 1
        if chord == NONE:
            continue
        brush.rectangle((left, 0, right, look.letters + 2), ink.PLATE)
        if ink.width_of(symbol(chord), look.letters) + 4 <= right - left:
            ink.text(brush, left + 3, (look.letters + 2) / 2, symbol(chord), look.letters)


def _marks(song: Song, voice: int, colour: ink.Colour) -> Iterator[Mark]:
    """Step, length, pitch and colour of each note, paler where it was not really played."""
    for step, length, pitch, _ in song.notes[voice].tolist():
        real = song.provenance[min(step // STEPS_PER_BAR, song.bars - 1), voice] == REAL
        yield step, length, pitch, colour if real else ink.paler(colour)


def _voice(brush: ImageDraw.ImageDraw, marks: Iterable[Mark], within: Reach, look: Look, swell: int) -> None:
    """Notes with a pixel of air at their end, `swell` pixels thicker to either side."""
    for step, length, pitch, colour in marks:
        shown = min(max(pitch, within.low), within.high)
        top = look.head + within.top(shown, look)
        left = look.x(step) + 1
        right = max(look.x(step + length) - 1, left)
        brush.rectangle((left, top - swell, right, top + look.semitone - 1 + swell), colour)


def _kit(brush: ImageDraw.ImageDraw, marks: Iterable[Mark], look: Look, first: int) -> None:
    for step, _, pitch, colour in marks:
        line = next((k for k, (_, pitches) in enumerate(CHART) if pitch in pitches), TOMS)
        top, air = first + line * look.drum, int(look.drum > 4)
        left = look.x(step) + 1
        right = max(look.x(step + 1) - 1, left)
        brush.rectangle((left, top + air, right, top + look.drum - 1 - air), colour)
