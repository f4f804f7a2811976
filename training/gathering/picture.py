"""A song as a small picture: its piano roll in a colour a role, what was not really played paler, drums
below."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bandmate.models.decoding import DRUMS
from bandmate.training.reading import kit
from bandmate.training.songs import REAL, STEPS_PER_BAR, VOICES, Song

COLOURS = ((229, 72, 77), (139, 141, 152), (62, 139, 255), (48, 164, 108), (176, 92, 221))
LINE, PALER = 2 * VOICES + 1, 110
WIDEST = 1600
PER_STEP = 3.0
PER_PITCH = 3
PER_DRUM = 4
GAP = 6
BARS_PER_LINE = 4
FROM_BELOW = (
    kit.KICK, kit.SNARE, kit.LOW_TOM, kit.MID_TOM, kit.HIGH_TOM, kit.HAT, kit.OPEN_HAT, kit.RIDE, kit.CRASH
)  # fmt: skip

Pixels = NDArray[np.uint8]


def png(song: Song, parts: tuple[str, ...]) -> bytes:
    """The picture as a PNG with a clear ground, at most 1600 pixels wide; parts: the four names."""
    pitched = [notes for v, notes in enumerate(song.notes) if len(notes) and not _is_kit(v, parts)]
    pitches = np.concatenate([n[:, 2] for n in pitched]) if pitched else np.array([60])
    low, high = int(pitches.min()), int(pitches.max())
    drums = PER_DRUM * len(FROM_BELOW) + GAP if DRUMS in parts else 0
    scale = min(PER_STEP, WIDEST / song.steps)
    height = (high - low + 1) * PER_PITCH + drums
    pixels = np.zeros((height, max(int(song.steps * scale), 1)), np.uint8)
    every = STEPS_PER_BAR * BARS_PER_LINE
    pixels[:, (np.arange(0, song.steps, every) * scale).astype(int)] = LINE
    for voice in (*range(1, VOICES), 0):
        _draw(pixels, song, voice, _is_kit(voice, parts), high, scale)
    return _encoded(pixels)


def _is_kit(voice: int, parts: tuple[str, ...]) -> bool:
    return voice > 0 and parts[voice - 1] == DRUMS


def _draw(pixels: Pixels, song: Song, voice: int, drums: bool, high: int, scale: float) -> None:
    for step, length, pitch, _ in song.notes[voice].tolist():
        bar = min(step // STEPS_PER_BAR, song.bars - 1)
        shade = 1 + voice + (0 if song.provenance[bar, voice] == REAL else VOICES)
        left, right = int(step * scale), max(int((step + length) * scale - 0.5), int(step * scale) + 1)
        if drums:
            row = FROM_BELOW.index(pitch) if pitch in FROM_BELOW else 0
            top, tall = len(pixels) - PER_DRUM * (row + 1), PER_DRUM - 1
        else:
            top, tall = (high - pitch) * PER_PITCH, PER_PITCH
        pixels[top : top + tall, left:right] = shade


def _encoded(pixels: Pixels) -> bytes:
    """PNG with a palette: 0 clear, then the five colours, the same paler, and the lines."""
    image = Image.fromarray(pixels)
    palette = [(0, 0, 0), *COLOURS, *COLOURS, (128, 128, 128)]
    image.putpalette([value for colour in palette for value in colour])
    clear = bytes([0, *[255] * VOICES, *[PALER] * VOICES, 70])
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, bits=4, transparency=clear)
    return out.getvalue()
