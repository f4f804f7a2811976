"""What belongs to the studio and not to a genre: config.yaml in the user's folder.

The later wins: packaged preset, the user's preset, config.yaml, flags of the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from bandmate.daemon.choices import OUTPUTS, STARTS
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import CLOCKS, SPEEDS
from bandmate.daemon.leading.controls import PADS, TAKEN, ControlMap, slots
from bandmate.daemon.leading.feedback import Display
from bandmate.models.keys import Key
from bandmate.presets.document import Mistakes, Table, parse
from bandmate.presets.preset import PARTS

FILE = "config.yaml"
LONGEST_OFFSET = 500
WHEN_LOST = ("carry_on", "pause")
ANY = "any"
_MAP = tuple(each.name for each in fields(ControlMap))
_DISPLAY = tuple(each.name for each in fields(Display))

Channels = Mapping[tuple[str, int], int]


class ConfigError(Exception):
    """config.yaml can't be used; the sentences say which line and field, and what to do."""


@dataclass(frozen=True)
class Config:
    """The studio.

    preset: the one to start with. in_port, out_port: existing ports to open, None for virtual ones; in_port
    `any`: all inputs that there are. when_lost: what becomes of the music when such a port is gone, one of
    WHEN_LOST.
    output: one of OUTPUTS; part 1..4, the one that `single` sends. clock: one of CLOCKS; tempo in beats a
    minute, where no clock comes. clock_speed: at which the band goes by a clock that comes, one of
    SPEEDS. send_clock: where none comes, send it; count_in: bars that are clicked before the clock
    is set running. start: what sets it running else, one of STARTS: the first note, or a bar counted in
    with one key; tap_note: a key that taps the tempo. metre: the bars that are played in, which no clock
    tells. key: the one that is kept to, None for any. channel: the one the melody comes on, None for any
    that the band does not play on. offset_ms: sent so much later (earlier where negative);
    part_offsets_ms: the same of each part beside that. split: notes held below this pitch are chords that
    steer the harmony. program_changes: send the parts' programs. record: keep each performance. sound: the
    SoundFont by which the band sounds of itself, ANY for whichever is installed, None for silence.
    feedback: the port of the controller that shows where things stand, None for none; display: what it is
    told beside that; channels: by name and place of a control, the channel 1..16 on which it is told until
    it is moved, 1 where it is not named. pickup: a fader moves its control only from where that stands.
    """

    preset: str = "pop"
    in_port: str | None = None
    out_port: str | None = None
    when_lost: str = "carry_on"
    output: str = "multichannel"
    part: int = 1
    clock: str = "auto"
    clock_speed: str = "normal"
    tempo: float = 120.0
    send_clock: bool = False
    count_in: int = 0
    start: str = "note"
    tap_note: int | None = None
    metre: Metre = field(default_factory=Metre)
    key: Key | None = None
    channel: int | None = None
    offset_ms: float = 0.0
    part_offsets_ms: tuple[int, ...] = (0,) * PARTS
    split: int = 55
    program_changes: bool = True
    record: bool = True
    sound: str | None = None
    controls: ControlMap = field(default_factory=ControlMap)
    feedback: str | None = None
    display: Display = field(default_factory=Display)
    channels: Channels = field(default_factory=dict)
    pickup: bool = False


# `in` and `out`, as the flags are called, can't be names in Python.
_NAMES = {"in_port": "in", "out_port": "out"}
_FIELDS = tuple(_NAMES.get(each.name, each.name) for each in fields(Config))


def load(path: Path) -> Config:
    """The config in a file; the defaults where there is none. Raises ConfigError."""
    try:
        return read(path.read_text(encoding="utf-8"), path.name)
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} can't be read ({error})") from error


def read(text: str, source: str = FILE) -> Config:
    """The config in a text; `source` names the file. Raises ConfigError with every mistake, a line each."""
    mistakes = Mistakes()
    table = parse(text, _FIELDS, mistakes)
    config = None if table is None else _config(table)
    if config is None or mistakes:
        raise ConfigError(mistakes.told(source))
    return config


