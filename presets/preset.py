"""A preset as a value: a genre, its two models, and the four parts that play it."""

from __future__ import annotations

from dataclasses import dataclass

PARTS = 4
HOPS = (1, 2, 4, 8, 16)
LONGEST_OFFSET = 200
"""Milliseconds by which a preset may move a part."""


class PresetError(Exception):
    """A preset can't be used; the sentences say which file, line and field, and what to do."""


@dataclass(frozen=True)
class Part:
    """One player of the band.

    channel 1..16; program 1..128, the General MIDI sound asked for, or None to leave the sound alone;
    level 0..1 scales velocity; low..high, the pitches 0..127 it may play; voices, the most notes it
    strikes together; density 0..1, .5 as trained; mute, silent until unmuted; patience, the bars that it
    plays on when the player is silent, and twice as many where the clock runs on through rests;
    offset_ms, by how much it is sent later (sooner where negative), for an instrument that is quick or slow.
    """

    name: str
    channel: int
    program: int | None = None
    level: float = 1.0
    low: int = 0
    high: int = 127
    voices: int = 4
    density: float = 0.5
    mute: bool = False
    patience: int = 4
    offset_ms: float = 0.0


@dataclass(frozen=True)
class Preset:
    """What a user chooses with one Program Change.

    program 1..128 selects it; ear and band name model files without their .onnx; hop, the steps
    between decisions, one of HOPS; swing .5 (straight) ...75, the first eighth's share of an eighth
    pair; variation 0..1 scales the noise; fills 0..1, the share of eight-bar phrases that end with a drum
    fill; parts, four, in the order of the band's model.
    """

    name: str
    program: int
    ear: str
    band: str
    parts: tuple[Part, ...]
    hop: int = 4
    swing: float = 0.5
    variation: float = 0.5
    fills: float = 0.6
