"""The epochs of a run as one animated picture, with the curve of its loss growing beneath.

It is a GIF, which every browser and nearly every viewer of pictures plays; the few flat colours of a
piano roll lose nothing in its palette.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw

from bandmate.training.drawing import ink, pianoroll
from bandmate.training.drawing.pianoroll import MIDDLE, STRAYS
from bandmate.training.runs import graph
from bandmate.training.runs.curve import STEP
from bandmate.training.runs.graph import Points
from bandmate.training.runs.run import CHIEF
from bandmate.training.runs.samples import Sample, thinned

FRAMES = 24
BYTES = 3_000_000
COLOURS = 64
TURN, HOLD, WHOLE = 900, 3000, 14_000
MARGIN, HEAD, TITLE, CURVE = 20, 66, 32, 150

Rows = Sequence[Mapping[str, float]]


def gif(samples: Sequence[Sample], losses: Rows, metrics: Rows, parts: tuple[str, ...], title: str) -> bytes:
    """A GIF of at most 24 samples, evenly chosen, first to last; fewer where it would be over 3 MB.

    losses, metrics: rows of a run's curves. Raises ValueError if there is no sample.
    """
    if not samples:
        raise ValueError(f"{title} has no samples yet; fit it further")
    most = FRAMES
    while True:
        data = _bytes(frames(thinned(samples, most), losses, metrics, parts, title))
        if len(data) <= BYTES or most <= 2:
            return data
        most //= 2


def frames(
    samples: Sequence[Sample], losses: Rows, metrics: Rows, parts: tuple[str, ...], title: str
) -> list[Image.Image]:
    """A frame a sample: its melodies one under the other, then the curve so far."""
    points = [sample.point for sample in samples if sample.point]
    each = next((p.step / p.epoch for p in reversed(points) if p.epoch), 1.0)
    loss, similarity = _loss(losses, each), _points(metrics, CHIEF, each)
    last = max([p.epoch for p in points] + [epoch for epoch, _ in [*loss[1], *similarity]])
    count = min(len(sample.songs) for sample in samples)
    within = [pianoroll.reach([s.songs[k] for s in samples[-2:]], parts, STRAYS) for k in range(count)]
    out = []
    for sample in samples:
        rolls = [pianoroll.draw(sample.songs[k], parts, within[k], MIDDLE) for k in range(count)]
        epoch = sample.point.epoch if sample.point else last
        width = max(roll.width for roll in rolls)
        curve = graph.draw(width, CURVE, loss, similarity, epoch, last)
        out.append(_frame(sample, rolls, curve, parts, title))
    return out


def _frame(
    sample: Sample, rolls: list[Image.Image], curve: Image.Image, parts: tuple[str, ...], title: str
) -> Image.Image:
    width = curve.width + 2 * MARGIN
    height = HEAD + sum(TITLE + roll.height for roll in rolls) + MARGIN + curve.height + MARGIN // 2
    image = Image.new("RGB", (width, height), ink.PAPER)
    brush = ImageDraw.Draw(image)
    words = f"{title}: {sample.point.title}" if sample.point else title
    ink.text(brush, MARGIN, 24, ink.fitted(words, 22, curve.width), 22)
    ink.names(brush, MARGIN, 52, parts, 13)
    top = HEAD
    for song, roll in zip(sample.songs, rolls, strict=False):
        ink.text(brush, MARGIN, top + TITLE - 10, ink.fitted(song.name, 12, roll.width), 12, ink.GREY)
        image.paste(roll, (MARGIN, top + TITLE))
        top += TITLE + roll.height
    image.paste(curve, (MARGIN, top + MARGIN))
    return image


def _loss(rows: Rows, each: float) -> tuple[str, Points]:
    """The loss `loss`, or else the first that there is, by epoch."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != STEP))
    name = "loss" if "loss" in names else next(iter(names), "loss")
    return name, _points(rows, name, each)


def _points(rows: Rows, name: str, each: float) -> list[tuple[float, float]]:
    return [(row[STEP] / each, row[name]) for row in rows if name in row]


def _bytes(pictures: list[Image.Image]) -> bytes:
    """The frames with one palette for all, so that what stays the same needs no bytes."""
    some = [pictures[0], pictures[len(pictures) // 2], pictures[-1]]
    strip = Image.new("RGB", (some[0].width, sum(p.height for p in some)))
    for number, picture in enumerate(some):
        strip.paste(picture, (0, number * picture.height))
    palette = strip.quantize(COLOURS, dither=Image.Dither.NONE)
    plain = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    turn = min(TURN, max(WHOLE // len(plain), 300))
    out = io.BytesIO()
    plain[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=plain[1:],
        duration=[*[turn] * (len(plain) - 1), HOLD],
        loop=0,
        optimize=False,
    )
    return out.getvalue()
