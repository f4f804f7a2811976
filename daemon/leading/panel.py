"""Where everything stands that a player can move, for who shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Lamp(Enum):
    """What the lamp of a switch or pad is to do: it blinks for what was called and has not come yet."""

    OFF = "off"
    BLINKING = "blinking"
    ON = "on"


@dataclass(frozen=True)
class Panel:
    """A moment of the performance.

    preset: the program, 1..128, of the one that plays; armed: of one that waits for its bar line, or None;
    bar and beat: from 1, and 0 while the music stands; lit: whether lamps that blink are lit now, as they are
    in the first half of each beat; density, variation, energy and, of each part, level: 0..1, where the
    control stands, be it that a preset put it there; mute: of each part; run: whether the music runs.
    """

    preset: int
    armed: int | None
    bar: int
    beat: int
    lit: bool
    density: float
    variation: float
    energy: float
    level: tuple[float, ...]
    mute: tuple[bool, ...]
    fill: Lamp = Lamp.OFF
    tacet: Lamp = Lamp.OFF
    ending: Lamp = Lamp.OFF
    key_lock: Lamp = Lamp.OFF
    hold: bool = False
    freeze: bool = False
    run: bool = False
