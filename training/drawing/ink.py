"""Colours and letters of the pictures.

The parts' colours are Okabe and Ito's, which people with any colour vision can tell apart (Color
Universal Design, 2008).
"""

from __future__ import annotations

from functools import cache

from PIL import ImageDraw, ImageFont

Colour = tuple[int, int, int]

PAPER: Colour = (251, 250, 247)
INK: Colour = (38, 38, 42)
GREY: Colour = (138, 134, 126)
GROUND: Colour = (255, 255, 255)
SHADE: Colour = (243, 240, 234)
BEAT: Colour = (233, 229, 221)
BAR: Colour = (196, 190, 178)
PLATE: Colour = (234, 230, 220)
MELODY: Colour = (213, 94, 0)
DRUMS: Colour = (84, 88, 98)
PALE = 0.5
PITCHED: tuple[Colour, ...] = ((0, 114, 178), (0, 158, 115), (204, 121, 167), (86, 180, 233))


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own letters, so many pixels high."""
    return ImageFont.load_default(size)


def plain(words: str) -> str:
    """Words in letters that Pillow's own font has."""
    return words.replace("♭", "b").replace("♯", "#")


def text(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    words: str,
    size: int,
    fill: Colour = INK,
    at: str = "lm",
) -> None:
    """Words at a point; at: Pillow's anchor: l, m, r across and t, m, b down."""
    draw.text((x, y), plain(words), fill, font(size), at)


def width_of(words: str, size: int) -> float:
    """How wide words are, in pixels."""
    return font(size).getlength(plain(words))


def fitted(words: str, size: int, width: float) -> str:
    """The words, or as many of their letters, and dots, as fit into the width."""
    if width_of(words, size) <= width:
        return words
    while words and width_of(words + "...", size) > width:
        words = words[:-1]
    return words + "..."


def legend(parts: tuple[str, ...]) -> list[tuple[str, Colour]]:
    """The melody and each part with its colour, in their order."""
    free = iter(PITCHED)
    return [("melody", MELODY)] + [(name, DRUMS if name == "drums" else next(free)) for name in parts]


def names(draw: ImageDraw.ImageDraw, x: float, y: float, parts: tuple[str, ...], size: int) -> None:
    """The legend, each name beside its colour, from a point to the right."""
    for name, colour in legend(parts):
        draw.rectangle((x, y - size // 3, x + 2 * size, y + size // 3), colour)
        text(draw, x + 2.5 * size, y, name, size)
        x += 4 * size + width_of(name, size)


def paler(colour: Colour) -> Colour:
    """A colour half way to the ground."""
    red, green, blue = (round(g + PALE * (c - g)) for c, g in zip(colour, GROUND, strict=True))
    return red, green, blue
