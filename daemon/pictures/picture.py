"""A piano roll as a picture: a colour a part, the melody on top, drums beneath, the chord plan above.

Eight bars to a row. Time is in ticks, 24 to the beat. The colours are Okabe and Ito's, which people with
any colour vision can tell apart (Color Universal Design, 2008).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image

from bandmate.daemon.clock.timeline import TICKS_PER_BEAT, TICKS_PER_STEP
from bandmate.daemon.pictures.canvas import Canvas, Colour, blend
from bandmate.daemon.pictures.page import (
    BARS_PER_ROW,
    CHORDS,
    DRUM_HEIGHT,
    DRUMS,
    FOOT,
    HEADER,
    LEFT,
    MELODY,
    NUMBERS,
    ROLL_HEIGHT,
    Page,
    Tone,
    Voice,
    drum,
)

PAPER: Colour = (251, 250, 247)
INK: Colour = (38, 38, 42)
GREY: Colour = (138, 134, 126)
_KEY: Colour = (255, 255, 255)
_SHADE: Colour = (242, 239, 232)
_BEAT: Colour = (229, 225, 216)
_BAR: Colour = (190, 184, 171)
_PLATE: Colour = (234, 230, 220)
_BLACK_KEYS = {1, 3, 6, 8, 10}


def png(
    title: str, voices: Sequence[Voice], chords: Sequence[tuple[float, str]] = (), steps_per_bar: int = 16
) -> bytes:
    """The picture of a performance as a PNG file.

    voices: the melody first; chords: (tick, symbol), each until the next; steps_per_bar: 16ths, 16 in 4/4.
    """
    page = Page.of(voices, chords, steps_per_bar)
    rows = -(-page.bars // BARS_PER_ROW)
    image = Image.new("RGB", (page.width, HEADER + rows * page.row_height + FOOT), PAPER)
    image.paste(_header(page, title), (0, 0))
    for row in range(rows):
        image.paste(_row(page, row * BARS_PER_ROW), (0, HEADER + row * page.row_height))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _plain(symbol: str) -> str:
    """A chord symbol in letters that Pillow's own font has."""
    return symbol.replace("♭", "b").replace("♯", "#")


def _header(page: Page, title: str) -> Image.Image:
    canvas = Canvas(page.width, HEADER, PAPER)
    canvas.text(LEFT, 36, title, 28, INK, bold=True)
    x = float(LEFT)
    for name, colour in page.legend:
        canvas.box(x, 64, x + 26, 76, colour, 3)
        canvas.text(x + 34, 70, name, 16, INK)
        x += 34 + canvas.width_of(name, 16) + 28
    return canvas.finished()


def _row(page: Page, first: int) -> Image.Image:
    """Eight bars from the first (counted from 0), or those that are left."""
    bars = min(BARS_PER_ROW, page.bars - first)
    begin, end = first * page.bar_ticks, (first + bars) * page.bar_ticks
    canvas = Canvas(page.width, page.row_height, PAPER)
    right = LEFT + (end - begin) * page.tick
    _ground(canvas, page, right)
    _lines(canvas, page, first, bars)
    _chord_plan(canvas, page, begin, end)
    for _, colour, tones in reversed(page.pitched):
        for tone in tones:
            swell = 1.5 if colour == MELODY else 0.5
            top, height = page.y(tone.pitch) - swell, page.semitone + 2 * swell
            _tone(canvas, page, tone, colour, begin, end, top, height)
    for tone in page.drums:
        top = page.drums_top + page.kit.index(drum(tone.pitch)) * DRUM_HEIGHT + 2
        _tone(canvas, page, tone._replace(length=TICKS_PER_STEP), DRUMS, begin, end, top, DRUM_HEIGHT - 4)
    return canvas.finished()


def _ground(canvas: Canvas, page: Page, right: float) -> None:
    """The lines of black keys shaded, the keyboard on the left, and the drums' names."""
    canvas.box(LEFT - 36, page.y(page.high), LEFT - 4, page.y(page.low - 1), _BAR, 2)
    canvas.box(LEFT - 35, page.y(page.high) + 1, LEFT - 5, page.y(page.low - 1) - 1, _KEY, 1)
    for pitch in range(page.low, page.high + 1):
        top, bottom = page.y(pitch), page.y(pitch - 1)
        black = pitch % 12 in _BLACK_KEYS
        if black:
            canvas.box(LEFT, top, right, bottom, _SHADE)
            canvas.box(LEFT - 35, top, LEFT - 16, bottom, blend(INK, PAPER, 0.8), 1)
        if pitch % 12 in (0, 5):
            canvas.box(LEFT - 35, bottom - 0.5, LEFT - 5, bottom + 0.5, _BAR)
        if pitch % 12 == 0:
            canvas.text(LEFT - 42, (top + bottom) / 2, f"C{pitch // 12 - 1}", 14, GREY, "rm")
    for place, name in enumerate(page.kit):
        top = page.drums_top + place * DRUM_HEIGHT
        canvas.box(LEFT, top, right, top + DRUM_HEIGHT, _SHADE if place % 2 == 0 else PAPER)
        canvas.text(LEFT - 10, top + DRUM_HEIGHT / 2, name, 13, GREY, "rm")


def _lines(canvas: Canvas, page: Page, first: int, bars: int) -> None:
    """Beat lines, bar lines and the bars' numbers."""
    lanes = [(NUMBERS + CHORDS, NUMBERS + CHORDS + ROLL_HEIGHT)]
    if page.kit:
        lanes.append((page.drums_top, page.drums_top + len(page.kit) * DRUM_HEIGHT))
    for tick in range(0, bars * page.bar_ticks + 1, TICKS_PER_BEAT):
        bar_line = tick % page.bar_ticks == 0
        x, half = LEFT + tick * page.tick, 0.75 if bar_line else 0.5
        for top, bottom in lanes:
            canvas.box(x - half, top, x + half, bottom, _BAR if bar_line else _BEAT)
    for bar in range(bars):
        x = LEFT + bar * page.bar_ticks * page.tick
        canvas.text(x + 1, NUMBERS - 11, str(first + bar + 1), 13, GREY)


def _chord_plan(canvas: Canvas, page: Page, begin: int, end: int) -> None:
    """A plate a chord, with its symbol where there is room."""
    last = (float(page.bars * page.bar_ticks), "")
    for (tick, symbol), (until, _) in pairwise([*page.chords, last]):
        if until <= begin or tick >= end:
            continue
        left = LEFT + (max(tick, begin) - begin) * page.tick + 1
        right = LEFT + (min(until, end) - begin) * page.tick - 1
        words = _plain(symbol)
        canvas.box(left, NUMBERS, right, NUMBERS + CHORDS - 6, _PLATE, 4)
        if canvas.width_of(words, 16) + 8 <= right - left:
            canvas.text(left + 8, NUMBERS + (CHORDS - 6) / 2, words, 16, INK, bold=True)


def _tone(
    canvas: Canvas,
    page: Page,
    tone: Tone,
    colour: Colour,
    begin: int,
    end: int,
    top: float,
    height: float,
) -> None:
    """A note, paler the softer it is, with a little air at its end."""
    if tone.tick >= end or tone.tick + tone.length <= begin:
        return
    left = LEFT + (max(tone.tick, begin) - begin) * page.tick
    right = LEFT + (min(tone.tick + tone.length, end) - begin) * page.tick
    shade = blend(colour, PAPER, 0.5 + 0.5 * tone.velocity / 127)
    canvas.box(left + 1, top, max(right - 1, left + 4), top + height, shade, 2)
