"""What a performance is set to before it begins."""

from __future__ import annotations

from dataclasses import dataclass, field

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.transport import Clock
from bandmate.daemon.engine.situation import Mode
from bandmate.daemon.leading.controls import ControlMap
from bandmate.models.keys import Key

LEAD = 0.03


@dataclass(frozen=True)
class Settings:
    """bpm: our own tempo; channel: the melody's, None for any that the band does not use; split: see
    Melody; key: locked from the beginning; send_clock: while our own clock leads; count_in: bars before
    it is set running; programs: whether to send the parts' sounds; lead: seconds between asking for a
    decision and its first step; pickup: whether a fader moves its control only from where that stands."""

    mode: Mode = Mode.LIVE
    clock: Clock = Clock.AUTO
    bpm: float = 120.0
    metre: Metre = field(default_factory=Metre)
    seed: int = 0
    split: int = 0
    channel: int | None = None
    key: Key | None = None
    send_clock: bool = False
    count_in: int = 0
    programs: bool = True
    lead: float = LEAD
    controls: ControlMap = field(default_factory=ControlMap)
    pickup: bool = False
