"""The epochs of a run side by side: a row an epoch, first to last, a column a melody, in one picture."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from bandmate.training.drawing import ink, pianoroll
from bandmate.training.drawing.pianoroll import SMALL, STRAYS, Reach
from bandmate.training.runs.samples import Sample, thinned

ROWS = 8
LABEL, HEAD, TOP, GAP, MARGIN = 118, 60, 26, 14, 20


def draw(samples: Sequence[Sample], real: Sample | None, parts: tuple[str, ...], title: str) -> Image.Image:
    """The samples, at most 8 of them, evenly chosen, and beneath them what was really played.

    Pitches reach as far as at last and in the real ones; notes beyond lie on the edge.
    Raises ValueError if there is none.
    """
    if not samples:
        raise ValueError(f"{title} has no samples yet; fit it further")
    rows = [*thinned(samples, ROWS), *([real] if real else [])]
    columns = min(len(row.songs) for row in rows)
    within = pianoroll.reach([song for row in rows[-2:] for song in row.songs], parts, STRAYS)
    sizes = [pianoroll.size(song, parts, within, SMALL) for song in rows[0].songs[:columns]]
    height = max(tall for _, tall in sizes)
    lefts = [LABEL + MARGIN + sum(wide + GAP for wide, _ in sizes[:k]) for k in range(columns)]
    width = lefts[-1] + sizes[-1][0] + MARGIN
    image = Image.new("RGB", (width, HEAD + TOP + len(rows) * (height + GAP) + MARGIN), ink.PAPER)
    brush = ImageDraw.Draw(image)
    ink.text(brush, MARGIN, 24, ink.fitted(title, 20, width - 2 * MARGIN), 20)
    ink.names(brush, MARGIN, 48, parts, 12)
    for k, left in enumerate(lefts):
        ink.text(
            brush, left, HEAD + TOP / 2, ink.fitted(rows[0].songs[k].name, 12, sizes[k][0]), 12, ink.GREY
        )
    for number, row in enumerate(rows):
        _row(image, row, HEAD + TOP + number * (height + GAP), lefts, within, parts)
    return image


def _row(
    image: Image.Image, row: Sample, top: int, lefts: list[int], within: Reach, parts: tuple[str, ...]
) -> None:
    """The rolls of a sample, and beside them its epoch and first figures."""
    brush = ImageDraw.Draw(image)
    ink.text(brush, MARGIN, top + 24, row.point.title if row.point else "really played", 14)
    if row.point:
        known = {**row.point.figures, **dict(sorted(row.point.losses.items(), key=_minor))}
        lines = [f"update {row.point.step}", *(f"{name} {value:.3g}" for name, value in known.items())]
        for number, words in enumerate(lines[:5]):
            ink.text(brush, MARGIN, top + 44 + 16 * number, ink.fitted(words, 11, LABEL - 8), 11, ink.GREY)
    for song, left in zip(row.songs, lefts, strict=False):
        image.paste(pianoroll.draw(song, parts, within, SMALL), (left, top))


def _minor(loss: tuple[str, float]) -> bool:
    """The loss that is the sum of all comes first."""
    return loss[0] != "loss"
