"""Loss and similarity over the epochs, drawn as far as they have come."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from bandmate.training.drawing import ink
from bandmate.training.drawing.ink import Colour

LOSS: Colour = ink.INK
SIMILARITY: Colour = (0, 158, 115)
LEFT, RIGHT, TOP, BOTTOM = 64, 46, 22, 20

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """Values from low (0) to high (1), by their logarithm where all are above zero."""

    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Axis:
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        return cls(low, high if high > low else low + 1)

    def share(self, value: float) -> float:
        """How far up a value is, 0..1."""
        if self.low > 0:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def draw(
    width: int, height: int, loss: tuple[str, Points], similarity: Points, until: float, last: float
) -> Image.Image:
    """loss: its name and (epoch, value) by epoch; similarity: the same, 0..1, on an axis of its own.

    Both are drawn until an epoch, on axes that hold all of the run to the last, so that pictures of one run
    agree.
    """
    (name, values), similarity = (loss[0], smooth(loss[1])), smooth(similarity)
    image = Image.new("RGB", (width, height), ink.PAPER)
    brush = ImageDraw.Draw(image)
    axis = Axis.of([value for _, value in values])
    brush.rectangle((LEFT, TOP, width - RIGHT, height - BOTTOM), ink.GROUND, ink.BAR)
    _axes(brush, width, height, axis, last)
    ink.text(brush, LEFT, TOP / 2, name if "loss" in name else f"loss ({name})", 12, LOSS)
    _line(brush, width, height, _known(values, until), axis, last, LOSS)
    if similarity:
        ink.text(brush, width - RIGHT, TOP / 2, "similarity", 12, SIMILARITY, "rm")
        for share, words in ((0.0, "0"), (1.0, "1")):
            place = height - BOTTOM - share * (height - TOP - BOTTOM)
            ink.text(brush, width - RIGHT + 8, place, words, 11, SIMILARITY)
        _line(brush, width, height, _known(similarity, until), Axis(0, 1), last, SIMILARITY)
    return image


def smooth(points: Points, most: int = 160) -> Points:
    """The points that are numbers; of more than `most`, the means of so many groups in a row."""
    known = [(epoch, value) for epoch, value in points if math.isfinite(value)]
    size = -(-len(known) // most) or 1
    groups = [known[k : k + size] for k in range(0, len(known), size)]
    return [(group[-1][0], sum(value for _, value in group) / len(group)) for group in groups]


def _known(points: Points, until: float) -> Points:
    return [(epoch, value) for epoch, value in points if epoch <= until]


def _axes(brush: ImageDraw.ImageDraw, width: int, height: int, axis: Axis, last: float) -> None:
    for value, place in ((axis.high, TOP), (axis.low, height - BOTTOM)):
        ink.text(brush, LEFT - 8, place, f"{value:.3g}", 11, ink.GREY, "rm")
    for share in (0.0, 0.5, 1.0):
        x = LEFT + share * (width - LEFT - RIGHT)
        ink.text(brush, x, height - BOTTOM / 2, f"epoch {share * last:.3g}", 11, ink.GREY, "mm")


def _line(
    brush: ImageDraw.ImageDraw,
    width: int,
    height: int,
    points: Points,
    axis: Axis,
    last: float,
    colour: Colour,
) -> None:
    """A line through the points with a dot at its end."""
    wide, tall = width - LEFT - RIGHT, height - TOP - BOTTOM
    spots = [
        (LEFT + wide * epoch / max(last, 1e-9), height - BOTTOM - tall * min(max(axis.share(value), 0), 1))
        for epoch, value in points
    ]
    if len(spots) > 1:
        brush.line(spots, colour, 2, "curve")
    if spots:
        x, y = spots[-1]
        brush.ellipse((x - 3, y - 3, x + 3, y + 3), colour)
