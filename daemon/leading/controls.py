"""Which controller moves what: incoming controls as commands.

Switches are on from value 64 up, as pedals are; those that call for something once (fill, tacet, ending,
tap, panic, a pad that chooses a preset) ignore their release.
The sustain pedal and the all-off messages (CC 64, 120, 123) are the player's hands, not commands.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

from bandmate.bridge.events import Control, Event, Program

TAKEN = {
    0: "bank select",
    1: "the modulation wheel",
    7: "volume",
    10: "pan",
    11: "expression",
    32: "bank select",
    64: "the sustain pedal",
    **dict.fromkeys(range(120, 128), "a channel mode message"),
}


PADS = 8


@dataclass(frozen=True, slots=True)
class SelectPreset:
    """Change to the preset of this program number, 1..128, at the next bar line."""

    program: int


@dataclass(frozen=True, slots=True)
class SetDensity:
    """How much the band plays, 0..1."""

    value: float


@dataclass(frozen=True, slots=True)
class SetVariation:
    """How freely the band plays, 0..1."""

    value: float


@dataclass(frozen=True, slots=True)
class SetEnergy:
    """How loud and driven the band plays beside the player, 0..1: .5 is as the player does."""

    value: float


@dataclass(frozen=True, slots=True)
class SetLevel:
    """How loud a part plays; part 0..3, value 0..1."""

    part: int
    value: float


@dataclass(frozen=True, slots=True)
class SetMute:
    """Silence a part, 0..3, or let it play again."""

    part: int
    on: bool


@dataclass(frozen=True, slots=True)
class Freeze:
    """Keep playing the last bars, or decide anew again."""

    on: bool


@dataclass(frozen=True, slots=True)
class LockKey:
    """Keep to the key that the music is in, or let it go anywhere again."""

    on: bool


@dataclass(frozen=True, slots=True)
class Fill:
    """A drum fill, now."""


@dataclass(frozen=True, slots=True)
class Tacet:
    """Silence to the next bar line."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The end, on the next bar line; again, and it is taken back."""


@dataclass(frozen=True, slots=True)
class HoldChord:
    """Keep the chord, or let it change again."""

    on: bool


@dataclass(frozen=True, slots=True)
class Tap:
    """A beat of the tempo that is wanted."""


@dataclass(frozen=True, slots=True)
class Run:
    """Start our own clock, after a count-in, or stop it."""

    on: bool


@dataclass(frozen=True, slots=True)
class Panic:
    """Release everything that sounds, now."""


Command = (
    SelectPreset
    | SetDensity
    | SetVariation
    | SetEnergy
    | SetLevel
    | SetMute
    | Freeze
    | LockKey
    | Fill
    | Tacet
    | Ending
    | HoldChord
    | Tap
    | Run
    | Panic
)


@dataclass(frozen=True)
class ControlMap:
    """Controller numbers; level and mute have one for each part. The defaults are numbers that MIDI 1.0
    leaves undefined. choose: pads for the presets of programs 1, 2, ..., `PADS` at most."""

    preset: int = 85
    density: int = 86
    variation: int = 87
    freeze: int = 89
    panic: int = 90
    level: tuple[int, ...] = (102, 103, 104, 105)
    mute: tuple[int, ...] = (106, 107, 108, 109)
    energy: int = 110
    key_lock: int = 111
    fill: int = 112
    tacet: int = 113
    ending: int = 114
    hold: int = 115
    tap: int = 116
    run: int = 117
    choose: tuple[int, ...] = ()


def slots(numbers: ControlMap) -> list[tuple[str, int, int]]:
    """Every control that has a controller: its name, which of its kind it is (0 where it is the only one),
    and the controller."""
    found: list[tuple[str, int, int]] = []
    for each in fields(numbers):
        value = getattr(numbers, each.name)
        found += [(each.name, k, n) for k, n in enumerate(value if isinstance(value, tuple) else (value,))]
    return found


class Controls:
    """Turns incoming events into commands by a map."""

    def __init__(self, numbers: ControlMap) -> None:
        self._map = numbers

    def command(self, event: Event, band: Collection[int] = ()) -> Command | None:
        """What an event asks for, or None.

        band: the channels that the band plays on. A Program Change there is the band's own, echoed by
        the DAW, and asks for nothing; controllers count on every channel.
        """
        if isinstance(event, Program):
            return None if event.channel in band else SelectPreset(event.number)
        return self._controlled(event.number, event.value) if isinstance(event, Control) else None

    def _controlled(self, number: int, value: int) -> Command | None:
        numbers, share, on = self._map, value / 127, value >= 64
        if number in numbers.level:
            return SetLevel(numbers.level.index(number), share)
        if number in numbers.mute:
            return SetMute(numbers.mute.index(number), on)
        calls: dict[int, Command] = {
            numbers.panic: Panic(),
            numbers.fill: Fill(),
            numbers.tacet: Tacet(),
            numbers.ending: Ending(),
            numbers.tap: Tap(),
            **{number: SelectPreset(program) for program, number in enumerate(numbers.choose, 1)},
        }
        if number in calls:
            return calls[number] if on else None
        single: dict[int, Command] = {
            numbers.preset: SelectPreset(value + 1),
            numbers.density: SetDensity(share),
            numbers.variation: SetVariation(share),
            numbers.energy: SetEnergy(share),
            numbers.freeze: Freeze(on),
            numbers.key_lock: LockKey(on),
            numbers.hold: HoldChord(on),
            numbers.run: Run(on),
        }
        return single.get(number)
