"""What is fuzzed: each target takes bytes, and raises nothing but what the house says in a sentence."""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import toys

from bandmate.bridge import codec
from bandmate.bridge.events import Continue, Position, Pulse, Start, Stop
from bandmate.daemon import config
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import Clock
from bandmate.daemon.clock.timeline import TICKS_PER_BEAT
from bandmate.daemon.clock.transport import Transport
from bandmate.daemon.offstage import song
from bandmate.models import contract, generator
from bandmate.models.contract import Card, ModelError
from bandmate.presets import load
from bandmate.presets.preset import PresetError

PARTS = ("drums", "bass", "keys", "strings")


class Target(NamedTuple):
    """A harness, and bytes to begin from."""

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


@contextmanager
def refusing(error: type[Exception], name: str) -> Iterator[None]:
    """What is inside may refuse its bytes with an error of the house, which names them."""
    try:
        yield
    except error as refusal:
        if name not in str(refusal):
            raise


def midi(data: bytes) -> None:
    """The decoder: a message of any bytes is an event that encodes to bytes and back, or nothing."""
    for length in range(1, min(len(data), 6) + 1):
        event = codec.from_bytes(list(data[:length]))
        assert event is None or codec.from_bytes(codec.to_bytes(event)) == event


def clock(data: bytes) -> None:
    """The follower, within the transport: whatever comes when, ticks run on at a tempo that exists."""
    transport, now, last, before, shift = Transport(Clock.AUTO, 120.0, Metre()), 0.0, 0.0, 0, 0
    for kind, wait in struct.iter_unpack("<BH", data[: len(data) // 3 * 3]):
        now += wait / 65536 * (4.0 if kind & 0x80 else 0.08)
        match kind & 0x0F:
            case 0:
                transport.receive(Start(), now)
            case 1:
                transport.receive(Continue(), now)
            case 2:
                transport.receive(Stop(), now)
            case 3:
                transport.receive(Position(wait % 16384), now)
            case 4:
                transport.note(now)
            case 5:
                transport.rest(now)
            case 6:
                transport.wake(last, now)
            case 7:
                transport.run(now, TICKS_PER_BEAT * (wait % 3))
            case _:
                transport.receive(Pulse(), now)
        transport.lapse(now)
        tick = transport.tick(now)
        assert 19.9 <= transport.bpm <= 400.1
        if transport.song_shift != shift:
            assert tick >= before
        before, shift, last = max(tick, before), transport.song_shift, now
        assert transport.timeline is None or math.isfinite(transport.timeline.time_at(tick))


def preset(data: bytes) -> None:
    """A preset in YAML."""
    with refusing(PresetError, "fuzzed.yaml, line "):
        load.read(data.decode(errors="replace"), "fuzzed.yaml")


def studio(data: bytes) -> None:
    """config.yaml."""
    with refusing(config.ConfigError, "config.yaml, line "):
        config.read(data.decode(errors="replace"))


def card(data: bytes) -> None:
    """What a model file says of itself, in JSON."""
    with refusing(ModelError, "fuzzed.onnx "):
        contract.parse(data.decode(errors="replace"), "fuzzed.onnx")


def model(data: bytes) -> None:
    """A model file."""
    with refusing(ModelError, "fuzzed.onnx "):
        generator.load(data, "fuzzed.onnx")


def melody(data: bytes) -> None:
    """A MIDI file."""
    with refusing(song.SongError, "fuzzed.mid"):
        song.parse(data, "fuzzed.mid")


def _packaged(room: str, ending: str) -> tuple[bytes, ...]:
    folder = resources.files(room)
    return tuple(sorted(item.read_bytes() for item in folder.iterdir() if item.name.endswith(ending)))


STUDIO = b"""preset: pop
in: Keys
output: split
clock: auto
tempo: 96
metre: 6/8
key: G
split: C3
controls:
  panic: 91
  mute: [40, 41, 42, 43]
"""
RUNNING = b"".join(struct.pack("<BH", 8, 17000) for _ in range(60))

TARGETS = {
    "midi": Target(midi, (b"\x90\x40\x40", b"\xb0\x5a\x7f", b"\xf8", b"\xf2\x10\x01", b"\xf0\x01\xf7")),
    "clock": Target(clock, (b"\x00\x00\x00" + RUNNING, b"\x04\x00\x00" + RUNNING, RUNNING + b"\x06\xff\xff")),
    "preset": Target(preset, _packaged("bandmate.presets", ".yaml")),
    "config": Target(studio, (STUDIO,)),
    "card": Target(card, (contract.dump(Card(kind="ear")).encode(),)),
    "model": Target(model, (toys.generator(PARTS), toys.ear())),
    "melody": Target(melody, _packaged("bandmate.daemon.melodies", ".mid")),
}
