"""What a performance is set to before it begins."""

from __future__ import annotations

from dataclasses import dataclass, field

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import Clock, Speed
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.leading.controls import ControlMap
from bandmate.models.keys import Key
from bandmate.presets.preset import PARTS, Preset

LEAD = 0.03


@dataclass(frozen=True)
class Settings:
    """bpm: our own tempo; channel: the melody's, None for any that the band does not use; split: see Melody;
    key: locked from the beginning; send_clock: while our own clock leads; count_in: bars before it is set
    running; programs: whether to send the parts' sounds; lead: seconds between asking for a decision and
    its first step. counted: whether our own clock waits for a bar that is counted in with one key;
    tap_note: a key that taps the tempo. speed: by a DAW's clock. offset: seconds by which all is sent
    later, or sooner where negative; offsets: the same of each part beside that; reserve: the most by
    which a preset may ask for one to be sooner still. pickup: whether a fader moves its control only from
    where that stands."""

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
    counted: bool = False
    tap_note: int | None = None
    speed: Speed = Speed.NORMAL
    offset: float = 0.0
    offsets: tuple[float, ...] = (0.0,) * PARTS
    reserve: float = 0.0
    controls: ControlMap = field(default_factory=ControlMap)
    pickup: bool = False

    @property
    def earliest(self) -> float:
        """Seconds by which the earliest part is sent later than its tick; all is decided for that one."""
        return self.offset + min(self.offsets) - self.reserve

    def delays(self, preset: Preset) -> list[float]:
        """Seconds by which each part of a preset is sent later than the earliest might be."""
        before = min(self.offsets) - self.reserve
        pairs = zip(self.offsets, preset.parts, strict=True)
        return [max(own + part.offset_ms / 1000 - before, 0.0) for own, part in pairs]
