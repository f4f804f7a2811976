"""What the player asks of the band as its leader, beside the melody: how much, how freely, how loud, and in
which key."""

from __future__ import annotations

import numpy as np

from bandmate.daemon.answering.request import Array
from bandmate.daemon.leading import dynamics
from bandmate.daemon.leading.panel import Lamp
from bandmate.models.decoding import Limits
from bandmate.models.harmony import NONE
from bandmate.models.keys import Key
from bandmate.presets.preset import Preset

# Steps of melody from which a key is told.
TELLING = 32


class Leader:
    """density, variation, energy: 0..1, None where the preset's or the player's own counts. The key is locked
    by name or, once enough was heard, by ear."""

    def __init__(self, key: Key | None = None) -> None:
        """key: locked from the beginning."""
        self.density: float | None = None
        self.variation: float | None = None
        self.energy: float | None = None
        self.key = key
        self._locking = False

    def driven(self, player: float) -> float:
        """The energy 0..1 to play with, beside a player's."""
        return dynamics.energy(player, self.energy)

    def densities(self, preset: Preset, lean: float) -> list[float]:
        """Each part's density: the preset's, moved as a whole by the leader and by the moment's lean."""
        moved = lean + (0.0 if self.density is None else self.density - 0.5)
        return [min(max(part.density + moved, 0.0), 1.0) for part in preset.parts]

    def controls(self, densities: list[float], player: float) -> Array:
        """float32[5], the generator's input: densities and, beside a player's, the energy."""
        energy = 0.5 + 1.5 * (self.driven(player) - dynamics.USUAL)
        return np.array([*densities, min(max(energy, 0.0), 1.0)], np.float32)

    @property
    def lock_lamp(self) -> Lamp:
        """Whether a key is locked, or is to be once enough was heard."""
        if self.key is not None:
            return Lamp.ON
        return Lamp.BLINKING if self._locking else Lamp.OFF

    def lock(self, on: bool) -> None:
        """Keep to the key that the music is in, or in any again."""
        self._locking = on
        if not on:
            self.key = None

    def listen(self, heard: Array) -> None:
        """Find the key to lock, if one is wanted, in the steps that each pitch class, float32[12], was heard
        for."""
        if self._locking and self.key is None and heard.sum() >= TELLING:
            self.key = Key.of(heard)

    def tonic(self, heard: Array) -> int:
        """The tonic triad, numbered as in models/harmony, of the locked key or of the one that was heard, as
        for `listen`; none (24) before anything was."""
        key = self.key or Key.of(heard)
        return NONE if key is None else key.triad


def limits(preset: Preset, densities: list[float]) -> Limits:
    """What the parts of a preset may play at such densities."""
    parts = preset.parts
    return Limits(
        voices=tuple(part.voices for part in parts),
        low=tuple(part.low for part in parts),
        high=tuple(part.high for part in parts),
        density=tuple(densities),
    )
