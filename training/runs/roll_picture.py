"""A song as a piano roll: a colour a part, the melody on top, drums beneath, the chords above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from PIL import Image, ImageDraw

from bandmate.models.harmony import NONE, symbol
from bandmate.training.runs import ink
from bandmate.training.songs import STEPS_PER_BAR, Notes, Song

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
LEFT, MARGIN, HEAD = 72, 24, 78


@dataclass(frozen=True)
class Look:
    """Pixels of a step across, and down of a semitone, of a drum's line and of chord symbols; beats:
    whether they have lines."""

    step: int
    semitone: int
    drum: int
    letters: int
    beats: bool


LARGE = Look(5, 7, 10, 13, True)
MIDDLE = Look(3, 3, 4, 11, False)
SMALL = Look(2, 3, 3, 9, False)
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
    drums = (len(CHART) * look.drum + look.letters // 2) if "drums" in parts else 0
    return song.steps * look.step + 1, _chords(look) + within.height(look) + drums


def draw(song: Song, parts: tuple[str, ...], within: Reach, look: Look) -> Image.Image:
    """The roll alone, without letters but for the chords'; notes out of reach lie on its edge."""
    width, height = size(song, parts, within, look)
    image = Image.new("RGB", (width, height), ink.PAPER)
    brush = ImageDraw.Draw(image)
    lanes = _lanes(parts, within, look, height)
    _ground(brush, within, look, width, lanes)
    _bars(brush, song, look, lanes)
    _plan(brush, song, look)
    for (name, colour), notes in reversed([*zip(ink.legend(parts), song.notes, strict=True)]):
        if name == "drums":
            _kit(brush, notes, look, lanes[-1][0])
        else:
            _voice(brush, notes, colour, within, look, int(name == "melody"))
    return image


def _chords(look: Look) -> int:
    return look.letters + 5


def _lanes(parts: tuple[str, ...], within: Reach, look: Look, height: int) -> list[tuple[int, int]]:
    """First and last row of the roll and, where there is one, of the kit."""
    first = _chords(look)
    roll = [(first, first + within.height(look) - 1)]
    return [*roll, (height - len(CHART) * look.drum, height - 1)] if "drums" in parts else roll


def _ground(
    brush: ImageDraw.ImageDraw, within: Reach, look: Look, width: int, lanes: list[tuple[int, int]]
) -> None:
    for top, bottom in lanes:
        brush.rectangle((0, top, width - 1, bottom), ink.GROUND)
    first = lanes[0][0]
    for pitch in range(within.low, within.high + 1):
        top = first + within.top(pitch, look)
        if pitch % 12 in BLACK_KEYS:
            brush.rectangle((0, top, width - 1, top + look.semitone - 1), ink.SHADE)
        if pitch % 12 == 0:
            brush.line((0, top + look.semitone - 1, width - 1, top + look.semitone - 1), ink.BEAT)
    for line in range(0, len(CHART) if len(lanes) > 1 else 0, 2):
        top = lanes[1][0] + line * look.drum
        brush.rectangle((0, top, width - 1, top + look.drum - 1), ink.SHADE)


def _bars(brush: ImageDraw.ImageDraw, song: Song, look: Look, lanes: list[tuple[int, int]]) -> None:
    for step in range(0, song.steps + 1, 4 if look.beats else STEPS_PER_BAR):
        for top, bottom in lanes:
            colour = ink.BEAT if step % STEPS_PER_BAR else ink.BAR
            brush.line((step * look.step, top, step * look.step, bottom), colour)


def _plan(brush: ImageDraw.ImageDraw, song: Song, look: Look) -> None:
    """A plate a chord, with its symbol where there is room."""
    beat, wide = 0, 4 * look.step
    for chord, beats in groupby(song.chords.tolist()):
        left, beat = beat * wide + 1, beat + len(list(beats))
        right = beat * wide - 1
        if chord == NONE:
            continue
        brush.rectangle((left, 0, right, look.letters + 2), ink.PLATE)
        if ink.width_of(symbol(chord), look.letters) + 4 <= right - left:
            ink.text(brush, left + 3, (look.letters + 2) / 2, symbol(chord), look.letters)


def _voice(
    brush: ImageDraw.ImageDraw, notes: Notes, colour: ink.Colour, within: Reach, look: Look, swell: int
) -> None:
    """Notes with a pixel of air at their end, `swell` pixels thicker to either side."""
    for step, length, pitch, _ in notes.tolist():
        shown = min(max(pitch, within.low), within.high)
        top = _chords(look) + within.top(shown, look)
        right = (step + length) * look.step - 1
        brush.rectangle((step * look.step + 1, top - swell, right, top + look.semitone - 1 + swell), colour)


def _kit(brush: ImageDraw.ImageDraw, notes: Notes, look: Look, first: int) -> None:
    for step, _, pitch, _ in notes.tolist():
        line = next((k for k, (_, pitches) in enumerate(CHART) if pitch in pitches), TOMS)
        top, air = first + line * look.drum, int(look.drum > 4)
        left = step * look.step + 1
        brush.rectangle((left, top + air, left + look.step - 2, top + look.drum - 1 - air), ink.DRUMS)


def page(song: Song, parts: tuple[str, ...], title: str, caption: str, within: Reach) -> Image.Image:
    """The large roll with a title, a caption under it, and lines that say what is what."""
    roll = draw(song, parts, within, LARGE)
    image = Image.new("RGB", (LEFT + roll.width + MARGIN, HEAD + roll.height + MARGIN), ink.PAPER)
    brush = ImageDraw.Draw(image)
    ink.text(brush, LEFT, 22, ink.fitted(title, 20, roll.width), 20)
    ink.text(brush, LEFT, 44, ink.fitted(caption, 13, roll.width), 13, ink.GREY)
    names(brush, LEFT, 63, parts, 13)
    image.paste(roll, (LEFT, HEAD))
    lanes = _lanes(parts, within, LARGE, roll.height)
    for pitch in range(within.low, within.high + 1):
        if pitch % 12 == 0:
            y = HEAD + lanes[0][0] + within.top(pitch, LARGE) + LARGE.semitone / 2
            ink.text(brush, LEFT - 8, y, f"C{pitch // 12 - 1}", 11, ink.GREY, "rm")
    for line, (name, _) in enumerate(CHART if len(lanes) > 1 else ()):
        y = HEAD + lanes[1][0] + (line + 0.5) * LARGE.drum
        ink.text(brush, LEFT - 8, y, name, 10, ink.GREY, "rm")
    for bar in range(song.bars):
        x = LEFT + bar * STEPS_PER_BAR * LARGE.step
        ink.text(brush, x + 2, HEAD + roll.height + MARGIN / 2, str(bar + 1), 11, ink.GREY)
    return image


def names(brush: ImageDraw.ImageDraw, x: float, y: float, parts: tuple[str, ...], letters: int) -> None:
    """The parts' names, each beside its colour, from a point to the right."""
    for name, colour in ink.legend(parts):
        brush.rectangle((x, y - letters // 3, x + 2 * letters, y + letters // 3), colour)
        ink.text(brush, x + 2.5 * letters, y, name, letters)
        x += 4 * letters + ink.width_of(name, letters)
