"""A sample's large piano roll with a title, a caption, and lines that say what is what."""

from __future__ import annotations

from PIL import Image, ImageDraw

from bandmate.training.drawing import ink, pianoroll
from bandmate.training.drawing.pianoroll import CHART, LARGE
from bandmate.training.songs import STEPS_PER_BAR, Song

LEFT, MARGIN, HEAD = 72, 24, 78


def draw(song: Song, parts: tuple[str, ...], title: str, caption: str) -> Image.Image:
    """The page of one song; all its pitches are in reach."""
    within = pianoroll.reach([song], parts)
    roll = pianoroll.draw(song, parts, within, LARGE)
    image = Image.new("RGB", (LEFT + roll.width + MARGIN, HEAD + roll.height + MARGIN), ink.PAPER)
    brush = ImageDraw.Draw(image)
    ink.text(brush, LEFT, 22, ink.fitted(title, 20, roll.width), 20)
    ink.text(brush, LEFT, 44, ink.fitted(caption, 13, roll.width), 13, ink.GREY)
    ink.names(brush, LEFT, 63, parts, 13)
    image.paste(roll, (LEFT, HEAD))
    lanes = pianoroll.lanes(parts, within, LARGE, roll.height)
    for pitch in range(within.low, within.high + 1):
        if pitch % 12 == 0:
            y = HEAD + lanes[0][0] + within.top(pitch, LARGE) + LARGE.semitone / 2
            ink.text(brush, LEFT - 8, y, f"C{pitch // 12 - 1}", 11, ink.GREY, "rm")
    for line, (name, _) in enumerate(CHART if len(lanes) > 1 else ()):
        y = HEAD + lanes[1][0] + (line + 0.5) * LARGE.drum
        ink.text(brush, LEFT - 8, y, name, 10, ink.GREY, "rm")
    for bar in range(song.bars):
        x = LEFT + LARGE.x(bar * STEPS_PER_BAR)
        ink.text(brush, x + 2, HEAD + roll.height + MARGIN / 2, str(bar + 1), 11, ink.GREY)
    return image