def _config(table: Table) -> Config:
    controls = table.table("controls", _MAP)
    display, channels = table.table("display", _DISPLAY), table.table("channels", _MAP)
    numbers = ControlMap() if controls is None else _controls(controls)
    return Config(
        preset=table.text("preset", Config.preset),
        in_port=table.text("in") or None,
        out_port=table.text("out") or None,
        when_lost=table.choice("when_lost", WHEN_LOST, Config.when_lost),
        output=table.choice("output", OUTPUTS, Config.output),
        part=table.whole("part", 1, PARTS, Config.part),
        clock=table.choice("clock", CLOCKS, Config.clock),
        clock_speed=table.choice("clock_speed", SPEEDS, Config.clock_speed),
        tempo=table.number("tempo", 20, 300, Config.tempo),
        send_clock=table.flag("send_clock", Config.send_clock),
        count_in=table.whole("count_in", 0, 4, Config.count_in),
        start=table.choice("start", STARTS, Config.start),
        tap_note=table.pitch("tap_note", 0) if "tap_note" in table.names else None,
        metre=_metre(table),
        key=_key(table),
        channel=table.optional("channel", 1, 16),
        offset_ms=table.number("offset_ms", -LONGEST_OFFSET, LONGEST_OFFSET, Config.offset_ms),
        part_offsets_ms=_offsets(table),
        split=table.pitch("split", Config.split),
        program_changes=table.flag("program_changes", Config.program_changes),
        record=table.flag("record", Config.record),
        sound=table.text("sound") or None,
        controls=numbers,
        feedback=table.text("feedback") or None,
        display=Display() if display is None else _display(display, numbers),
        channels={} if channels is None else _channels(channels),
        pickup=table.flag("pickup", Config.pickup),
    )


def _metre(table: Table) -> Metre:
    try:
        return Metre.parse(table.text("metre", "4/4"))
    except ValueError as error:
        table.complain("metre", f"is wrong: {error}")
        return Metre()


def _offsets(table: Table) -> tuple[int, ...]:
    offsets = table.wholes("part_offsets_ms", PARTS, Config.part_offsets_ms)
    if any(abs(each) > LONGEST_OFFSET for each in offsets):
        table.complain("part_offsets_ms", f"goes beyond {LONGEST_OFFSET} ms; write four smaller numbers")
    return offsets


def _key(table: Table) -> Key | None:
    written = table.text("key")
    try:
        return Key.parse(written) if written else None
    except ValueError as error:
        table.complain("key", f"is wrong: {error}")
        return None


def _controls(table: Table) -> ControlMap:
    own = {
        each.name: _numbers(table, each.name, getattr(ControlMap, each.name)) for each in fields(ControlMap)
    }
    numbers = ControlMap(**own)
    _check(numbers, table)
    return numbers


def _numbers(table: Table, name: str, usual: int | tuple[int, ...]) -> Any:
    """A control's controller, or one for each part."""
    if name == "choose":
        return table.wholes(name, PADS, (), fewest=0)
    if isinstance(usual, tuple):
        return table.wholes(name, PARTS, usual)
    return table.whole(name, 0, 127, usual)


def _check(numbers: ControlMap, table: Table) -> None:
    """Each controller moves one thing, and none that MIDI or a DAW means otherwise."""
    moves: dict[int, str] = {}
    for name in _MAP:
        value = getattr(numbers, name)
        for number in value if isinstance(value, tuple) else (value,):
            if number in TAKEN:
                table.complain(name, f"can't be CC {number}, which is {TAKEN[number]}; 102-119 are free")
            elif not 0 <= number <= 127:
                table.complain(name, f"can't be CC {number}; controllers count from 0 to 119")
            elif number in moves:
                table.complain(name, f"can't be CC {number}, which moves {moves[number]}; give each its own")
            moves.setdefault(number, name)


def _display(table: Table, numbers: ControlMap) -> Display:
    """What is told beside where the controls stand; null for what is not."""
    moves = {number: name for name, _, number in slots(numbers)}
    told: dict[str, int | None] = {}
    for name in _DISPLAY:
        told[name] = number = table.optional(name, 0, 119) if name in table.names else getattr(Display, name)
        if name in table.names and number is not None and number in moves:
            table.complain(name, f"can't be CC {number}, which moves {moves[number]}; give each its own")
    return Display(**told)


def _channels(table: Table) -> dict[tuple[str, int], int]:
    """The channels other than 1 that are named, by control."""
    found: dict[tuple[str, int], int] = {}
    for name in table.names:
        many = {"choose": PADS, "level": PARTS, "mute": PARTS}.get(name)
        given = (table.whole(name, 1, 16, 1),) if many is None else table.wholes(name, many, (), fewest=1)
        if not all(1 <= channel <= 16 for channel in given):
            table.complain(name, "must be channels, which count from 1 to 16")
        found |= {(name, place): channel for place, channel in enumerate(given) if channel != 1}
    return found


def override(config: Config, **flags: Any) -> Config:
    """The config with those flags that were given (are not None); the later wins."""
    return replace(config, **{name: value for name, value in flags.items() if value is not None})
