"""What a page may ask of the band: JSON text in, values out, and one sentence for everything else.

A message is an object with `do`, the name of what is asked, and exactly the fields that this has. It is read
twice by this module: by the server, which meets the network, and by the band.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import CLOCKS
from bandmate.daemon.engine.mode import PLAYED
from bandmate.daemon.leading.controls import (
    Command,
    Ending,
    Fill,
    Freeze,
    HoldChord,
    LockKey,
    Panic,
    Run,
    SelectPreset,
    SetDensity,
    SetEnergy,
    SetLevel,
    SetMute,
    SetVariation,
    Tacet,
    Tap,
)
from bandmate.models.keys import Key

LONGEST = 4096
"""Characters of a message."""
NAME = 200
OLDEST = 250.0
"""Milliseconds that may lie between what a player heard or did and its coming in here."""
MOST_BEATS = 16


class Refusal(Exception):
    """A message that is none; the sentence says why."""


@dataclass(frozen=True)
class Press:
    """A key goes down. ago: milliseconds since it did, as the player hears the music."""

    pitch: int
    velocity: int
    ago: float


@dataclass(frozen=True)
class Release:
    """A key comes up."""

    pitch: int
    ago: float


@dataclass(frozen=True)
class Pedal:
    """The sustain pedal goes down or comes up."""

    on: bool


@dataclass(frozen=True)
class Solo:
    """Hear a part, 0..3, and no others but those that are heard so too; or all again."""

    part: int
    on: bool


@dataclass(frozen=True)
class Tempo:
    """Our own clock's, in beats a minute."""

    bpm: float


@dataclass(frozen=True)
class Start:
    """Our own clock starts from the top, after so many bars of clicks."""

    bars: int


@dataclass(frozen=True)
class Setup:
    """How the performance is set, which begins anew with it: all of it, None for what a virtual port or any
    key is."""

    mode: str
    clock: str
    metre: Metre
    key: Key | None
    listen: str | None
    play: str | None


@dataclass(frozen=True)
class Ping:
    """Tell the time; mark: given back."""

    mark: float


Message = Command | Press | Release | Pedal | Solo | Start | Tempo | Setup | Ping
Check = Callable[[Any], Any]


def whole(low: int, high: int) -> Check:
    """A whole number from `low` to `high`."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return check


def number(low: float, high: float) -> Check:
    """A number from `low` to `high`."""

    def check(value: Any) -> float:
        real = isinstance(value, int | float) and not isinstance(value, bool)
        if not real or not low <= value <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return float(value)

    return check


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def choice(*words: str) -> Check:
    """One of these words."""

    def check(value: Any) -> str:
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return str(value)

    return check


def name(value: Any) -> str | None:
    """The name of a port, of printable characters; or nothing."""
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= NAME or not value.isprintable():
        raise ValueError(f"must be a name of at most {NAME} characters")
    return value


def metre(value: Any) -> Metre:
    """A time signature, as 3/4."""
    if not isinstance(value, str) or len(value) > 8:
        raise ValueError("must be a metre such as 3/4")
    found = Metre.parse(value)
    if found.beats > MOST_BEATS:
        raise ValueError(f"has {found.beats} beats; a bar has {MOST_BEATS} at most")
    return found


def key(value: Any) -> Key | None:
    """A key, as F# minor; or nothing."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("must be a key such as F# minor")
    return Key.parse(value)


_SHARE, _PART, _PITCH, _AGO = number(0, 1), whole(0, 3), whole(0, 127), number(0, OLDEST)

ASKED: Mapping[str, tuple[Callable[..., Message], Mapping[str, Check]]] = {
    "press": (Press, {"pitch": _PITCH, "velocity": whole(1, 127), "ago": _AGO}),
    "release": (Release, {"pitch": _PITCH, "ago": _AGO}),
    "pedal": (Pedal, {"on": flag}),
    "preset": (SelectPreset, {"program": whole(1, 128)}),
    "density": (SetDensity, {"value": _SHARE}),
    "variation": (SetVariation, {"value": _SHARE}),
    "energy": (SetEnergy, {"value": _SHARE}),
    "level": (SetLevel, {"part": _PART, "value": _SHARE}),
    "mute": (SetMute, {"part": _PART, "on": flag}),
    "solo": (Solo, {"part": _PART, "on": flag}),
    "freeze": (Freeze, {"on": flag}),
    "hold": (HoldChord, {"on": flag}),
    "lock": (LockKey, {"on": flag}),
    "fill": (Fill, {}),
    "break": (Tacet, {}),
    "ending": (Ending, {}),
    "tap": (Tap, {}),
    "run": (Run, {"on": flag}),
    "panic": (Panic, {}),
    "start": (Start, {"bars": whole(0, 4)}),
    "tempo": (Tempo, {"bpm": number(20, 300)}),
    "ping": (Ping, {"mark": number(0, 1e15)}),
    "setup": (
        Setup,
        {
            "mode": choice(*PLAYED),
            "clock": choice(*CLOCKS),
            "metre": metre,
            "key": key,
            "listen": name,
            "play": name,
        },
    ),
}


def read(text: str) -> Message:
    """The message in a text. Raises Refusal."""
    if len(text) > LONGEST:
        raise Refusal(f"a message has at most {LONGEST} characters, and this one {len(text)}")
    try:
        given = json.loads(text, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal("a message is JSON, and this is not") from error
    return of(given)


def of(given: Any) -> Message:
    """The message in a value that JSON gave. Raises Refusal."""
    if not isinstance(given, dict):
        raise Refusal("a message is an object with 'do' in it")
    asked = given.get("do")
    if not isinstance(asked, str) or asked not in ASKED:
        raise Refusal(f"nobody can do {shown(asked)} here; {', '.join(sorted(ASKED))} can be done")
    make, fields = ASKED[asked]
    if given.keys() != {"do", *fields}:
        raise Refusal(f"'{asked}' needs {_needs(fields)}, and nothing else")
    values = {}
    for field, check in fields.items():
        try:
            values[field] = check(given[field])
        except ValueError as error:
            raise Refusal(f"'{field}' of '{asked}': {error}") from error
    return make(**values)


def shown(value: Any) -> str:
    """A value for a sentence: short, and printable on any terminal."""
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:40]}..."


def _needs(fields: Mapping[str, Check]) -> str:
    return ", ".join(fields) if fields else "no fields"


def no_constant(word: str) -> float:
    """Refuse what Python takes for JSON and nobody else does, as NaN. Raises ValueError."""
    raise ValueError(f"{word} is no JSON")
