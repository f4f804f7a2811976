"""The settings of a performance that a config asks for."""

from __future__ import annotations

import secrets

from bandmate.daemon.clock.source import Clock, Speed
from bandmate.daemon.config import Config
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.settings import Settings
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf


def settings(config: Config, mode: str, seed: int | None) -> Settings:
    """The performance that a config asks for; without a seed, a new one each time."""
    return Settings(
        mode=Mode(mode),
        clock=Clock(config.clock),
        speed=Speed(config.clock_speed),
        bpm=config.tempo,
        metre=config.metre,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        split=config.split,
        channel=config.channel,
        key=config.key,
        send_clock=config.send_clock,
        count_in=config.count_in,
        counted=config.start == "count",
        tap_note=config.tap_note,
        programs=config.program_changes or config.sound is not None,
        offset=config.offset_ms / 1000,
        offsets=tuple(each / 1000 for each in config.part_offsets_ms),
        reserve=_reserve(Shelf(folder("presets"))),
        controls=config.controls,
        pickup=config.pickup,
    )


def _reserve(shelf: Shelf) -> float:
    """Seconds by which the parts of any preset on the shelf want to be sooner, at most."""
    offsets = [part.offset_ms for name in shelf.names() for part in shelf.get(name).parts]
    return -min([0.0, *offsets]) / 1000
