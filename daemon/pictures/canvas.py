"""A drawing surface with smooth edges: everything is drawn large and then reduced."""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
_SCALE = 2


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * _SCALE)


def blend(colour: Colour, ground: Colour, share: float) -> Colour:
    """So much of the colour, 0..1, over the ground."""
    red, green, blue = (round(g + (c - g) * share) for c, g in zip(colour, ground, strict=True))
    return red, green, blue


class Canvas:
    """width x height pixels; x runs right and y down, in pixels of the finished image."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self._image = Image.new("RGB", (width * _SCALE, height * _SCALE), ground)
        self._draw = ImageDraw.Draw(self._image)

    def box(
        self, left: float, top: float, right: float, bottom: float, fill: Colour, round_by: float = 0
    ) -> None:
        """A filled rectangle from the left and top edge up to, not including, the right and bottom ones."""
        x1, y1 = round(left * _SCALE), round(top * _SCALE)
        x2 = max(round(right * _SCALE) - 1, x1)
        y2 = max(round(bottom * _SCALE) - 1, y1)
        radius = min(round_by * _SCALE, (x2 - x1) / 2, (y2 - y1) / 2)
        self._draw.rounded_rectangle((x1, y1, x2, y2), radius, fill)

    def text(
        self, x: float, y: float, words: str, size: int, fill: Colour, anchor: str = "lm", bold: bool = False
    ) -> None:
        """Words at a point; anchor as Pillow's: l, m, r across and t, m, b down."""
        place = (x * _SCALE, y * _SCALE)
        self._draw.text(
            place, words, fill, _font(size), anchor, stroke_width=1 if bold else 0, stroke_fill=fill
        )

    def width_of(self, words: str, size: int) -> float:
        """How wide words are."""
        return self._draw.textlength(words, _font(size)) / _SCALE

    def finished(self) -> Image.Image:
        """The image at its size."""
        return self._image.reduce(_SCALE)
